// LoginLifecycle: the rules for lines that say how an SSH login begins, goes on and ends, and how a
// machine boots. A rule is called for the lines that it is for (SessionTracker chooses it).
//
// table, hosts and endings are borrowed and must outlive it. Not thread-safe.
#pragma once

#include "parsers/auth_log/ssh_sessions/host_activity.h"
#include "parsers/auth_log/ssh_sessions/lines/session_line.h"
#include "parsers/auth_log/ssh_sessions/login_endings.h"
#include "parsers/auth_log/ssh_sessions/logins/login_table.h"

namespace auditship::parsers::auth_log::ssh_sessions {

// Whether a document is also derived when a login begins.
enum class StartDocuments : bool { no, yes };

class LoginLifecycle {
 public:
  LoginLifecycle(logins::LoginTable& table, HostActivity& hosts, LoginEndings& endings,
                 StartDocuments start_documents)
      : table_(table), hosts_(hosts), endings_(endings), start_documents_(start_documents) {}

  // sshd lets a connection in, or refuses a try.
  void on_login(lines::ObservedLine& observed);
  // A connection that has not logged in.
  void on_connection(lines::ObservedLine& observed);
  void on_disconnect(lines::ObservedLine& observed);

  // PAM's sessions, of any service.
  void on_opened(lines::ObservedLine& observed);
  void on_closed(lines::ObservedLine& observed);

  // logind's sessions.
  void on_logind_new(lines::ObservedLine& observed);
  void on_logind_out(lines::ObservedLine& observed);
  void on_logind_removed(lines::ObservedLine& observed);

  // What sshd says of the sessions within a connection.
  void on_started(lines::ObservedLine& observed);
  void on_session_closed(lines::ObservedLine& observed);
  void on_child(lines::ObservedLine& observed);
  void on_bytes(lines::ObservedLine& observed);
  void on_subsystem(lines::ObservedLine& observed);

  // Signs of a boot: sshd listens, and logind finds its seat.
  void on_listening(lines::ObservedLine& observed);
  void on_seat(lines::ObservedLine& observed);

 private:
  void on_accepted(lines::ObservedLine& observed);

  logins::LoginTable& table_;
  HostActivity& hosts_;
  LoginEndings& endings_;
  StartDocuments start_documents_;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions
