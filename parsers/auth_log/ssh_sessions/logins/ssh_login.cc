#include "parsers/auth_log/ssh_sessions/logins/ssh_login.h"

#include <algorithm>
#include <utility>

#include "agent/base/encoding/json_writer.h"

namespace auditship::parsers::auth_log::ssh_sessions::logins {

std::string bounded(std::string_view text, std::size_t limit) {
  return std::string(text.substr(0, utf8_prefix(text, limit)));
}

bool is_usable_name(std::string_view text) {
  return !text.empty() && text.size() <= SshLogin::kMaxText;
}

void add_once(std::vector<std::string>& list, std::string_view text, std::size_t limit) {
  std::string kept = bounded(text);
  if (list.size() < limit && !kept.empty() &&
      std::find(list.begin(), list.end(), kept) == list.end()) {
    list.push_back(std::move(kept));
  }
}

}  // namespace auditship::parsers::auth_log::ssh_sessions::logins
