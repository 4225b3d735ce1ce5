#include "parsers/auth_log/ssh_sessions/session_tracker.h"

#include <algorithm>

#include "parsers/auth_log/ssh_sessions/session_document.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kPairWithin = 5 * kSecond;  // PAM's session and logind's

bool known_name(std::string_view text) {
  return !text.empty() && text.size() <= SshLogin::kMaxText;
}

// Whether now is at most so long behind since.
bool is_within(std::int64_t since, std::int64_t length, std::int64_t now) {
  return since > now || static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(since) <=
                            static_cast<std::uint64_t>(length);
}

}  // namespace

void SshSessions::on_login(Pass& pass) {
  const Line& line = pass.line;
  if (line.result == "accepted") {
    on_accepted(pass);
  } else if (line.pid != 0 && !line.ip.empty() &&
             (line.result == "failed" || line.result == "partial")) {
    SshLogin& pending = pending_of(line);
    if (line.result == "failed") {
      pending.failed += std::min<std::uint64_t>(line.count, 1U << 20);
    } else {
      // With two methods the key stands in this line only.
      add_once(pending.steps, line.method, SshLogin::kMaxShort);
      remember_key(line, pending);
    }
    charge(pending);
  }
}

void SshSessions::on_accepted(Pass& pass) {
  const Line& line = pass.line;
  if (!known_name(line.user) || pass.id.size() != 44) {
    return;
  }
  if (line.pid != 0) {  // process numbers are used again only when their process is gone
    end_where(pass, "superseded", [](const SshLogin& l, const Line& at) {
      return l.pid == at.pid && l.host == at.host;
    });
  }
  SshLogin login;
  take_pending(line, login);
  login.id = pass.id;
  login.host = line.host;
  login.ip = bounded(line.ip);
  login.address = bounded(line.address);
  login.port = line.port;
  login.user = line.user;
  login.pid = line.pid;
  login.start_ns = line.now_ns;
  login.start_known = line.time_known;
  login.method = bounded(line.method);
  login.submethod = bounded(line.submethod);
  if (!line.key_fingerprint.empty() || !line.cert_id.empty()) {
    remember_key(line, login);
  }
  SshLogin& begun = logins_.add(std::move(login));
  link(pass, begun);
  if (options_.start_documents) {
    write_ssh_session_start(begun, pass.out.add("session-start", pass.id));
  }
}

void SshSessions::remember_key(const Line& line, SshLogin& login) {
  if (line.key_fingerprint.empty() && line.cert_id.empty()) {
    return;  // what an earlier step said stays
  }
  login.key_type = bounded(line.key_type);
  login.key_fingerprint = bounded(line.key_fingerprint);
  login.cert_id = bounded(line.cert_id);
  login.cert_serial = bounded(line.cert_serial);
  login.ca_type = bounded(line.ca_type);
  login.ca_fingerprint = bounded(line.ca_fingerprint);
  login.owner = bounded(line.owner);
  login.email = bounded(line.email);
  login.owner_known = line.owner_known.empty() ? 0 : line.owner_known == "true" ? 2 : 1;
}

void SshSessions::on_opened(Pass& pass) {
  const Line& line = pass.line;
  if (!line.effective.empty() || !known_name(line.user)) {
    return;  // sudo and su: their command lines say more
  }
  if (line.service == "systemd-user") {
    for (std::size_t i = others_.size(); i-- > 0;) {
      if (others_[i].kind == Other::manager &&
          !is_within(others_[i].since_ns, kPairWithin, line.now_ns)) {
        drop_other(i);
      }
    }
    add_other(Other::manager, line);
  } else if (line.service != "sshd") {
    add_other(line.service == "cron" || line.service == "crond" || line.service == "atd"
                  ? Other::job
                  : Other::session,
              line);
  } else if (SshLogin* login = by_pid(line, true);
             login != nullptr && login->user == line.user && !login->opened) {
    login->opened = true;
    login->opened_ns = line.now_ns;
    login->user_id = bounded(line.user_id);
    link(pass, *login);
  }
}

void SshSessions::on_closed(Pass& pass) {
  const Line& line = pass.line;
  if (!line.effective.empty()) {
    return;
  }
  if (line.service != "sshd") {
    for (std::size_t i = 0; i < others_.size(); ++i) {
      if (others_[i].kind != Other::manager && others_[i].pid == line.pid &&
          others_[i].host == line.host && others_[i].user == line.user) {
        drop_other(i);
        return;
      }
    }
    return;
  }
  SshLogin* login = by_pid(line, true);
  if (login == nullptr || login->user != line.user) {
    return;
  }
  login->closed = due_changed_ = true;
  login->end_ns = line.now_ns;
  login->end_known = line.time_known;
  link(pass, *login);
  // Other processes of the login may write a moment later; logind tells when all of them are gone.
  if (login->logind.empty() || login->removed) {
    end(*login, "closed", pass);
  }
}

// Whether the new session may be that of the user's manager, which opened a moment ago. Where
// logind is not known to open such sessions, only the next one counts. awaited: a login has none
// yet.
bool SshSessions::may_be_manager(const Line& line, bool awaited) {
  for (std::size_t i = 0; i < others_.size(); ++i) {
    const Other& other = others_[i];
    if (other.kind != Other::manager || other.host != line.host || other.user != line.user) {
      continue;
    }
    const std::int64_t since = other.since_ns;
    drop_other(i);
    Host& host = host_of(line.host);
    host.manager_sessions =
        host.manager_sessions || (!awaited && is_within(since, kPairWithin, line.now_ns));
    return is_within(since, host.manager_sessions ? kPairWithin : kSecond, line.now_ns);
  }
  return false;
}

// logind names no process: the oldest session of the user that has none yet. A session of the
// user's manager (systemd 254 and later) looks alike and follows the line that opens it.
void SshSessions::on_logind_new(Pass& pass) {
  const Line& line = pass.line;
  if (line.message.find("with class 'manager") != std::string_view::npos) {
    return;
  }
  end_where(pass, "rebooted", [](const SshLogin& l, const Line& at) {
    return !at.session.empty() && l.logind == at.session && l.host == at.host;
  });
  SshLogin* oldest = nullptr;
  for (SshLogin& login : logins_) {
    if (oldest == nullptr && login.opened && login.logind.empty() && login.user == line.user &&
        login.host == line.host && is_within(login.opened_ns, kPairWithin, line.now_ns)) {
      oldest = &login;
    }
  }
  if (may_be_manager(line, oldest != nullptr)) {
    return;
  }
  if (oldest != nullptr) {
    oldest->logind = bounded(line.session);
    link(pass, *oldest);
  }
}

void SshSessions::on_logind_out(Pass& pass) {
  if (SshLogin* login = by_logind(pass.line)) {
    link(pass, *login);
  }
}

void SshSessions::on_logind_removed(Pass& pass) {
  SshLogin* login = by_logind(pass.line);
  if (login == nullptr) {
    return;
  }
  login->removed = due_changed_ = true;
  login->removed_ns = pass.line.now_ns;
  link(pass, *login);
  if (login->closed) {
    end(*login, "closed", pass);
  }
}

void SshSessions::on_disconnect(Pass& pass) {
  const Line& line = pass.line;
  if (!line.preauth.empty()) {
    forget_pending(line, true);
    return;
  }
  SshLogin* login = by_connection(line);
  if (login == nullptr) {
    forget_pending(line, true);
    return;
  }
  if (login->disconnect.empty() || login->disconnect == "closing") {
    login->disconnect = bounded(line.kind);
    login->disconnect_code = bounded(line.code);
    login->reason = bounded(line.reason);
  }
  link(pass, *login);
  if (!login->opened && line.kind != "received") {  // UsePAM no: nothing else tells the end
    login->closed = true;
    login->end_ns = line.now_ns;
    login->end_known = line.time_known;
    end(*login, "disconnected", pass);
  }
}

void SshSessions::on_connection(Pass& pass) {
  forget_pending(pass.line, false);
  if (pass.line.pid != 0) {
    end_where(pass, "superseded", [](const SshLogin& l, const Line& at) {
      return l.pid == at.pid && l.host == at.host;
    });
  }
}

void SshSessions::on_started(Pass& pass) {
  const Line& line = pass.line;
  SshLogin* login = by_connection(line);
  if (login == nullptr) {
    return;
  }
  add_once(login->types, line.type, SshLogin::kMaxShort);
  add_once(login->subsystems, line.subsystem, SshLogin::kMaxShort);
  if (known_name(line.tty)) {
    for (SshLogin& other : logins_) {  // a terminal has one owner
      for (SshLogin::Terminal& terminal : other.terminals) {
        terminal.open = terminal.open && !(other.host == line.host && terminal.name == line.tty);
      }
    }
    std::erase_if(login->terminals, [&](const SshLogin::Terminal& terminal) {
      return !terminal.open &&
             (terminal.name == line.tty || login->terminals.size() >= SshLogin::kMaxShort);
    });
    if (login->terminals.size() < SshLogin::kMaxShort) {
      login->terminals.push_back({std::string(line.tty), line.sshd_session, true});
    }
  }
  link(pass, *login);
}

void SshSessions::on_session_closed(Pass& pass) {
  const Line& line = pass.line;
  SshLogin* login = by_connection(line);
  if (login == nullptr) {
    return;
  }
  for (SshLogin::Terminal& terminal : login->terminals) {
    terminal.open = terminal.open && terminal.session != line.sshd_session;
  }
  link(pass, *login);
}

void SshSessions::on_child(Pass& pass) {
  if (SshLogin* login = by_pid(pass.line, true)) {
    login->child = pass.line.child;
    link(pass, *login);
  }
}

void SshSessions::on_bytes(Pass& pass) {
  if (SshLogin* login = by_pid(pass.line, false)) {
    login->has_bytes = true;
    login->sent = pass.line.sent;
    login->received = pass.line.received;
    link(pass, *login);
  }
}

void SshSessions::on_subsystem(Pass& pass) {
  SshLogin* login = by_pid(pass.line, false);
  if (login != nullptr && login->user == pass.line.user) {
    link(pass, *login);
  }
}

// sshd listens anew after each restart, which no login minds. Only together with a start of logind
// does it tell that the machine was booted.
void SshSessions::on_listening(Pass& pass) {
  Host& host = host_of(pass.line.host);
  host.listening_ns = pass.line.now_ns;
  boot(pass, host);
}

void SshSessions::on_seat(Pass& pass) {
  Host& host = host_of(pass.line.host);
  host.seat_ns = pass.line.now_ns;
  boot(pass, host);
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
