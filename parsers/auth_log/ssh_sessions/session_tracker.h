// SessionTracker derives one document of each SSH login when it ends: who, with which key, from
// where, how long, what was done through sudo, which files were moved. Lines that surely belong to
// a login get ssh.login.id, the document id of its "Accepted" line.
//
//   SessionTracker tracker({});            // shown the records of AuthLogParser
//
// Rules and their limits: docs/sessions.md. A statement that several logins may have made is given
// to none of them: the line names all as ssh.login.candidates, and their documents name each other.
// Time is that of the lines. It joins what it is made of: LoginTable (which logins there are),
// HostActivity (what else goes on), LoginLifecycle (how logins begin and go on), LoginEndings (how
// they end), CommandAttribution (who did what) and SessionStateCodec. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/auth_log/ssh_sessions/command_attribution.h"
#include "parsers/auth_log/ssh_sessions/host_activity.h"
#include "parsers/auth_log/ssh_sessions/login_endings.h"
#include "parsers/auth_log/ssh_sessions/login_lifecycle.h"
#include "parsers/auth_log/ssh_sessions/logins/login_table.h"
#include "parsers/deriver.h"

namespace auditship::parsers::auth_log::ssh_sessions {

struct SessionTrackerOptions {
  // Whether there is a document when a login begins, too.
  bool start_documents = false;
};

class SessionTracker final : public Deriver {
 public:
  // Of logins, and of connections that try to log in.
  static constexpr std::size_t kMaxLogins = logins::LoginTable::kMaxLogins;

  explicit SessionTracker(SessionTrackerOptions options);

  [[nodiscard]] bool applies_to(const event::Record& record) const override;
  void observe(event::Record& record, std::string_view id, DerivedRecords& out) override;
  [[nodiscard]] std::string state() const override;
  [[nodiscard]] std::size_t state_bytes() const override;
  [[nodiscard]] bool restore(std::string_view state) override;

  [[nodiscard]] std::size_t logins() const { return table_.logins().size(); }
  [[nodiscard]] std::size_t attempts() const { return table_.attempts().size(); }

 private:
  void apply_rule(lines::ObservedLine& observed);
  void forget_all();
  [[nodiscard]] bool is_empty() const { return table_.empty() && hosts_.empty(); }

  logins::LoginTable table_;
  HostActivity hosts_;
  LoginEndings endings_;
  LoginLifecycle lifecycle_;
  CommandAttribution commands_;
  // The time of the last line that had one.
  std::int64_t last_ns_ = 0;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions
