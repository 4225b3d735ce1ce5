// LoginEndings ends SSH logins: writes the document of the login and takes it out of the table.
// A login ends because a line says so, because a line shows that it must have ended (its process
// number is used again, the machine was booted), because nothing more came for a while behind a
// sign of its end (it is due), or because too much is remembered.
//
//   endings.end_due(observed);           // before a line's own rule
//   …
//   endings.keep_limits(observed);       // behind it
//   endings.find_due();
//
// table and hosts are borrowed and must outlive it. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "parsers/auth_log/ssh_sessions/host_activity.h"
#include "parsers/auth_log/ssh_sessions/lines/session_line.h"
#include "parsers/auth_log/ssh_sessions/logins/login_table.h"

namespace auditship::parsers::auth_log::ssh_sessions {

class LoginEndings {
 public:
  // Of all that is remembered, encoded.
  static constexpr std::size_t kMaxBytes = 240 << 10;

  LoginEndings(logins::LoginTable& table, HostActivity& hosts) : table_(table), hosts_(hosts) {}

  // Writes the login's document and forgets it. how: see write_ssh_session_end().
  void end(logins::SshLogin& login, std::string_view how, lines::ObservedLine& observed);
  // The login, which is closed or removed now, becomes due.
  void expect_end(logins::SshLogin& login);

  // Ends the logins whose process number the line's connection has now.
  void end_superseded(lines::ObservedLine& observed);
  // Ends the login whose session number logind gives to another session now, as after a boot.
  void end_renumbered(lines::ObservedLine& observed);
  // Ends what was there before a boot, if host was booted: sshd and logind start together.
  void end_at_boot(lines::ObservedLine& observed, HostActivity::Host& host);
  // Ends the logins that are due at the time of the line.
  void end_due(lines::ObservedLine& observed);
  // Attempts give way first, then sessions that are no SSH login, then the oldest logins.
  void keep_limits(lines::ObservedLine& observed);

  // When the next login is due; the largest number when none is.
  [[nodiscard]] std::int64_t due_ns() const { return due_ns_; }
  // Brings due_ns() up to date, where a login came to be waited for, or ended, since the last call.
  void find_due();
  // The table holds others now.
  void restart();

 private:
  static constexpr std::int64_t kNoneDue = std::numeric_limits<std::int64_t>::max();

  [[nodiscard]] std::size_t bytes() const { return table_.bytes() + hosts_.bytes(); }
  // Ends a login whose end no line told or, where one did, as that line told it.
  void end_unless_closed(logins::SshLogin& login, std::string_view how,
                         lines::ObservedLine& observed);

  logins::LoginTable& table_;
  HostActivity& hosts_;
  // Logins that are closed or removed, and not ended yet: few.
  std::vector<const logins::SshLogin*> ending_;
  std::int64_t due_ns_ = kNoneDue;
  bool due_changed_ = false;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions
