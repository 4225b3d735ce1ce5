// SshSessions: finding logins, ending them, keeping within limits, and the encoded state.
#include <algorithm>

#include "agent/event/batch.h"
#include "parsers/auth_log/ssh_sessions/session_document.h"
#include "parsers/auth_log/ssh_sessions/session_tracker.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLinger = 2 * kSecond;       // for logind, after PAM's session was closed
constexpr std::int64_t kCloseWithin = 5 * kSecond;  // for PAM, after logind let the session go
constexpr std::int64_t kBootWithin = 60 * kSecond;  // sshd and logind start together
constexpr std::size_t kMaxOthers = 256;
constexpr std::size_t kMaxHosts = 16;
constexpr std::uint64_t kStateVersion = 1;
static_assert(SshSessions::kMaxBytes + 16 * (SshLogin::kMaxText + 32) <=
              event::Checkpoint::kMaxStateBytes);

std::size_t size_of(const std::string& host, const std::string& user) {
  return host.size() + user.size() + 32;  // more than its encoding
}

// a + b, as far as that goes.
std::int64_t add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

}  // namespace

// The login whose monitor (or child) has the line's process number; a closed one has given it back.
SshLogin* SshSessions::by_pid(const Line& line, bool monitor_only) {
  SshLogin* found = nullptr;
  for (SshLogin& login : logins_) {
    const bool same = login.pid == line.pid || (!monitor_only && login.child == line.pid);
    if (same && line.pid != 0 && !(login.closed && monitor_only) && login.host == line.host) {
      if (found != nullptr) {
        return nullptr;
      }
      found = &login;
    }
  }
  return found;
}

// The login of the line's connection. The process must be one of the login's, where that is known.
SshLogin* SshSessions::by_connection(const Line& line) {
  SshLogin* found = nullptr;
  for (SshLogin& login : logins_) {
    const bool same = !line.ip.empty() && line.port != 0 && login.port == line.port &&
                      login.ip == line.ip && login.host == line.host &&
                      (line.user.empty() || login.user == line.user) &&
                      (login.pid == line.pid || login.child == line.pid || login.child == 0);
    if (same && found != nullptr) {
      return nullptr;
    }
    found = same ? &login : found;
  }
  if (found != nullptr && found->child == 0 && found->pid != line.pid) {
    found->child = line.pid;
  }
  return found;
}

SshLogin* SshSessions::by_logind(const Line& line) {
  for (SshLogin& login : logins_) {
    if (!line.session.empty() && login.logind == line.session && login.host == line.host) {
      return &login;
    }
  }
  return nullptr;
}

SshLogin& SshSessions::pending_of(const Line& line) {
  for (SshLogin& pending : pending_) {
    if (pending.pid == line.pid && pending.port == line.port && pending.ip == line.ip &&
        pending.host == line.host) {
      return pending;
    }
  }
  SshLogin& made = pending_.add();
  made.host = line.host;
  made.ip = bounded(line.ip);
  made.port = line.port;
  made.pid = line.pid;
  return made;
}

void SshSessions::forget_pending(const Line& line, bool same_connection) {
  for (std::size_t i = pending_.size(); i-- > 0;) {
    const SshLogin& pending = pending_[i];
    if (pending.pid == line.pid && pending.host == line.host &&
        (!same_connection || line.ip.empty() ||
         (pending.port == line.port && pending.ip == line.ip))) {
      drop_pending(i);
    }
  }
}

void SshSessions::take_pending(const Line& line, SshLogin& login) {
  for (const SshLogin& pending : pending_) {
    if (pending.pid == line.pid && pending.port == line.port && pending.ip == line.ip &&
        pending.host == line.host) {
      login = pending;
      login.charged = 0;
      break;
    }
  }
  forget_pending(line, false);
}

void SshSessions::link(Pass& pass, SshLogin& login) {
  charge(login);
  if (pass.record.field("ssh.login.id").empty()) {
    pass.record.add("ssh.login.id", pass.record.keep(login.id));
  }
}

void SshSessions::charge(SshLogin& login) {
  const std::size_t size = encoded_size(login);
  bytes_ += size - login.charged;
  login.charged = size;
}

// Writes the login's document and forgets it.
void SshSessions::end(SshLogin& login, std::string_view how, Pass& pass) {
  write_ssh_session_end(login, how, pass.line.now_ns, pass.out.add("session-end", login.id));
  bytes_ -= login.charged;
  logins_.erase(login);
  due_changed_ = true;
}

// Ends the logins that `which` says are gone. One whose end was seen ended as it was seen to.
void SshSessions::end_where(Pass& pass, std::string_view how,
                            bool (*which)(const SshLogin&, const Line&)) {
  for (std::size_t i = 0; i < logins_.size();) {
    if (which(logins_[i], pass.line)) {
      end(logins_[i], logins_[i].closed ? "closed" : how, pass);
    } else {
      ++i;
    }
  }
}

void SshSessions::end_due(Pass& pass) {
  for (std::size_t i = 0; pass.line.now_ns >= due_ns_ && i < logins_.size();) {
    SshLogin& login = logins_[i];
    if (login.closed && pass.line.now_ns >= add(login.end_ns, kLinger)) {
      end(login, "closed", pass);
    } else if (login.removed && pass.line.now_ns >= add(login.removed_ns, kCloseWithin)) {
      login.end_ns = login.removed_ns;
      login.end_known = true;
      end(login, "removed", pass);
    } else {
      ++i;
    }
  }
}

void SshSessions::find_due() {
  due_changed_ = false;
  due_ns_ = kNoneDue;
  for (const SshLogin& login : logins_) {
    if (login.closed) {
      due_ns_ = std::min(due_ns_, add(login.end_ns, kLinger));
    } else if (login.removed) {
      due_ns_ = std::min(due_ns_, add(login.removed_ns, kCloseWithin));
    }
  }
}

// Attempts give way first, then sessions of others, then the oldest logins.
void SshSessions::keep_limits(Pass& pass) {
  while (pending_.size() > kMaxLogins || (bytes_ > kMaxBytes && !pending_.empty())) {
    drop_pending(0);
  }
  while (others_.size() > kMaxOthers || (bytes_ > kMaxBytes && !others_.empty())) {
    drop_other(0);
  }
  while (logins_.size() > kMaxLogins || (bytes_ > kMaxBytes && !logins_.empty())) {
    SshLogin& oldest = logins_.front();
    Host& host = host_of(oldest.host);
    host.forgot = host.forgot || !oldest.closed;
    end(oldest, oldest.closed ? "closed" : "forgotten", pass);
  }
}

void SshSessions::drop_pending(std::size_t index) {
  bytes_ -= pending_[index].charged;
  pending_.erase(index);
}

void SshSessions::drop_other(std::size_t index) {
  bytes_ -= size_of(others_[index].host, others_[index].user);
  others_.erase(others_.begin() + static_cast<std::ptrdiff_t>(index));
}

void SshSessions::add_other(Other::Kind kind, const Line& line) {
  Other other;
  other.kind = kind;
  other.host = line.host;
  other.user = line.user;
  other.pid = line.pid;
  other.since_ns = line.now_ns;
  bytes_ += size_of(other.host, other.user);
  others_.push_back(std::move(other));
}

SshSessions::Host& SshSessions::host_of(std::string_view name) {
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

// After a boot nothing from before it goes on.
void SshSessions::boot(Pass& pass, Host& host) {
  if (host.listening_ns == kNever || host.seat_ns == kNever) {
    return;
  }
  const std::int64_t first = std::min(host.listening_ns, host.seat_ns);
  if (std::max(host.listening_ns, host.seat_ns) > add(first, kBootWithin)) {
    return;
  }
  host.forgot = false;
  for (std::size_t i = 0; i < logins_.size();) {
    if (logins_[i].host == host.name && logins_[i].start_ns < first) {
      end(logins_[i], logins_[i].closed ? "closed" : "rebooted", pass);
    } else {
      ++i;
    }
  }
  for (std::size_t i = others_.size(); i-- > 0;) {
    if (others_[i].host == host.name && others_[i].since_ns < first) {
      drop_other(i);
    }
  }
}

bool SshSessions::is_empty() const {
  return logins_.empty() && pending_.empty() && others_.empty() && hosts_.empty();
}

std::string SshSessions::state() const {
  std::string out;
  if (is_empty()) {
    return out;
  }
  put_varint(out, kStateVersion);
  put_u64(out, static_cast<std::uint64_t>(last_ns_));
  for (const auto* logins : {&logins_, &pending_}) {
    put_varint(out, logins->size());
    for (const SshLogin& login : *logins) {
      put_login(out, login);
    }
  }
  put_varint(out, others_.size());
  for (const Other& other : others_) {
    put_varint(out, other.kind);
    put_bytes(out, other.host);
    put_bytes(out, other.user);
    put_varint(out, other.pid);
    put_u64(out, static_cast<std::uint64_t>(other.since_ns));
  }
  put_varint(out, hosts_.size());
  for (const Host& host : hosts_) {
    put_bytes(out, host.name);
    put_u64(out, static_cast<std::uint64_t>(host.listening_ns));
    put_u64(out, static_cast<std::uint64_t>(host.seat_ns));
    put_varint(out, (host.manager_sessions ? 1 : 0) + (host.forgot ? 2 : 0));
  }
  return out;
}

bool SshSessions::restore_logins(WireReader& in, SshLogins& logins, bool let_in) {
  const std::uint64_t count = in.varint();
  if (count > kMaxLogins) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    SshLogin& login = logins.add();
    if (!get_login(in, login) || login.is_login() != let_in) {
      return false;
    }
    charge(login);
  }
  return in.ok();
}

bool SshSessions::restore_others(WireReader& in) {
  const std::uint64_t count = in.varint();
  if (count > kMaxOthers) {
    return false;
  }
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Other& other = others_.emplace_back();
    const std::uint64_t kind = in.varint();
    if (kind > Other::manager) {
      return false;
    }
    other.kind = static_cast<Other::Kind>(kind);
    other.host = in.bytes(SshLogin::kMaxText);
    other.user = in.bytes(SshLogin::kMaxText);
    other.pid = in.varint();
    other.since_ns = static_cast<std::int64_t>(in.u64());
    bytes_ += size_of(other.host, other.user);
  }
  const std::uint64_t hosts = in.varint();
  for (std::uint64_t i = 0; i < hosts && hosts <= kMaxHosts && in.ok(); ++i) {
    Host& host = hosts_.emplace_back();
    host.name = in.bytes(SshLogin::kMaxText);
    host.listening_ns = static_cast<std::int64_t>(in.u64());
    host.seat_ns = static_cast<std::int64_t>(in.u64());
    const std::uint64_t flags = in.varint();
    host.manager_sessions = (flags & 1) != 0;
    host.forgot = (flags & 2) != 0;
    if (flags > 3) {
      return false;
    }
  }
  return in.ok() && in.at_end() && hosts <= kMaxHosts;
}

void SshSessions::forget_all() {
  logins_.clear();
  pending_.clear();
  others_.clear();
  hosts_.clear();
  bytes_ = 0;
  last_ns_ = 0;
  due_ns_ = kNoneDue;
}

bool SshSessions::restore(std::string_view state) {
  forget_all();
  if (state.empty()) {
    return true;
  }
  WireReader in(state);
  const bool known =
      state.size() <= event::Checkpoint::kMaxStateBytes && in.varint() == kStateVersion;
  last_ns_ = known ? static_cast<std::int64_t>(in.u64()) : 0;
  const bool good = known && restore_logins(in, logins_, true) &&
                    restore_logins(in, pending_, false) && restore_others(in) &&
                    bytes_ <= kMaxBytes;
  if (!good) {
    forget_all();
  }
  find_due();
  return good;
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
