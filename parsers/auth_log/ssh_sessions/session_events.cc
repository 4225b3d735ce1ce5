// SshSessions: which records matter, what of them is read, and which rule is theirs.
#include <algorithm>
#include <array>
#include <charconv>

#include "parsers/auth_log/ssh_sessions/session_tracker.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

constexpr std::string_view kSeat = "New seat ";  // logind's first word after a boot

std::uint64_t to_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? value : 0;
}

}  // namespace

const SshSessions::Named* SshSessions::rule_of(std::string_view action) {
  static constexpr std::array<Named, 24> kRules = {{
      {"ssh-login", &SshSessions::on_login},
      {"ssh-disconnect", &SshSessions::on_disconnect},
      {"session-opened", &SshSessions::on_opened},
      {"session-closed", &SshSessions::on_closed},
      {"sudo-command", &SshSessions::on_command},
      {"sudo-exit", &SshSessions::on_command_link},
      {"sudo-command-continued", &SshSessions::on_command_link},
      {"su", &SshSessions::on_switch},
      {"pam-auth-failed", &SshSessions::on_pam_failure},
      {"logind-session-new", &SshSessions::on_logind_new},
      {"logind-session-logged-out", &SshSessions::on_logind_out},
      {"logind-session-removed", &SshSessions::on_logind_removed},
      {"ssh-connection-opened", &SshSessions::on_connection},
      {"ssh-session-started", &SshSessions::on_started},
      {"ssh-session-closed", &SshSessions::on_session_closed},
      {"ssh-child-pid", &SshSessions::on_child},
      {"ssh-transferred", &SshSessions::on_bytes},
      {"ssh-subsystem-requested", &SshSessions::on_subsystem},
      {"ssh-server-listening", &SshSessions::on_listening},
      {"sftp-session-opened", &SshSessions::on_sftp_opened},
      {"sftp-session-closed", &SshSessions::on_sftp_closed},
      {"sftp-file", &SshSessions::on_file},
      {"pkexec", &SshSessions::on_command_link},
      {"ssh-key-accepted", nullptr},  // also written when a client only asks
  }};
  for (const Named& named : kRules) {
    if (named.action == action) {
      return named.rule == nullptr ? nullptr : &named;
    }
  }
  return nullptr;
}

bool SshSessions::applies_to(const event::Record& record) const {
  if (record.time_known && record.time_ns >= due_ns_) {
    return true;
  }
  std::string_view message;
  for (const event::Field& field : record.fields) {
    if (field.name.size() == 12 && field.name == "event.action") {
      return rule_of(field.value) != nullptr;
    }
    if (field.name.size() == 7 && field.name == "message") {
      message = field.value;
    }
  }
  return message.starts_with(kSeat);
}

// The names by length: few have the same one, so that a field is compared with one or two.
struct SshSessions::Wanted {
  struct Name {
    std::string_view name;
    std::string_view Line::*text;
    std::uint64_t Line::*number;
  };
  static constexpr std::size_t kLongest = 24;

  std::array<Name, 41> names = {{
      {"event.action", &Line::action, nullptr},
      {"event.outcome", &Line::outcome, nullptr},
      {"event.reason", &Line::reason, nullptr},
      {"host", &Line::host, nullptr},
      {"message", &Line::message, nullptr},
      {"user.name", &Line::user, nullptr},
      {"user.id", &Line::user_id, nullptr},
      {"user.email", &Line::email, nullptr},
      {"user.effective.name", &Line::effective, nullptr},
      {"pam.service", &Line::service, nullptr},
      {"pam.module", &Line::module, nullptr},
      {"pam.tty", &Line::pam_tty, nullptr},
      {"source.ip", &Line::ip, nullptr},
      {"source.address", &Line::address, nullptr},
      {"session.id", &Line::session, nullptr},
      {"session.tty", &Line::tty, nullptr},
      {"process.command_line", &Line::command, nullptr},
      {"file.path", &Line::path, nullptr},
      {"ssh.auth.method", &Line::method, nullptr},
      {"ssh.auth.submethod", &Line::submethod, nullptr},
      {"ssh.auth.result", &Line::result, nullptr},
      {"ssh.key.type", &Line::key_type, nullptr},
      {"ssh.key.fingerprint", &Line::key_fingerprint, nullptr},
      {"ssh.key.owner", &Line::owner, nullptr},
      {"ssh.key.owner_known", &Line::owner_known, nullptr},
      {"ssh.cert.id", &Line::cert_id, nullptr},
      {"ssh.cert.serial", &Line::cert_serial, nullptr},
      {"ssh.cert.ca.type", &Line::ca_type, nullptr},
      {"ssh.cert.ca.fingerprint", &Line::ca_fingerprint, nullptr},
      {"ssh.session.type", &Line::type, nullptr},
      {"ssh.session.subsystem", &Line::subsystem, nullptr},
      {"ssh.disconnect.kind", &Line::kind, nullptr},
      {"ssh.disconnect.code", &Line::code, nullptr},
      {"process.pid", nullptr, &Line::pid},
      {"source.port", nullptr, &Line::port},
      {"ssh.child_pid", nullptr, &Line::child},
      {"ssh.session.id", nullptr, &Line::sshd_session},
      {"destination.bytes", nullptr, &Line::sent},
      {"source.bytes", nullptr, &Line::received},
      {"event.count", nullptr, &Line::count},
      {"ssh.preauth", &Line::preauth, nullptr},
  }};
  std::array<std::uint8_t, kLongest + 2> first{};  // of each length

  constexpr Wanted() {
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

SshSessions::Line SshSessions::read(const event::Record& record) {
  static constexpr Wanted kWanted;
  static_assert(kWanted.names.back().name.size() <= Wanted::kLongest);
  Line line;
  for (const event::Field& field : record.fields) {
    const std::size_t size = field.name.size();
    if (size > Wanted::kLongest) {
      continue;
    }
    for (std::size_t i = kWanted.first[size]; i < kWanted.first[size + 1]; ++i) {
      const Wanted::Name& wanted = kWanted.names[i];
      if (wanted.name != field.name) {
        continue;
      }
      if (wanted.text != nullptr) {
        line.*wanted.text = field.value;
      } else {
        line.*wanted.number = to_number(field.value);
      }
      break;
    }
  }
  return line;
}

void SshSessions::observe(event::Record& record, std::string_view id, DerivedRecords& out) {
  Pass pass{record, id, out, read(record)};
  Line& line = pass.line;
  line.time_known = record.time_known;
  if (record.time_known) {
    last_ns_ = record.time_ns;
  }
  line.now_ns = last_ns_;
  end_due(pass);
  const Named* named = rule_of(line.action);
  const bool host_named = line.host.size() <= SshLogin::kMaxText;
  if (host_named && named != nullptr) {
    (this->*named->rule)(pass);
  } else if (host_named && line.action.empty() && line.message.starts_with(kSeat)) {
    on_seat(pass);
  }
  keep_limits(pass);
  if (due_changed_) {
    find_due();
  }
  if (is_empty()) {
    last_ns_ = 0;  // as after restore(), which gets no state then
  }
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
