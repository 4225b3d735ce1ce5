// SessionStateCodec: the encoding of everything that SessionTracker remembers, kept in the
// Checkpoint of its source. Written by put_login() and HostActivity::encode(), between them counts.
// Stateless.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/auth_log/ssh_sessions/host_activity.h"
#include "parsers/auth_log/ssh_sessions/logins/login_table.h"

namespace auditship::parsers::auth_log::ssh_sessions {

class SessionStateCodec {
 public:
  // last_ns: the time of the last line that had one. At most Checkpoint::kMaxStateBytes, as table
  // and hosts keep their limits.
  [[nodiscard]] static std::string encode(const logins::LoginTable& table,
                                          const HostActivity& hosts, std::int64_t last_ns);
  // How much encode() makes, at the most.
  [[nodiscard]] static std::size_t most_bytes(const logins::LoginTable& table,
                                              const HostActivity& hosts);
  // Puts what encode() wrote into table and hosts, which are empty. False for bytes that it does
  // not write; table and hosts then hold some part of it.
  [[nodiscard]] static bool decode(std::string_view state, logins::LoginTable& table,
                                   HostActivity& hosts, std::int64_t& last_ns);
};

}  // namespace auditship::parsers::auth_log::ssh_sessions
