// SshSessions: which records matter, what of them is read, and which rule is theirs.
#include <array>
#include <charconv>

#include "parsers/ssh_sessions.h"

namespace auditship {
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

bool SshSessions::wants(const Record& record) const {
  if (record.time_known && record.time_ns >= due_ns_) {
    return true;
  }
  std::string_view message;
  for (const Field& field : record.fields) {
    if (field.name.size() == 12 && field.name == "event.action") {
      return rule_of(field.value) != nullptr;
    }
    if (field.name.size() == 7 && field.name == "message") {
      message = field.value;
    }
  }
  return message.starts_with(kSeat);
}

SshSessions::Line SshSessions::read(const Record& record) {
  struct Text {
    std::string_view name;
    std::string_view Line::*member;
  };
  struct Number {
    std::string_view name;
    std::uint64_t Line::*member;
  };
  static constexpr std::array<Text, 33> kTexts = {{
      {"event.action", &Line::action},
      {"event.outcome", &Line::outcome},
      {"event.reason", &Line::reason},
      {"host", &Line::host},
      {"message", &Line::message},
      {"user.name", &Line::user},
      {"user.id", &Line::user_id},
      {"user.email", &Line::email},
      {"user.effective.name", &Line::effective},
      {"pam.service", &Line::service},
      {"pam.module", &Line::module},
      {"pam.tty", &Line::pam_tty},
      {"source.ip", &Line::ip},
      {"source.address", &Line::address},
      {"session.id", &Line::session},
      {"session.tty", &Line::tty},
      {"process.command_line", &Line::command},
      {"file.path", &Line::path},
      {"ssh.auth.method", &Line::method},
      {"ssh.auth.submethod", &Line::submethod},
      {"ssh.auth.result", &Line::result},
      {"ssh.key.type", &Line::key_type},
      {"ssh.key.fingerprint", &Line::key_fingerprint},
      {"ssh.key.owner", &Line::owner},
      {"ssh.key.owner_known", &Line::owner_known},
      {"ssh.cert.id", &Line::cert_id},
      {"ssh.cert.serial", &Line::cert_serial},
      {"ssh.cert.ca.type", &Line::ca_type},
      {"ssh.cert.ca.fingerprint", &Line::ca_fingerprint},
      {"ssh.session.type", &Line::type},
      {"ssh.session.subsystem", &Line::subsystem},
      {"ssh.disconnect.kind", &Line::kind},
      {"ssh.disconnect.code", &Line::code},
  }};
  static constexpr std::array<Number, 7> kNumbers = {{
      {"process.pid", &Line::pid},
      {"source.port", &Line::port},
      {"ssh.child_pid", &Line::child},
      {"ssh.session.id", &Line::sshd_session},
      {"destination.bytes", &Line::sent},
      {"source.bytes", &Line::received},
      {"event.count", &Line::count},
  }};
  Line line;
  for (const Field& field : record.fields) {
    for (const Text& text : kTexts) {
      if (text.name == field.name) {
        line.*text.member = field.value;
      }
    }
    for (const Number& number : kNumbers) {
      if (number.name == field.name) {
        line.*number.member = to_number(field.value);
      }
    }
    line.preauth = line.preauth || field.name == "ssh.preauth";
    line.has_session = line.has_session || field.name == "ssh.session.id";
  }
  return line;
}

void SshSessions::see(Record& record, std::string_view id, DerivedRecords& out) {
  Pass pass{record, id, out, read(record)};
  Line& line = pass.line;
  line.time_known = record.time_known;
  if (record.time_known) {
    last_ns_ = record.time_ns;
  }
  line.now_ns = last_ns_;
  end_due(pass);
  const Named* named = rule_of(line.action);
  if (named != nullptr && line.host.size() <= SshLogin::kMaxText) {
    (this->*named->rule)(pass);
  } else if (line.action.empty() && line.message.starts_with(kSeat)) {
    on_seat(pass);
  }
  keep_limits(pass);
  find_due();
}

}  // namespace auditship
