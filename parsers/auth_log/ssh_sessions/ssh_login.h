// SshLogin: what is known of one SSH connection: of one that tries to log in (failures, first steps
// of a login of several) and, once it is let in, of the login until its end. A plain value with a
// bounded encoding, which is part of a source's state.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/binary_io.h"

namespace auditship::parsers::auth_log::ssh_sessions {

struct SshLogin {
  static constexpr std::size_t kMaxText = 256;  // of every text; longer ones are cut
  static constexpr std::size_t kMaxList = 20;   // commands and files that are named
  static constexpr std::size_t kMaxShort = 8;   // terminals, identities, programs, steps

  struct Terminal {
    std::string name;         // pts/1
    std::uint64_t session{};  // sshd's number of it, unique within the connection
    bool open = true;
  };
  // Who acts for the user on a terminal after sudo or su there; without one: perhaps, somewhere.
  struct Identity {
    std::string user, tty;
  };

  std::string id;  // of the login line's document; empty: not let in yet
  std::string host, ip, address, user, user_id;
  std::uint64_t port = 0;
  std::uint64_t pid = 0, child = 0;  // of sshd's monitor, and of the user's child, 0 = not known
  std::int64_t start_ns = 0, opened_ns = 0, end_ns = 0, removed_ns = 0;
  bool start_known = false, end_known = false;
  bool opened = false;   // PAM's session was opened …
  bool closed = false;   // … and closed, or sshd said that a connection without one ended
  bool removed = false;  // logind let its session go
  bool anybody = false;  // became more users than identities can name
  std::string method, submethod, key_type, key_fingerprint;
  std::string cert_id, cert_serial, ca_type, ca_fingerprint;
  std::string owner, email;
  std::uint64_t owner_known = 0;  // 0 nobody asked, 1 no, 2 yes
  std::uint64_t failed = 0;
  std::vector<std::string> steps;  // methods that were done before the last one
  std::string logind;              // session id
  std::vector<std::string> types, subsystems;
  std::vector<Terminal> terminals;
  std::vector<Identity> identities;
  std::vector<std::uint64_t> sftp_pids;
  std::vector<std::string> commands, refused, files, candidates;
  std::uint64_t command_count = 0, refused_count = 0, file_count = 0, unsure_count = 0;
  std::uint64_t sent = 0, received = 0;
  bool has_bytes = false;
  std::string disconnect, disconnect_code, reason;

  std::size_t charged = 0;  // bytes of its encoding when it was last counted; not encoded

  [[nodiscard]] bool is_login() const { return !id.empty(); }
};

// Logins, oldest first. Each stays where it is until it is erased; there may be hundreds, and one
// is over a kilobyte, so they are not moved.
class SshLogins {
 public:
  template <typename At, typename Login>
  class Iterator {
   public:
    explicit Iterator(At at) : at_(at) {}
    Login& operator*() const { return **at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    At at_;
  };
  using List = std::vector<std::unique_ptr<SshLogin>>;

  auto begin() { return Iterator<List::iterator, SshLogin>(list_.begin()); }
  auto end() { return Iterator<List::iterator, SshLogin>(list_.end()); }
  [[nodiscard]] auto begin() const {
    return Iterator<List::const_iterator, const SshLogin>(list_.begin());
  }
  [[nodiscard]] auto end() const {
    return Iterator<List::const_iterator, const SshLogin>(list_.end());
  }
  SshLogin& operator[](std::size_t i) { return *list_[i]; }
  SshLogin& front() { return *list_.front(); }
  SshLogin& add() { return *list_.emplace_back(std::make_unique<SshLogin>()); }
  SshLogin& add(SshLogin login) {
    return *list_.emplace_back(std::make_unique<SshLogin>(std::move(login)));
  }
  void erase(std::size_t i) { list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(i)); }
  // login must be one of them.
  void erase(const SshLogin& login) {
    list_.erase(std::find_if(list_.begin(), list_.end(),
                             [&](const auto& each) { return each.get() == &login; }));
  }
  void clear() { list_.clear(); }
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::size_t size() const { return list_.size(); }

 private:
  List list_;
};

// At most limit bytes of text, cut between characters.
[[nodiscard]] std::string bounded(std::string_view text, std::size_t limit = SshLogin::kMaxText);
// Adds text unless it is there or the list is full.
void add_once(std::vector<std::string>& list, std::string_view text, std::size_t limit);

void put_login(std::string& out, const SshLogin& login);
[[nodiscard]] std::size_t encoded_size(const SshLogin& login);
// False for bytes that put_login does not write.
[[nodiscard]] bool get_login(WireReader& in, SshLogin& login);

}  // namespace auditship::parsers::auth_log::ssh_sessions
