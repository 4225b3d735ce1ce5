// doas: "ann ran command /usr/bin/id -un as root from /home/ann". Command and directory are free
// text: where more than one " as USER from " stands, whom the command ran as is only said if all
// agree, and event.ambiguous is set. Thread-safe (const).
#pragma once

#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/auth_log/patterns/pattern_match.h"

namespace auditship::parsers::auth_log::switch_user {

class DoasLineParser {
 public:
  DoasLineParser();

  bool apply(std::string_view message, patterns::EcsEvent& event) const;

 private:
  patterns::PatternTable others_;
};

}  // namespace auditship::parsers::auth_log::switch_user
