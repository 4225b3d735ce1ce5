#include "parsers/auth_log/ssh_sessions/logins/login_table.h"

#include <algorithm>
#include <utility>

#include "parsers/auth_log/ssh_sessions/logins/login_codec.h"

namespace auditship::parsers::auth_log::ssh_sessions::logins {
namespace {

bool same_source(const SshLogin& login, const lines::SessionLine& line) {
  return login.port == line.port && login.ip == line.ip;
}

}  // namespace

void LoginTable::clear() {
  logins_.clear();
  attempts_.clear();
  indexes_.clear();
  bytes_ = 0;
}

// A closed login has given its process number back.
SshLogin* LoginTable::by_monitor(const lines::SessionLine& line) {
  if (line.pid == 0) {
    return nullptr;
  }
  const auto fits = [&](const SshLogin& login) { return !login.closed && login.host == line.host; };
  SshLogin* const found = logins_.first_with_pid(line.pid, fits);
  const SshLogin* const other = logins_.first_with_pid(
      line.pid, [&](const SshLogin& login) { return &login != found && fits(login); });
  return other == nullptr ? found : nullptr;
}

SshLogin* LoginTable::by_process(const lines::SessionLine& line) {
  if (line.pid == 0) {
    return nullptr;
  }
  const auto fits = [&](const SshLogin& login) { return login.host == line.host; };
  SshLogin* const found = logins_.first_with_pid(line.pid, fits);
  if (found == nullptr) {
    return indexes_.child.only(line.pid, fits);
  }
  const auto other = [&](const SshLogin& login) { return &login != found && fits(login); };
  const bool others = logins_.first_with_pid(line.pid, other) != nullptr ||
                      indexes_.child.first(line.pid, other) != nullptr;
  return others ? nullptr : found;
}

SshLogin* LoginTable::by_connection(const lines::SessionLine& line) {
  if (line.ip.empty() || line.port == 0) {
    return nullptr;
  }
  SshLogin* const found = indexes_.port.only(line.port, [&](const SshLogin& login) {
    return same_source(login, line) && login.host == line.host &&
           (line.user.empty() || login.user == line.user) &&
           (login.pid == line.pid || login.child == line.pid || login.child == 0);
  });
  if (found != nullptr && found->child == 0 && found->pid != line.pid) {
    change(*found, [&] { found->child = line.pid; });
  }
  return found;
}

SshLogin* LoginTable::by_logind(const lines::SessionLine& line) {
  if (line.session.empty()) {
    return nullptr;
  }
  return indexes_.logind.first(LoginIndexes::number_of(line.session), [&](const SshLogin& login) {
    return login.logind == line.session && login.host == line.host;
  });
}

SshLogin* LoginTable::by_sftp_process(const lines::SessionLine& line) {
  if (line.pid == 0) {
    return nullptr;
  }
  return indexes_.sftp_process.only(line.pid,
                                    [&](const SshLogin& login) { return login.host == line.host; });
}

std::vector<SshLogin*> LoginTable::acting_as(std::string_view user) {
  std::vector<SshLogin*> found;
  const auto add = [&](SshLogin& login) { found.push_back(&login); };
  indexes_.user.each(LoginIndexes::number_of(user), add);
  indexes_.user.each(LoginIndexes::anybody(), add);
  const auto older = [](const SshLogin* a, const SshLogin* b) { return a->order < b->order; };
  std::sort(found.begin(), found.end(), older);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

SshLogin& LoginTable::add_login(SshLogin&& login) {
  SshLogin& added = logins_.add(std::move(login));
  added.order = ++last_order_;
  indexes_.add(added);
  return added;
}

void LoginTable::erase_login(const SshLogin& login) {
  bytes_ -= login.charged;
  indexes_.remove(login);
  logins_.erase(login);
}

SshLogin* LoginTable::find_attempt(const lines::SessionLine& line) {
  return attempts_.first_with_pid(line.pid, [&](const SshLogin& attempt) {
    return same_source(attempt, line) && attempt.host == line.host;
  });
}

SshLogin& LoginTable::attempt_of(const lines::SessionLine& line) {
  if (SshLogin* const found = find_attempt(line)) {
    return *found;
  }
  SshLogin& made = attempts_.add(line.pid);
  made.host = line.host;
  made.ip = bounded(line.ip);
  made.port = line.port;
  return made;
}

SshLogin LoginTable::take_attempt(const lines::SessionLine& line) {
  SshLogin taken;
  if (const SshLogin* const found = find_attempt(line)) {
    taken = *found;
    taken.charged = 0;
  }
  forget_attempts(line);
  return taken;
}

void LoginTable::forget_attempts(const lines::SessionLine& line) {
  const auto same_host = [&](const SshLogin& attempt) { return attempt.host == line.host; };
  while (const SshLogin* const attempt = attempts_.first_with_pid(line.pid, same_host)) {
    erase_attempt(*attempt);
  }
}

void LoginTable::forget_connection(const lines::SessionLine& line) {
  if (line.ip.empty()) {
    forget_attempts(line);
    return;
  }
  while (const SshLogin* const attempt = find_attempt(line)) {
    erase_attempt(*attempt);
  }
}

void LoginTable::erase_attempt(const SshLogin& attempt) {
  bytes_ -= attempt.charged;
  attempts_.erase(attempt);
}

void LoginTable::charge(SshLogin& login) {
  const std::size_t size = encoded_size(login);
  bytes_ += size - login.charged;
  login.charged = size;
}

void LoginTable::link(event::Record& record, SshLogin& login) {
  charge(login);
  if (record.field("ssh.login.id").empty()) {
    record.add("ssh.login.id", record.keep(login.id));
  }
}

}  // namespace auditship::parsers::auth_log::ssh_sessions::logins
