#include "parsers/auth_log/ssh_sessions/session_line.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "agent/base/text.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

// The names of the fields that are read, by length: few have the same one, so that a field is
// compared with one or two.
struct FieldNames {
  struct Name {
    std::string_view name;
    // Where the value goes: one of the two.
    std::string_view SessionLine::*text;
    std::uint64_t SessionLine::*number;
  };
  static constexpr std::size_t kLongest = 24;

  std::array<Name, 41> names = {{
      {"event.action", &SessionLine::action, nullptr},
      {"event.outcome", &SessionLine::outcome, nullptr},
      {"event.reason", &SessionLine::reason, nullptr},
      {"host", &SessionLine::host, nullptr},
      {"message", &SessionLine::message, nullptr},
      {"user.name", &SessionLine::user, nullptr},
      {"user.id", &SessionLine::user_id, nullptr},
      {"user.email", &SessionLine::email, nullptr},
      {"user.effective.name", &SessionLine::effective, nullptr},
      {"pam.service", &SessionLine::service, nullptr},
      {"pam.module", &SessionLine::module, nullptr},
      {"pam.tty", &SessionLine::pam_tty, nullptr},
      {"source.ip", &SessionLine::ip, nullptr},
      {"source.address", &SessionLine::address, nullptr},
      {"session.id", &SessionLine::session, nullptr},
      {"session.tty", &SessionLine::tty, nullptr},
      {"process.command_line", &SessionLine::command, nullptr},
      {"file.path", &SessionLine::path, nullptr},
      {"ssh.auth.method", &SessionLine::method, nullptr},
      {"ssh.auth.submethod", &SessionLine::submethod, nullptr},
      {"ssh.auth.result", &SessionLine::result, nullptr},
      {"ssh.key.type", &SessionLine::key_type, nullptr},
      {"ssh.key.fingerprint", &SessionLine::key_fingerprint, nullptr},
      {"ssh.key.owner", &SessionLine::owner, nullptr},
      {"ssh.key.owner_known", &SessionLine::owner_known, nullptr},
      {"ssh.cert.id", &SessionLine::cert_id, nullptr},
      {"ssh.cert.serial", &SessionLine::cert_serial, nullptr},
      {"ssh.cert.ca.type", &SessionLine::ca_type, nullptr},
      {"ssh.cert.ca.fingerprint", &SessionLine::ca_fingerprint, nullptr},
      {"ssh.session.type", &SessionLine::type, nullptr},
      {"ssh.session.subsystem", &SessionLine::subsystem, nullptr},
      {"ssh.disconnect.kind", &SessionLine::kind, nullptr},
      {"ssh.disconnect.code", &SessionLine::code, nullptr},
      {"process.pid", nullptr, &SessionLine::pid},
      {"source.port", nullptr, &SessionLine::port},
      {"ssh.child_pid", nullptr, &SessionLine::child},
      {"ssh.session.id", nullptr, &SessionLine::sshd_session},
      {"destination.bytes", nullptr, &SessionLine::sent},
      {"source.bytes", nullptr, &SessionLine::received},
      {"event.count", nullptr, &SessionLine::count},
      {"ssh.preauth", &SessionLine::preauth, nullptr},
  }};
  // Where the names of each length begin.
  std::array<std::uint8_t, kLongest + 2> first{};

  constexpr FieldNames() {
    std::sort(names.begin(), names.end(),
              [](const Name& a, const Name& b) { return a.name.size() < b.name.size(); });
    for (std::size_t size = 0, at = 0; size < first.size(); ++size) {
      while (at < names.size() && names[at].name.size() < size) {
        ++at;
      }
      first[size] = static_cast<std::uint8_t>(at);
    }
  }
};

}  // namespace

SessionLine read_session_line(const event::Record& record) {
  static constexpr FieldNames kFields;
  static_assert(kFields.names.back().name.size() <= FieldNames::kLongest);
  SessionLine line;
  for (const event::Field& field : record.fields) {
    const std::size_t size = field.name.size();
    if (size > FieldNames::kLongest) {
      continue;
    }
    for (std::size_t i = kFields.first[size]; i < kFields.first[size + 1]; ++i) {
      const FieldNames::Name& wanted = kFields.names[i];
      if (wanted.name != field.name) {
        continue;
      }
      if (wanted.text != nullptr) {
        line.*wanted.text = field.value;
      } else {
        line.*wanted.number = 0;
        static_cast<void>(parse_decimal(field.value, line.*wanted.number));
      }
      break;
    }
  }
  return line;
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
