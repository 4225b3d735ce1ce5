#include "parsers/auth_log/ssh_sessions/session_document.h"

#include "agent/base/encoding/json_writer.h"
#include "parsers/auth_log/patterns/ecs_event.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

// Copies what it is given: the login does not live as long as the record.
class Writer {
 public:
  explicit Writer(event::Record& record) : record_(record) { event_.begin(record); }

  void text(std::string_view name, std::string_view value) {
    event_.text(name, record_.keep(value));
  }
  void host(std::string_view value) {
    const std::string_view kept = record_.keep(value);
    event_.text("host", kept);
    event_.alias("log.syslog.hostname", kept);
  }
  void user(std::string_view name, std::string_view value) {
    event_.user(name, record_.keep(value));
  }
  void ip(std::string_view name, std::string_view value) { event_.ip(name, record_.keep(value)); }
  void number(std::string_view name, std::uint64_t value) {
    std::string digits;
    append_json_uint(digits, value);
    event_.literal(name, record_.keep(digits));
  }
  void digits(std::string_view name, std::string_view value) {
    event_.number(name, record_.keep(value));
  }
  void count(std::string_view name, std::uint64_t value) {
    if (value > 0) {
      number(name, value);
    }
  }
  void flag(std::string_view name, bool value) { event_.literal(name, value ? "true" : "false"); }
  void time(std::string_view name, std::int64_t ns) {
    std::string stamp;
    append_rfc3339(stamp, ns);
    event_.text(name, record_.keep(stamp));
  }
  void list(std::string_view name, const std::vector<std::string>& values) {
    if (!values.empty()) {
      event_.literal(name, keep_list(record_, values));
    }
  }
  void meaning(std::string_view action, patterns::Outcome outcome, patterns::EventClass event) {
    event_.meaning(action, outcome, event);
  }
  void finish() { event_.finish(); }

 private:
  event::Record& record_;
  patterns::EcsEvent event_;
};

void write_key(const logins::SshLogin& login, Writer& to) {
  to.text("ssh.auth.method", login.method);
  to.text("ssh.auth.submethod", login.submethod);
  to.list("ssh.session.auth_steps", login.steps);
  to.text("ssh.key.type", login.key_type);
  to.text("ssh.key.fingerprint", login.key_fingerprint);
  to.text("ssh.cert.id", login.cert_id);
  to.text("ssh.cert.serial", login.cert_serial);
  to.text("ssh.cert.ca.type", login.ca_type);
  to.text("ssh.cert.ca.fingerprint", login.ca_fingerprint);
  if (login.owner_known != 0) {
    to.flag("ssh.key.owner_known", login.owner_known == 2);
  }
  to.text("ssh.key.owner", login.owner);
  to.text("user.email", login.email);
  to.user("user.kerberos.principal", login.principal);
}

// What is known at the login itself.
void write_login(const logins::SshLogin& login, Writer& to) {
  to.host(login.host);
  to.text("ssh.login.id", login.id);
  if (login.start_known) {
    to.time("event.start", login.start_ns);
  }
  to.user("user.name", login.user);
  to.text("user.id", login.user_id);
  to.ip("source.ip", login.ip);
  to.text("source.address", login.address);
  to.count("source.port", login.port);
  to.number("ssh.session.failed_attempts", login.failed);
  write_key(login, to);
}

void write_work(const logins::SshLogin& login, Writer& to) {
  to.text("session.id", login.logind);
  std::vector<std::string> terminals;
  for (const logins::SshLogin::Terminal& terminal : login.terminals) {
    logins::add_once(terminals, terminal.name, logins::SshLogin::kMaxShort);
  }
  if (terminals.size() == 1) {
    to.text("session.tty", terminals.front());
  } else {
    to.list("session.tty", terminals);
  }
  to.list("ssh.session.type", login.types);
  to.list("ssh.session.subsystem", login.subsystems);
  to.count("ssh.session.command_count", login.command_count);
  to.list("ssh.session.commands", login.commands);
  to.count("ssh.session.refused_count", login.refused_count);
  to.list("ssh.session.refused", login.refused);
  to.count("ssh.session.unsure_count", login.unsure_count);
  to.list("ssh.session.candidates", login.candidates);
  to.count("ssh.session.file_count", login.file_count);
  to.list("ssh.session.files", login.files);
  if (login.has_bytes) {
    to.number("source.bytes", login.received);
    to.number("destination.bytes", login.sent);
  }
}

}  // namespace

std::string_view keep_list(event::Record& record, const std::vector<std::string>& values) {
  std::string json = "[";
  for (const std::string& value : values) {
    json += json.size() > 1 ? "," : "";
    append_json_string(json, value);
  }
  json += ']';
  return record.keep(json);
}

void write_ssh_session_start(const logins::SshLogin& login, event::Record& record) {
  Writer to(record);
  record.time_known = login.start_known;
  record.time_ns = login.start_ns;
  to.meaning("ssh-session-start", patterns::Outcome::success, patterns::EventClass::session_start);
  write_login(login, to);
  to.finish();
}

void write_ssh_session_end(const logins::SshLogin& login, std::string_view how, std::int64_t now_ns,
                           event::Record& record) {
  Writer to(record);
  const bool ended = how == "closed" || how == "disconnected" || how == "removed";
  const bool end_known = ended && login.end_known;
  record.time_known = end_known || now_ns != 0;
  record.time_ns = end_known ? login.end_ns : now_ns;
  to.meaning("ssh-session", ended ? patterns::Outcome::success : patterns::Outcome::unknown,
             patterns::EventClass::session_end);
  write_login(login, to);
  if (end_known) {
    to.time("event.end", login.end_ns);
    if (login.start_known && login.end_ns >= login.start_ns) {
      to.number("event.duration", static_cast<std::uint64_t>(login.end_ns) -
                                      static_cast<std::uint64_t>(login.start_ns));
    }
  }
  to.text("ssh.session.end", how);
  to.text("ssh.disconnect.kind", login.disconnect);
  to.digits("ssh.disconnect.code", login.disconnect_code);
  to.text("event.reason", login.reason);
  write_work(login, to);
  to.finish();
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
