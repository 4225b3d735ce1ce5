#include "parsers/auth_log/ssh_sessions/session_state_codec.h"

#include <utility>

#include "agent/base/encoding/binary_io.h"
#include "agent/event/batch.h"
#include "parsers/auth_log/ssh_sessions/login_endings.h"
#include "parsers/auth_log/ssh_sessions/logins/login_codec.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

constexpr std::uint64_t kStateVersion = 2;
static_assert(LoginEndings::kMaxBytes +
                  HostActivity::kMaxHosts * (logins::SshLogin::kMaxText + 32) <=
              event::Checkpoint::kMaxStateBytes);

void put_logins(std::string& out, const logins::LoginList& logins) {
  put_varint(out, logins.size());
  for (const logins::SshLogin& login : logins) {
    logins::put_login(out, login);
  }
}

// Reads a list of logins, or of attempts; add takes each.
template <typename Add>
bool get_logins(WireReader& in, bool let_in, Add add) {
  const std::uint64_t count = in.varint();
  if (count > logins::LoginTable::kMaxLogins) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    logins::SshLogin login;
    if (!logins::get_login(in, login) || login.is_login() != let_in) {
      return false;
    }
    add(std::move(login));
  }
  return in.ok();
}

}  // namespace

std::string SessionStateCodec::encode(const logins::LoginTable& table, const HostActivity& hosts,
                                      std::int64_t last_ns) {
  std::string out;
  out.reserve(most_bytes(table, hosts));
  put_varint(out, kStateVersion);
  put_u64(out, static_cast<std::uint64_t>(last_ns));
  put_logins(out, table.logins());
  put_logins(out, table.attempts());
  hosts.encode(out);
  return out;
}

std::size_t SessionStateCodec::most_bytes(const logins::LoginTable& table,
                                          const HostActivity& hosts) {
  // The version, the time, and how many logins, attempts, sessions and hosts follow.
  constexpr std::size_t kAround = 32;
  return kAround + table.bytes() + hosts.bytes() + hosts.host_bytes();
}

bool SessionStateCodec::decode(std::string_view state, logins::LoginTable& table,
                               HostActivity& hosts, std::int64_t& last_ns) {
  if (state.size() > event::Checkpoint::kMaxStateBytes) {
    return false;
  }
  WireReader in(state);
  if (in.varint() != kStateVersion) {
    return false;
  }
  last_ns = static_cast<std::int64_t>(in.u64());
  const auto add_login = [&](logins::SshLogin&& login) {
    table.charge(table.add_login(std::move(login)));
  };
  const auto add_attempt = [&](logins::SshLogin&& attempt) {
    table.charge(table.add_attempt(std::move(attempt)));
  };
  return get_logins(in, true, add_login) && get_logins(in, false, add_attempt) &&
         hosts.decode(in) && in.at_end() &&
         table.bytes() + hosts.bytes() <= LoginEndings::kMaxBytes;
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
