#include "parsers/auth_log/ssh_sessions/login_lifecycle.h"

#include <utility>

#include "agent/event/document_id.h"
#include "parsers/auth_log/ssh_sessions/lines/session_time.h"
#include "parsers/auth_log/ssh_sessions/session_document.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

// What an earlier step of the login said stays where the line names neither key nor certificate.
void remember_key(const lines::SessionLine& line, logins::SshLogin& login) {
  if (!line.principal.empty()) {
    login.principal = logins::bounded(line.principal);
  }
  if (line.key_fingerprint.empty() && line.cert_id.empty()) {
    return;
  }
  login.key_type = logins::bounded(line.key_type);
  login.key_fingerprint = logins::bounded(line.key_fingerprint);
  login.cert_id = logins::bounded(line.cert_id);
  login.cert_serial = logins::bounded(line.cert_serial);
  login.ca_type = logins::bounded(line.ca_type);
  login.ca_fingerprint = logins::bounded(line.ca_fingerprint);
  login.owner = logins::bounded(line.owner);
  login.email = logins::bounded(line.email);
  login.owner_known = line.owner_known.empty() ? 0 : line.owner_known == "true" ? 2 : 1;
}

HostActivity::Session::Kind kind_of_service(std::string_view service) {
  return service == "cron" || service == "crond" || service == "atd"
             ? HostActivity::Session::job
             : HostActivity::Session::interactive;
}

// A terminal has one owner: whoever gets it takes it from the others of that host.
void release_terminal(logins::LoginTable& table, const lines::SessionLine& line) {
  table.each_with_terminal(line.tty, [&](logins::SshLogin& login) {
    for (logins::SshLogin::Terminal& terminal : login.terminals) {
      terminal.open = terminal.open && !(login.host == line.host && terminal.name == line.tty);
    }
  });
}

void add_terminal(logins::SshLogin& login, const lines::SessionLine& line) {
  std::erase_if(login.terminals, [&](const logins::SshLogin::Terminal& terminal) {
    return !terminal.open &&
           (terminal.name == line.tty || login.terminals.size() >= logins::SshLogin::kMaxShort);
  });
  if (login.terminals.size() < logins::SshLogin::kMaxShort) {
    login.terminals.push_back({std::string(line.tty), line.sshd_session, true});
  }
}

void note_end(logins::SshLogin& login, const lines::SessionLine& line) {
  login.closed = true;
  login.end_ns = line.now_ns;
  login.end_known = line.time_known;
}

}  // namespace

void LoginLifecycle::on_login(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  if (line.result == "accepted") {
    on_accepted(observed);
  } else if (line.pid != 0 && !line.ip.empty() &&
             (line.result == "failed" || line.result == "partial")) {
    logins::SshLogin& attempt = table_.attempt_of(line);
    if (line.result == "failed") {
      attempt.failed += line.times();
    } else {
      // With two methods the key stands in this line only.
      logins::add_once(attempt.steps, line.method, logins::SshLogin::kMaxShort);
      remember_key(line, attempt);
    }
    table_.charge(attempt);
  }
}

void LoginLifecycle::on_accepted(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  if (!logins::is_usable_name(line.user) || !event::is_document_id(observed.id)) {
    return;
  }
  endings_.end_superseded(observed);
  logins::SshLogin login = table_.take_attempt(line);
  login.id = observed.id;
  login.host = line.host;
  login.ip = logins::bounded(line.ip);
  login.address = logins::bounded(line.address);
  login.port = line.port;
  login.user = line.user;
  login.pid = line.pid;
  login.start_ns = line.now_ns;
  login.start_known = line.time_known;
  login.method = logins::bounded(line.method);
  login.submethod = logins::bounded(line.submethod);
  remember_key(line, login);
  logins::SshLogin& begun = table_.add_login(std::move(login));
  table_.link(observed.record, begun);
  if (start_documents_ == StartDocuments::yes) {
    write_ssh_session_start(begun, observed.out.add("session-start", observed.id));
  }
}

// sudo and su open sessions, too: their command lines say more.
void LoginLifecycle::on_opened(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  if (!line.effective.empty() || !logins::is_usable_name(line.user)) {
    return;
  }
  if (line.service == "systemd-user") {
    hosts_.open_manager(line);
    return;
  }
  if (line.service != "sshd") {
    hosts_.open(kind_of_service(line.service), line, line.user, line.pid);
    return;
  }
  logins::SshLogin* const login = table_.by_monitor(line);
  if (login != nullptr && login->user == line.user && !login->opened) {
    login->opened = true;
    login->opened_ns = line.now_ns;
    login->user_id = logins::bounded(line.user_id);
    table_.link(observed.record, *login);
  }
}

void LoginLifecycle::on_closed(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  if (!line.effective.empty()) {
    return;
  }
  if (line.service != "sshd") {
    hosts_.close(line);
    return;
  }
  logins::SshLogin* const login = table_.by_monitor(line);
  if (login == nullptr || login->user != line.user) {
    return;
  }
  note_end(*login, line);
  endings_.expect_end(*login);
  table_.link(observed.record, *login);
  // Other processes of the login may write a moment later; logind tells when all of them are gone.
  if (login->logind.empty() || login->removed) {
    endings_.end(*login, "closed", observed);
  }
}

// logind names no process: the oldest session of the user that has none yet. A session of the
// user's manager (systemd 254 and later) looks alike and follows the line that opens it.
void LoginLifecycle::on_logind_new(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  if (line.message.find("with class 'manager") != std::string_view::npos) {
    return;
  }
  endings_.end_renumbered(observed);
  logins::SshLogin* oldest = nullptr;
  for (logins::SshLogin* const login : table_.acting_as(line.user)) {
    if (login->opened && login->logind.empty() && login->user == line.user &&
        login->host == line.host &&
        lines::is_within(login->opened_ns, lines::kPairWithin, line.now_ns)) {
      oldest = login;
      break;
    }
  }
  if (hosts_.take_manager(line, oldest != nullptr)) {
    return;
  }
  if (oldest != nullptr) {
    table_.change(*oldest, [&] { oldest->logind = logins::bounded(line.session); });
    table_.link(observed.record, *oldest);
  }
}

void LoginLifecycle::on_logind_out(lines::ObservedLine& observed) {
  if (logins::SshLogin* const login = table_.by_logind(observed.line)) {
    table_.link(observed.record, *login);
  }
}

void LoginLifecycle::on_logind_removed(lines::ObservedLine& observed) {
  logins::SshLogin* const login = table_.by_logind(observed.line);
  if (login == nullptr) {
    return;
  }
  login->removed = true;
  login->removed_ns = observed.line.now_ns;
  endings_.expect_end(*login);
  table_.link(observed.record, *login);
  if (login->closed) {
    endings_.end(*login, "closed", observed);
  }
}

void LoginLifecycle::on_disconnect(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  logins::SshLogin* const login = line.preauth.empty() ? table_.by_connection(line) : nullptr;
  if (login == nullptr) {
    table_.forget_connection(line);
    return;
  }
  if (login->disconnect.empty() || login->disconnect == "closing") {
    login->disconnect = logins::bounded(line.kind);
    login->disconnect_code = logins::bounded(line.code);
    login->reason = logins::bounded(line.reason);
  }
  table_.link(observed.record, *login);
  // With UsePAM no, nothing else tells the end.
  if (!login->opened && line.kind != "received") {
    note_end(*login, line);
    endings_.end(*login, "disconnected", observed);
  }
}

void LoginLifecycle::on_connection(lines::ObservedLine& observed) {
  table_.forget_attempts(observed.line);
  endings_.end_superseded(observed);
}

void LoginLifecycle::on_started(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  logins::SshLogin* const login = table_.by_connection(line);
  if (login == nullptr) {
    return;
  }
  logins::add_once(login->types, line.type, logins::SshLogin::kMaxShort);
  logins::add_once(login->subsystems, line.subsystem, logins::SshLogin::kMaxShort);
  if (logins::is_usable_name(line.tty)) {
    release_terminal(table_, line);
    table_.change(*login, [&] { add_terminal(*login, line); });
  }
  table_.link(observed.record, *login);
}

void LoginLifecycle::on_session_closed(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  logins::SshLogin* const login = table_.by_connection(line);
  if (login == nullptr) {
    return;
  }
  for (logins::SshLogin::Terminal& terminal : login->terminals) {
    terminal.open = terminal.open && terminal.session != line.sshd_session;
  }
  table_.link(observed.record, *login);
}

void LoginLifecycle::on_child(lines::ObservedLine& observed) {
  if (logins::SshLogin* const login = table_.by_monitor(observed.line)) {
    table_.change(*login, [&] { login->child = observed.line.child; });
    table_.link(observed.record, *login);
  }
}

void LoginLifecycle::on_bytes(lines::ObservedLine& observed) {
  if (logins::SshLogin* const login = table_.by_process(observed.line)) {
    login->has_bytes = true;
    login->sent = observed.line.sent;
    login->received = observed.line.received;
    table_.link(observed.record, *login);
  }
}

void LoginLifecycle::on_subsystem(lines::ObservedLine& observed) {
  logins::SshLogin* const login = table_.by_process(observed.line);
  if (login != nullptr && login->user == observed.line.user) {
    table_.link(observed.record, *login);
  }
}

// sshd listens anew after each restart, which no login minds. Only together with a start of logind
// does it tell that the machine was booted.
void LoginLifecycle::on_listening(lines::ObservedLine& observed) {
  HostActivity::Host& host = hosts_.host_of(observed.line.host);
  host.listening_ns = observed.line.now_ns;
  endings_.end_at_boot(observed, host);
}

void LoginLifecycle::on_seat(lines::ObservedLine& observed) {
  HostActivity::Host& host = hosts_.host_of(observed.line.host);
  host.seat_ns = observed.line.now_ns;
  endings_.end_at_boot(observed, host);
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
