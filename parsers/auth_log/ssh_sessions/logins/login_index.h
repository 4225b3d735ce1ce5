// LoginIndex: logins by a number (a port, a process number, the hash of a text), so that one is
// found without looking at the others. LoginIndexes: by everything that lines tell them by, but for
// their monitor's process number (LoginList).
//
// They do not own the logins: whoever changes what one stands under, or ends it, takes it out before
// (LoginTable::change). A login may stand under several numbers, or several times under one, and
// several logins under one. Not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "parsers/auth_log/ssh_sessions/logins/ssh_login.h"

namespace auditship::parsers::auth_log::ssh_sessions::logins {

class LoginIndex {
 public:
  void add(std::uint64_t number, SshLogin& login) { bucket_of(number).push_back({number, &login}); }

  // However often the login stands there.
  void remove(std::uint64_t number, const SshLogin& login) {
    std::erase_if(bucket_of(number), [&](const Entry& entry) {
      return entry.number == number && entry.login == &login;
    });
  }

  void clear() {
    for (std::vector<Entry>& bucket : buckets_) {
      bucket.clear();
    }
  }

  // Those under number, in no order; visit may not change the index.
  template <typename Visit>
  void each(std::uint64_t number, Visit visit) {
    for (const Entry& entry : bucket_of(number)) {
      if (entry.number == number) {
        visit(*entry.login);
      }
    }
  }

  // One under number that fits; nullptr if there is none.
  template <typename Fits>
  [[nodiscard]] SshLogin* first(std::uint64_t number, Fits fits) {
    for (const Entry& entry : bucket_of(number)) {
      if (entry.number == number && fits(*entry.login)) {
        return entry.login;
      }
    }
    return nullptr;
  }

  // The only one under number that fits; nullptr if there is none, or more than one.
  template <typename Fits>
  [[nodiscard]] SshLogin* only(std::uint64_t number, Fits fits) {
    SshLogin* const found = first(number, fits);
    const bool others = first(number, [&](const SshLogin& login) {
                          return &login != found && fits(login);
                        }) != nullptr;
    return others ? nullptr : found;
  }

 private:
  struct Entry {
    std::uint64_t number;
    SshLogin* login;
  };
  static constexpr std::size_t kBuckets = 64;

  std::vector<Entry>& bucket_of(std::uint64_t number) { return buckets_[number % kBuckets]; }

  std::array<std::vector<Entry>, kBuckets> buckets_;
};

class LoginIndexes {
 public:
  LoginIndex port, child, sftp_process, logind, terminal;
  // Also by whom the login became; and by anybody() where it may be anybody.
  LoginIndex user;

  // The number of a text.
  [[nodiscard]] static std::uint64_t number_of(std::string_view text) {
    return std::hash<std::string_view>{}(text);
  }
  [[nodiscard]] static std::uint64_t anybody() { return number_of({}); }

  void add(SshLogin& login) {
    each_place(login, [&](LoginIndex& index, std::uint64_t number) { index.add(number, login); });
  }
  void remove(const SshLogin& login) {
    each_place(login,
               [&](LoginIndex& index, std::uint64_t number) { index.remove(number, login); });
  }
  void clear() {
    for (LoginIndex* index : {&port, &child, &sftp_process, &logind, &terminal, &user}) {
      index->clear();
    }
  }

 private:
  template <typename Visit>
  void each_place(const SshLogin& login, Visit visit) {
    visit(port, login.port);
    visit(user, number_of(login.user));
    if (login.child != 0) {
      visit(child, login.child);
    }
    if (!login.logind.empty()) {
      visit(logind, number_of(login.logind));
    }
    for (const std::uint64_t pid : login.sftp_pids) {
      visit(sftp_process, pid);
    }
    for (const SshLogin::Terminal& each : login.terminals) {
      visit(terminal, number_of(each.name));
    }
    for (const SshLogin::Identity& each : login.identities) {
      visit(user, number_of(each.user));
    }
    if (login.anybody) {
      visit(user, anybody());
    }
  }
};

}  // namespace auditship::parsers::auth_log::ssh_sessions::logins
