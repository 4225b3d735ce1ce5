// SshSessions derives one document of each SSH login when it ends: who, with which key, from where,
// how long, what was done through sudo, which files were moved. Lines that surely belong to a login
// get ssh.login.id, the document id of its "Accepted" line.
//
//   SshSessions sessions({});            // shown the records of AuthLogParser
//
// Rules and their limits: docs/sessions.md. A statement that several logins may have made is given
// to none of them: the line names all as ssh.login.candidates, and their documents name each other.
// Time is that of the lines. Not thread-safe.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/auth_log/ssh_sessions/ssh_login.h"
#include "parsers/deriver.h"

namespace auditship::parsers::auth_log::ssh_sessions {

struct SshSessionsOptions {
  bool start_documents = false;  // also one when a login begins
};

class SshSessions final : public Deriver {
 public:
  static constexpr std::size_t kMaxLogins = 512;       // and as many connections that try to log in
  static constexpr std::size_t kMaxBytes = 240 << 10;  // of all of them, encoded

  explicit SshSessions(SshSessionsOptions options) : options_(options) {}

  [[nodiscard]] bool applies_to(const event::Record& record) const override;
  void observe(event::Record& record, std::string_view id, DerivedRecords& out) override;
  [[nodiscard]] std::string state() const override;
  [[nodiscard]] bool restore(std::string_view state) override;

  [[nodiscard]] std::size_t logins() const { return logins_.size(); }
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }

 private:
  static constexpr std::uint64_t kNoNumber = ~std::uint64_t{0};

  // The fields of a record that the rules look at.
  struct Line {
    std::string_view action, outcome, host, user, user_id, effective, service, module, message;
    std::string_view ip, address, tty, pam_tty, session, reason, command, path;
    std::string_view method, submethod, result, key_type, key_fingerprint;
    std::string_view cert_id, cert_serial, ca_type, ca_fingerprint, owner, owner_known, email;
    std::string_view type, subsystem, kind, code;
    std::uint64_t pid = 0, port = 0, child = 0, sshd_session = kNoNumber, sent = 0, received = 0,
                  count = 1;
    std::string_view preauth;  // true, or empty
    std::int64_t now_ns = 0;
    bool time_known = false;
  };
  // A session that is no SSH login: of cron, a console, a desktop, or the user manager of systemd.
  struct Other {
    enum Kind : std::uint8_t { session, job, manager };
    Kind kind = session;
    std::string host, user;
    std::uint64_t pid = 0;
    std::int64_t since_ns = 0;
  };
  struct Host {
    std::string name;
    std::int64_t listening_ns = kNever, seat_ns = kNever;  // tell a boot from a restart of sshd
    bool manager_sessions = false;  // logind there opens sessions for user managers, too
    bool forgot = false;            // a login that may still be open
  };
  struct Pass {  // of one record
    event::Record& record;
    std::string_view id;
    DerivedRecords& out;
    Line line;
  };
  using Rule = void (SshSessions::*)(Pass&);
  struct Named {
    std::string_view action;
    Rule rule;
  };

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kNoneDue = std::numeric_limits<std::int64_t>::max();

  // ssh_sessions_read.cc
  struct Wanted;
  static const Named* rule_of(std::string_view action);
  static Line read(const event::Record& record);

  // ssh_sessions.cc: logins begin, go on and end.
  void on_login(Pass& pass);
  void on_accepted(Pass& pass);
  static void remember_key(const Line& line, SshLogin& login);
  void on_opened(Pass& pass);
  void on_closed(Pass& pass);
  void on_logind_new(Pass& pass);
  bool may_be_manager(const Line& line, bool awaited);
  void on_logind_out(Pass& pass);
  void on_logind_removed(Pass& pass);
  void on_disconnect(Pass& pass);
  void on_connection(Pass& pass);
  void on_started(Pass& pass);
  void on_session_closed(Pass& pass);
  void on_child(Pass& pass);
  void on_bytes(Pass& pass);
  void on_subsystem(Pass& pass);
  void on_listening(Pass& pass);
  void on_seat(Pass& pass);

  // ssh_sessions_commands.cc: what was done, and by whom.
  struct Tie {
    SshLogin* sure = nullptr;
    std::vector<SshLogin*> candidates;
    bool others = false;  // it may have been none of them
  };
  void on_command(Pass& pass);
  void on_command_link(Pass& pass);
  void note_switch(const Line& line, const Tie& tie);
  void on_switch(Pass& pass);
  void on_pam_failure(Pass& pass);
  void on_sftp_opened(Pass& pass);
  void on_sftp_closed(Pass& pass);
  void on_file(Pass& pass);
  Tie tie(const Line& line, std::string_view user, std::string_view tty);
  Tie judge(const Line& line, std::string_view user, bool has_tty,
            const std::vector<SshLogin*>& strong, const std::vector<SshLogin*>& weak);
  void tell(Pass& pass, const Tie& tie, bool counts);
  SshLogin* sftp_login(const Line& line);

  // ssh_sessions_state.cc: finding, ending, limits, encoding.
  SshLogin* by_pid(const Line& line, bool monitor_only);
  SshLogin* by_connection(const Line& line);
  SshLogin* by_logind(const Line& line);
  SshLogin& pending_of(const Line& line);
  void forget_pending(const Line& line, bool same_connection);
  void take_pending(const Line& line, SshLogin& login);
  void link(Pass& pass, SshLogin& login);
  void charge(SshLogin& login);
  void end(SshLogin& login, std::string_view how, Pass& pass);
  void end_where(Pass& pass, std::string_view how, bool (*which)(const SshLogin&, const Line&));
  void end_due(Pass& pass);
  void keep_limits(Pass& pass);
  void find_due();
  void boot(Pass& pass, Host& host);
  Host& host_of(std::string_view name);
  void drop_pending(std::size_t index);
  void drop_other(std::size_t index);
  void add_other(Other::Kind kind, const Line& line);
  bool restore_logins(WireReader& in, SshLogins& logins, bool let_in);
  bool restore_others(WireReader& in);
  void forget_all();
  [[nodiscard]] bool is_empty() const;

  SshSessionsOptions options_;
  SshLogins logins_, pending_;
  std::vector<Other> others_;
  std::vector<Host> hosts_;
  std::size_t bytes_ = 0;  // of logins, pending and others
  std::int64_t last_ns_ = 0;
  std::int64_t due_ns_ = kNoneDue;  // when a login that is only waited for ends
  bool due_changed_ = false;        // a login came to wait, or ended: due_ns_ is to be found anew
};

}  // namespace auditship::parsers::auth_log::ssh_sessions
