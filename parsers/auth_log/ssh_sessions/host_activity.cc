#include "parsers/auth_log/ssh_sessions/host_activity.h"

#include <algorithm>
#include <utility>

#include "parsers/auth_log/ssh_sessions/lines/session_time.h"
#include "parsers/auth_log/ssh_sessions/logins/ssh_login.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

// More than its encoding.
std::size_t size_of(const HostActivity::Session& session) {
  return session.host.size() + session.user.size() + 32;
}

}  // namespace

HostActivity::Host& HostActivity::host_of(std::string_view name) {
  for (Host& host : hosts_) {
    if (host.name == name) {
      return host;
    }
  }
  if (hosts_.size() >= kMaxHosts) {
    hosts_.erase(hosts_.begin());
  }
  Host& host = hosts_.emplace_back();
  host.name = name;
  return host;
}

void HostActivity::open(Session::Kind kind, const lines::SessionLine& line, std::string_view user,
                        std::uint64_t pid) {
  Session session;
  session.kind = kind;
  session.host = line.host;
  session.user = user;
  session.pid = pid;
  session.since_ns = line.now_ns;
  bytes_ += size_of(session);
  sessions_.push_back(std::move(session));
}

void HostActivity::close(const lines::SessionLine& line) {
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    const Session& session = sessions_[i];
    if (session.kind != Session::manager && session.pid == line.pid && session.host == line.host &&
        session.user == line.user) {
      drop(i);
      return;
    }
  }
}

bool HostActivity::has_switched(Session::Kind kind, const lines::SessionLine& line,
                                std::string_view user) const {
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& session) {
    return session.kind == kind && session.pid == 0 && session.host == line.host &&
           session.user == user;
  });
}

bool HostActivity::may_have_acted(const lines::SessionLine& line, std::string_view user,
                                  bool has_tty) const {
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const Host& host) { return host.forgot && host.name == line.host; }) ||
         std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& session) {
           return session.host == line.host && session.user == user &&
                  (session.kind == Session::interactive ||
                   (session.kind == Session::job && !has_tty));
         });
}

void HostActivity::open_manager(const lines::SessionLine& line) {
  for (std::size_t i = sessions_.size(); i-- > 0;) {
    if (sessions_[i].kind == Session::manager &&
        !lines::is_within(sessions_[i].since_ns, lines::kPairWithin, line.now_ns)) {
      drop(i);
    }
  }
  open(Session::manager, line, line.user, line.pid);
}

bool HostActivity::take_manager(const lines::SessionLine& line, bool login_waits) {
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    const Session& session = sessions_[i];
    if (session.kind != Session::manager || session.host != line.host ||
        session.user != line.user) {
      continue;
    }
    const std::int64_t since = session.since_ns;
    drop(i);
    Host& host = host_of(line.host);
    host.manager_sessions =
        host.manager_sessions ||
        (!login_waits && lines::is_within(since, lines::kPairWithin, line.now_ns));
    return lines::is_within(since, host.manager_sessions ? lines::kPairWithin : lines::kSecond,
                            line.now_ns);
  }
  return false;
}

void HostActivity::forget_before(std::string_view host, std::int64_t first_ns) {
  for (std::size_t i = sessions_.size(); i-- > 0;) {
    if (sessions_[i].host == host && sessions_[i].since_ns < first_ns) {
      drop(i);
    }
  }
}

void HostActivity::forget_oldest_session() { drop(0); }

void HostActivity::clear() {
  sessions_.clear();
  hosts_.clear();
  bytes_ = 0;
}

void HostActivity::drop(std::size_t index) {
  bytes_ -= size_of(sessions_[index]);
  sessions_.erase(sessions_.begin() + static_cast<std::ptrdiff_t>(index));
}

std::size_t HostActivity::host_bytes() const {
  std::size_t bytes = 0;
  for (const Host& host : hosts_) {
    bytes += host.name.size() + 32;
  }
  return bytes;
}

void HostActivity::encode(std::string& out) const {
  put_varint(out, sessions_.size());
  for (const Session& session : sessions_) {
    put_varint(out, session.kind);
    put_bytes(out, session.host);
    put_bytes(out, session.user);
    put_varint(out, session.pid);
    put_u64(out, static_cast<std::uint64_t>(session.since_ns));
  }
  put_varint(out, hosts_.size());
  for (const Host& host : hosts_) {
    put_bytes(out, host.name);
    put_u64(out, static_cast<std::uint64_t>(host.listening_ns));
    put_u64(out, static_cast<std::uint64_t>(host.seat_ns));
    put_varint(out, (host.manager_sessions ? 1 : 0) + (host.forgot ? 2 : 0));
  }
}

bool HostActivity::decode(WireReader& in) {
  const std::uint64_t count = in.varint();
  if (count > kMaxSessions) {
    return false;
  }
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Session& session = sessions_.emplace_back();
    const std::uint64_t kind = in.varint();
    if (kind > Session::manager) {
      return false;
    }
    session.kind = static_cast<Session::Kind>(kind);
    session.host = in.bytes(logins::SshLogin::kMaxText);
    session.user = in.bytes(logins::SshLogin::kMaxText);
    session.pid = in.varint();
    session.since_ns = static_cast<std::int64_t>(in.u64());
    bytes_ += size_of(session);
  }
  return decode_hosts(in);
}

bool HostActivity::decode_hosts(WireReader& in) {
  const std::uint64_t count = in.varint();
  if (count > kMaxHosts) {
    return false;
  }
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Host& host = hosts_.emplace_back();
    host.name = in.bytes(logins::SshLogin::kMaxText);
    host.listening_ns = static_cast<std::int64_t>(in.u64());
    host.seat_ns = static_cast<std::int64_t>(in.u64());
    const std::uint64_t flags = in.varint();
    host.manager_sessions = (flags & 1) != 0;
    host.forgot = (flags & 2) != 0;
    if (flags > 3) {
      return false;
    }
  }
  return in.ok();
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
