#include "parsers/auth_log/ssh_sessions/login_endings.h"

#include <algorithm>

#include "parsers/auth_log/ssh_sessions/lines/session_time.h"
#include "parsers/auth_log/ssh_sessions/session_document.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

// For logind, after PAM's session was closed.
constexpr std::int64_t kLinger = 2 * lines::kSecond;
// For PAM, after logind let the session go.
constexpr std::int64_t kCloseWithin = 5 * lines::kSecond;
// Between the start of sshd and that of logind, at a boot.
constexpr std::int64_t kBootWithin = 60 * lines::kSecond;

}  // namespace

void LoginEndings::end(logins::SshLogin& login, std::string_view how,
                       lines::ObservedLine& observed) {
  write_ssh_session_end(login, how, observed.line.now_ns,
                        observed.out.add("session-end", login.id));
  due_changed_ = std::erase(ending_, &login) > 0 || due_changed_;
  table_.erase_login(login);
}

void LoginEndings::end_unless_closed(logins::SshLogin& login, std::string_view how,
                                     lines::ObservedLine& observed) {
  end(login, login.closed ? "closed" : how, observed);
}

// Process numbers are used again only when their process is gone.
void LoginEndings::end_superseded(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  if (line.pid == 0) {
    return;
  }
  const auto same_host = [&](const logins::SshLogin& login) { return login.host == line.host; };
  while (logins::SshLogin* const login = table_.logins().first_with_pid(line.pid, same_host)) {
    end_unless_closed(*login, "superseded", observed);
  }
}

void LoginEndings::end_renumbered(lines::ObservedLine& observed) {
  while (logins::SshLogin* const login = table_.by_logind(observed.line)) {
    end_unless_closed(*login, "rebooted", observed);
  }
}

void LoginEndings::end_at_boot(lines::ObservedLine& observed, HostActivity::Host& host) {
  constexpr std::int64_t kNever = HostActivity::kNever;
  if (host.listening_ns == kNever || host.seat_ns == kNever) {
    return;
  }
  const std::int64_t first = std::min(host.listening_ns, host.seat_ns);
  if (std::max(host.listening_ns, host.seat_ns) > lines::add_time(first, kBootWithin)) {
    return;
  }
  host.forgot = false;
  logins::LoginList& logins = table_.logins();
  for (auto next = logins.begin(); next != logins.end();) {
    logins::SshLogin& login = *next++;
    if (login.host == host.name && login.start_ns < first) {
      end_unless_closed(login, "rebooted", observed);
    }
  }
  hosts_.forget_before(host.name, first);
}

void LoginEndings::end_due(lines::ObservedLine& observed) {
  const std::int64_t now = observed.line.now_ns;
  if (now < due_ns_) {
    return;
  }
  logins::LoginList& logins = table_.logins();
  for (auto next = logins.begin(); next != logins.end();) {
    logins::SshLogin& login = *next++;
    if (login.closed && now >= lines::add_time(login.end_ns, kLinger)) {
      end(login, "closed", observed);
    } else if (login.removed && now >= lines::add_time(login.removed_ns, kCloseWithin)) {
      login.end_ns = login.removed_ns;
      login.end_known = true;
      end(login, "removed", observed);
    }
  }
}

void LoginEndings::find_due() {
  if (!due_changed_) {
    return;
  }
  due_changed_ = false;
  due_ns_ = kNoneDue;
  for (const logins::SshLogin* login : ending_) {
    due_ns_ = std::min(due_ns_, login->closed ? lines::add_time(login->end_ns, kLinger)
                                              : lines::add_time(login->removed_ns, kCloseWithin));
  }
}

void LoginEndings::expect_end(logins::SshLogin& login) {
  if (std::find(ending_.begin(), ending_.end(), &login) == ending_.end()) {
    ending_.push_back(&login);
  }
  due_changed_ = true;
}

void LoginEndings::restart() {
  ending_.clear();
  for (logins::SshLogin& login : table_.logins()) {
    if (login.closed || login.removed) {
      ending_.push_back(&login);
    }
  }
  due_changed_ = true;
  find_due();
}

void LoginEndings::keep_limits(lines::ObservedLine& observed) {
  logins::LoginList& attempts = table_.attempts();
  while (attempts.size() > logins::LoginTable::kMaxLogins ||
         (bytes() > kMaxBytes && !attempts.empty())) {
    table_.erase_attempt(attempts.front());
  }
  while (hosts_.sessions() > HostActivity::kMaxSessions ||
         (bytes() > kMaxBytes && hosts_.sessions() > 0)) {
    hosts_.forget_oldest_session();
  }
  logins::LoginList& logins = table_.logins();
  while (logins.size() > logins::LoginTable::kMaxLogins ||
         (bytes() > kMaxBytes && !logins.empty())) {
    logins::SshLogin& oldest = logins.front();
    HostActivity::Host& host = hosts_.host_of(oldest.host);
    host.forgot = host.forgot || !oldest.closed;
    end_unless_closed(oldest, "forgotten", observed);
  }
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
