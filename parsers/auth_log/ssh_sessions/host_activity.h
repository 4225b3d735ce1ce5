// HostActivity: what is known of the hosts that write the log, besides their SSH logins: sessions
// of cron, consoles, desktops and user managers, who act beside the logins, and signs of a boot.
//
// It counts how many bytes the sessions take at most in the encoded state, and drops the oldest
// session or host that is one too many. Times are those of the lines. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/encoding/binary_io.h"
#include "parsers/auth_log/ssh_sessions/lines/session_line.h"

namespace auditship::parsers::auth_log::ssh_sessions {

class HostActivity {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  static constexpr std::size_t kMaxSessions = 256;
  static constexpr std::size_t kMaxHosts = 16;

  // A session that is no SSH login.
  struct Session {
    enum Kind : std::uint8_t {
      // Of a console or a desktop, or of somebody who became the user without an SSH login.
      interactive,
      // Of cron, or of a command without a terminal.
      job,
      // Of the user's systemd manager.
      manager,
    };
    Kind kind = interactive;
    std::string host, user;
    std::uint64_t pid = 0;
    std::int64_t since_ns = 0;
  };
  struct Host {
    std::string name;
    // When sshd began to listen and logind found its seat: together they tell a boot from a restart
    // of sshd.
    std::int64_t listening_ns = kNever, seat_ns = kNever;
    // logind there opens sessions for user managers, too.
    bool manager_sessions = false;
    // A login that may still be open was given up.
    bool forgot = false;
  };

  // Made if it is not known yet; good until the next call.
  [[nodiscard]] Host& host_of(std::string_view name);

  // A session of user begins with the line.
  void open(Session::Kind kind, const lines::SessionLine& line, std::string_view user,
            std::uint64_t pid);
  // The session of the line's process and user ended; user managers stay.
  void close(const lines::SessionLine& line);
  // Whether somebody is known to act as user there, since a switch of user that was not by an SSH
  // login.
  [[nodiscard]] bool has_switched(Session::Kind kind, const lines::SessionLine& line,
                                  std::string_view user) const;
  // Whether somebody without an SSH login that is known may have done what the line says.
  [[nodiscard]] bool may_have_acted(const lines::SessionLine& line, std::string_view user,
                                    bool has_tty) const;

  // A user manager begins a session of its own; those that began long ago are dropped.
  void open_manager(const lines::SessionLine& line);
  // Whether logind's new session may be that of the user's manager, which opened a moment ago.
  // Where logind is not known to open such sessions, only the next one counts. login_waits: an SSH
  // login has no session of logind yet.
  [[nodiscard]] bool take_manager(const lines::SessionLine& line, bool login_waits);

  // After a boot at first_ns no session from before goes on.
  void forget_before(std::string_view host, std::int64_t first_ns);
  void forget_oldest_session();

  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  // What the sessions take, encoded, at the most.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // What the hosts take, encoded, at the most.
  [[nodiscard]] std::size_t host_bytes() const;
  [[nodiscard]] bool empty() const { return sessions_.empty() && hosts_.empty(); }
  void clear();

  void encode(std::string& out) const;
  // Adds what encode() wrote. False for bytes that it does not write.
  [[nodiscard]] bool decode(WireReader& in);

 private:
  void drop(std::size_t index);
  [[nodiscard]] bool decode_hosts(WireReader& in);

  std::vector<Session> sessions_;
  std::vector<Host> hosts_;
  std::size_t bytes_ = 0;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions
