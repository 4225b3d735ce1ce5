// LoginList: SSH logins, oldest first, found by process number without looking at the others.
//
// A login stays where it is until it is erased; erasing one leaves references to and iterators at
// all others good. The process number of a login must not change while it is in the list. Finding
// and erasing cost O(log n) where few logins have one process number, as is usual: a number is
// used again only when its process is gone, but for those that are not known (0). Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <ranges>
#include <utility>

#include "parsers/auth_log/ssh_sessions/ssh_login.h"

namespace auditship::parsers::auth_log::ssh_sessions {

class LoginList {
 public:
  LoginList() = default;
  LoginList(const LoginList&) = delete;
  LoginList& operator=(const LoginList&) = delete;

  [[nodiscard]] auto begin() { return list_.begin(); }
  [[nodiscard]] auto end() { return list_.end(); }
  [[nodiscard]] auto begin() const { return list_.begin(); }
  [[nodiscard]] auto end() const { return list_.end(); }
  [[nodiscard]] SshLogin& front() { return list_.front(); }
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::size_t size() const { return list_.size(); }

  // Pairs of number and iterator of the logins whose monitor has that process number, oldest first.
  [[nodiscard]] auto with_pid(std::uint64_t pid) {
    const auto [first, last] = by_pid_.equal_range(pid);
    return std::ranges::subrange(first, last);
  }

  SshLogin& add(SshLogin login) {
    const auto at = list_.insert(list_.end(), std::move(login));
    // A multimap puts it behind those of equal number.
    by_pid_.emplace(at->pid, at);
    return *at;
  }

  // login must be in the list.
  void erase(const SshLogin& login) {
    for (auto [at, last] = by_pid_.equal_range(login.pid); at != last; ++at) {
      if (&*at->second == &login) {
        const auto place = at->second;
        by_pid_.erase(at);
        list_.erase(place);
        return;
      }
    }
  }

  void clear() {
    by_pid_.clear();
    list_.clear();
  }

 private:
  std::list<SshLogin> list_;
  std::multimap<std::uint64_t, std::list<SshLogin>::iterator> by_pid_;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions
