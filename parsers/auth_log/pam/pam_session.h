// PAM's sessions: "session opened for user root(uid=0) by ann(uid=1000)". Whether somebody logged
// in or became somebody else is read from the line: a caller that is not root and not the user
// became that user. Only where the caller is root does the name of the service help. A service that
// was once seen to switch is remembered, for "session closed for user root", which says no caller.
// Not thread-safe; one a source.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "parsers/auth_log/pam/pam_service.h"
#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/auth_log/patterns/pattern_match.h"

namespace auditship::parsers::auth_log::pam {

class PamSessions {
 public:
  PamSessions();

  // False where message is none of a session.
  bool apply(std::string_view service, PamService kind, std::string_view message,
             patterns::EcsEvent& event);

 private:
  [[nodiscard]] bool switched(std::string_view service, PamService kind, std::string_view message);

  patterns::PatternTable logins_, switches_;
  // Hashes of services; 0 is none.
  std::array<std::uint64_t, 16> seen_switching_{};
  std::size_t next_ = 0;
};

}  // namespace auditship::parsers::auth_log::pam
