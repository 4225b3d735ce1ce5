#include "parsers/auth_log/ssh_sessions/lines/session_line.h"

#include <array>
#include <cstddef>

#include "agent/base/text.h"
#include "parsers/auth_log/ssh_sessions/lines/name_table.h"

namespace auditship::parsers::auth_log::ssh_sessions::lines {
namespace {

// A field that is read.
struct WantedField {
  std::string_view name;
  // Where the value goes: one of the two.
  std::string_view SessionLine::*text = nullptr;
  std::uint64_t SessionLine::*number = nullptr;
};

constexpr std::array<WantedField, 42> kWanted = {{
    {"event.action", &SessionLine::action},
    {"event.outcome", &SessionLine::outcome},
    {"event.reason", &SessionLine::reason},
    {"host", &SessionLine::host},
    {"message", &SessionLine::message},
    {"user.name", &SessionLine::user},
    {"user.id", &SessionLine::user_id},
    {"user.email", &SessionLine::email},
    {"user.kerberos.principal", &SessionLine::principal},
    {"user.effective.name", &SessionLine::effective},
    {"pam.service", &SessionLine::service},
    {"pam.module", &SessionLine::module},
    {"pam.tty", &SessionLine::pam_tty},
    {"source.ip", &SessionLine::ip},
    {"source.address", &SessionLine::address},
    {"session.id", &SessionLine::session},
    {"session.tty", &SessionLine::tty},
    {"process.command_line", &SessionLine::command},
    {"file.path", &SessionLine::path},
    {"ssh.auth.method", &SessionLine::method},
    {"ssh.auth.submethod", &SessionLine::submethod},
    {"ssh.auth.result", &SessionLine::result},
    {"ssh.key.type", &SessionLine::key_type},
    {"ssh.key.fingerprint", &SessionLine::key_fingerprint},
    {"ssh.key.owner", &SessionLine::owner},
    {"ssh.key.owner_known", &SessionLine::owner_known},
    {"ssh.cert.id", &SessionLine::cert_id},
    {"ssh.cert.serial", &SessionLine::cert_serial},
    {"ssh.cert.ca.type", &SessionLine::ca_type},
    {"ssh.cert.ca.fingerprint", &SessionLine::ca_fingerprint},
    {"ssh.session.type", &SessionLine::type},
    {"ssh.session.subsystem", &SessionLine::subsystem},
    {"ssh.disconnect.kind", &SessionLine::kind},
    {"ssh.disconnect.code", &SessionLine::code},
    {"process.pid", nullptr, &SessionLine::pid},
    {"source.port", nullptr, &SessionLine::port},
    {"ssh.child_pid", nullptr, &SessionLine::child},
    {"ssh.session.id", nullptr, &SessionLine::sshd_session},
    {"destination.bytes", nullptr, &SessionLine::sent},
    {"source.bytes", nullptr, &SessionLine::received},
    {"event.count", nullptr, &SessionLine::count},
    {"ssh.preauth", &SessionLine::preauth},
}};

constexpr NameTable<kWanted.size()> kNames([] {
  std::array<std::string_view, kWanted.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = kWanted[i].name;
  }
  return names;
}());

}  // namespace

SessionLine read_session_line(const event::Record& record) {
  SessionLine line;
  for (const event::Field& field : record.fields) {
    const std::size_t place = kNames.find(field.name);
    if (place == kNames.size()) {
      continue;
    }
    const WantedField& wanted = kWanted[place];
    if (wanted.text != nullptr) {
      line.*wanted.text = field.value;
    } else {
      line.*wanted.number = 0;
      static_cast<void>(parse_decimal(field.value, line.*wanted.number));
    }
  }
  return line;
}

}  // namespace auditship::parsers::auth_log::ssh_sessions::lines
