// LoginTable: the SSH logins under way, the connections that are still trying to log in (attempts),
// and how the one that a line is about is found.
//
//   LoginTable table;
//   if (SshLogin* login = table.by_connection(line)) {
//     login->reason = …;
//     table.link(record, *login);
//   }
//
// It counts how many bytes all of them take in the encoded state: whoever changes a login calls
// charge() or link() behind that. It does not keep within limits by itself (see LoginEndings).
// References stay good until that login or attempt is erased. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/event/event.h"
#include "parsers/auth_log/ssh_sessions/lines/session_line.h"
#include "parsers/auth_log/ssh_sessions/logins/login_index.h"
#include "parsers/auth_log/ssh_sessions/logins/login_list.h"
#include "parsers/auth_log/ssh_sessions/logins/ssh_login.h"

namespace auditship::parsers::auth_log::ssh_sessions::logins {

class LoginTable {
 public:
  // Of logins, and of attempts.
  static constexpr std::size_t kMaxLogins = 512;

  // Oldest first.
  [[nodiscard]] LoginList& logins() { return logins_; }
  [[nodiscard]] LoginList& attempts() { return attempts_; }
  [[nodiscard]] const LoginList& logins() const { return logins_; }
  [[nodiscard]] const LoginList& attempts() const { return attempts_; }
  // What logins and attempts take, encoded.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool empty() const { return logins_.empty() && attempts_.empty(); }
  void clear();

  // Each of these finds at most one login and, unless it says otherwise, none where several fit.
  // The open login whose monitor has the line's process number.
  [[nodiscard]] SshLogin* by_monitor(const lines::SessionLine& line);
  // The login whose monitor or child has the line's process number.
  [[nodiscard]] SshLogin* by_process(const lines::SessionLine& line);
  // The login of the line's address and port. The process must be one of the login's, where that is
  // known; where it is not, the login's child is known from now on.
  [[nodiscard]] SshLogin* by_connection(const lines::SessionLine& line);
  // The login whose session logind has given the line's number.
  [[nodiscard]] SshLogin* by_logind(const lines::SessionLine& line);
  // The login one of whose file transfer programs has the line's process number.
  [[nodiscard]] SshLogin* by_sftp_process(const lines::SessionLine& line);

  // The login's user is user, or became it or may have become it: all such logins, oldest first.
  [[nodiscard]] std::vector<SshLogin*> acting_as(std::string_view user);
  // Those that had the terminal, in no order. visit may not change what they are found by.
  template <typename Visit>
  void each_with_terminal(std::string_view name, Visit visit) {
    indexes_.terminal.each(LoginIndexes::number_of(name), visit);
  }

  // Adds login. Its bytes count from charge() or link() on.
  SshLogin& add_login(SshLogin&& login);
  // Whoever changes what a login is found by does it in here: user, port, child, logind's number,
  // terminals, identities, sftp processes. login must be one of logins(); host and process number
  // never change.
  template <typename Change>
  void change(SshLogin& login, Change change) {
    indexes_.remove(login);
    change();
    indexes_.add(login);
  }
  // login must be one of logins().
  void erase_login(const SshLogin& login);

  // The attempt of the line's connection, made if there is none.
  [[nodiscard]] SshLogin& attempt_of(const lines::SessionLine& line);
  // What is known of the line's connection from before it was let in. All attempts of the line's
  // process are forgotten.
  [[nodiscard]] SshLogin take_attempt(const lines::SessionLine& line);
  // Forgets the attempts of the line's process.
  void forget_attempts(const lines::SessionLine& line);
  // Forgets the attempts of the line's connection or, where it names no address, of its process.
  void forget_connection(const lines::SessionLine& line);
  // attempt must be one of attempts().
  void erase_attempt(const SshLogin& attempt);
  // Adds attempt. Its bytes count from charge() on.
  SshLogin& add_attempt(SshLogin&& attempt) { return attempts_.add(std::move(attempt)); }

  // Counts anew how many bytes the login or attempt takes.
  void charge(SshLogin& login);
  // As charge(); and names the login in the record that belongs to it.
  void link(event::Record& record, SshLogin& login);

 private:
  [[nodiscard]] SshLogin* find_attempt(const lines::SessionLine& line);

  LoginList logins_, attempts_;
  // Of logins.
  LoginIndexes indexes_;
  std::uint64_t last_order_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions::logins
