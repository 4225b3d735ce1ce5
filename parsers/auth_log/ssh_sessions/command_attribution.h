// CommandAttribution: which SSH login a command or a file transfer belongs to. sudo and su name a
// user and, mostly, a terminal, never a connection; sftp names a user and an address.
//
// Sure is only what one login alone can have done, and nobody else: the line then names that login
// as ssh.login.id, and the login's document has it. Otherwise the line names all logins that may
// have done it as ssh.login.candidates, and their documents name each other. The rules are in
// docs/sessions.md.
//
// A rule is called for the lines that it is for (SessionTracker chooses it). table and hosts are
// borrowed and must outlive it. Not thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "parsers/auth_log/ssh_sessions/host_activity.h"
#include "parsers/auth_log/ssh_sessions/lines/session_line.h"
#include "parsers/auth_log/ssh_sessions/logins/login_table.h"

namespace auditship::parsers::auth_log::ssh_sessions {

class CommandAttribution {
 public:
  CommandAttribution(logins::LoginTable& table, HostActivity& hosts)
      : table_(table), hosts_(hosts) {}

  // A command by sudo, run or refused.
  void on_command(lines::ObservedLine& observed);
  // What goes with a command that was counted; and pkexec, which has the same fields.
  void on_command_link(lines::ObservedLine& observed);
  // su.
  void on_switch(lines::ObservedLine& observed);
  // A wrong password for sudo or su.
  void on_pam_failure(lines::ObservedLine& observed);

  // File transfers.
  void on_sftp_opened(lines::ObservedLine& observed);
  void on_sftp_closed(lines::ObservedLine& observed);
  void on_file(lines::ObservedLine& observed);

 private:
  // Who did what a line says.
  struct Attribution {
    logins::SshLogin* sure = nullptr;
    std::vector<logins::SshLogin*> candidates;
    // It may have been none of them.
    bool others = false;
  };
  // Whether an unsure line counts in the documents of its candidates.
  enum class Unsure { counts, does_not_count };

  [[nodiscard]] Attribution attribute(const lines::SessionLine& line, std::string_view tty);
  // acting: logins that act as the line's user where the line says; possible: those that may.
  [[nodiscard]] Attribution judge(const lines::SessionLine& line, std::string_view tty,
                                  const std::vector<logins::SshLogin*>& acting,
                                  const std::vector<logins::SshLogin*>& possible) const;
  // Puts into record and logins what is sure, or who may have done it.
  void write(lines::ObservedLine& observed, const Attribution& attribution, Unsure unsure);
  void write_candidates(lines::ObservedLine& observed, const Attribution& attribution,
                        Unsure unsure);
  // Who can act as whom from now on.
  void note_switch(const lines::SessionLine& line, const Attribution& attribution);

  logins::LoginTable& table_;
  HostActivity& hosts_;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions
