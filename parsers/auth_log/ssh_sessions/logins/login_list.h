// LoginList: SSH logins, oldest first, found by process number without looking at the others.
//
// A login stays where it is until it is erased; erasing one leaves references to and iterators at
// all others good. The process number of a login must not change while it is in the list. Finding
// and erasing look at the few logins whose numbers fall into the same bucket. Not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <utility>
#include <vector>

#include "parsers/auth_log/ssh_sessions/logins/ssh_login.h"

namespace auditship::parsers::auth_log::ssh_sessions::logins {

class LoginList {
 public:
  LoginList() = default;
  LoginList(const LoginList&) = delete;
  LoginList& operator=(const LoginList&) = delete;
  ~LoginList() = default;

  [[nodiscard]] auto begin() { return list_.begin(); }
  [[nodiscard]] auto end() { return list_.end(); }
  [[nodiscard]] auto begin() const { return list_.begin(); }
  [[nodiscard]] auto end() const { return list_.end(); }
  [[nodiscard]] SshLogin& front() { return list_.front(); }
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::size_t size() const { return list_.size(); }

  // The oldest login whose monitor has that process number and that fits; nullptr if there is none.
  template <typename Fits>
  [[nodiscard]] SshLogin* first_with_pid(std::uint64_t pid, Fits fits) {
    for (const Entry& entry : bucket_of(pid)) {
      if (entry.pid == pid && fits(*entry.login)) {
        return &*entry.login;
      }
    }
    return nullptr;
  }

  SshLogin& add(SshLogin&& login) {
    const auto at = list_.insert(list_.end(), std::move(login));
    bucket_of(at->pid).push_back({at->pid, at});
    return *at;
  }
  // Adds one of which no more is known than its process number.
  SshLogin& add(std::uint64_t pid) {
    const auto at = list_.emplace(list_.end());
    at->pid = pid;
    bucket_of(pid).push_back({pid, at});
    return *at;
  }

  // login must be in the list.
  void erase(const SshLogin& login) {
    std::vector<Entry>& bucket = bucket_of(login.pid);
    const auto entry = std::find_if(bucket.begin(), bucket.end(),
                                    [&](const Entry& each) { return &*each.login == &login; });
    const auto at = entry->login;
    bucket.erase(entry);
    list_.erase(at);
  }

  void clear() {
    for (std::vector<Entry>& bucket : buckets_) {
      bucket.clear();
    }
    list_.clear();
  }

 private:
  struct Entry {
    std::uint64_t pid;
    std::list<SshLogin>::iterator login;
  };
  static constexpr std::size_t kBuckets = 64;

  std::vector<Entry>& bucket_of(std::uint64_t pid) { return buckets_[pid % kBuckets]; }

  std::list<SshLogin> list_;
  // By process number; in each bucket oldest first.
  std::array<std::vector<Entry>, kBuckets> buckets_;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions::logins
