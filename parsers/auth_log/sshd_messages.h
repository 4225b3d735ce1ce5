// SshdMessages reads what sshd, sshd-session and sshd-auth write. A message that sshd cut gives up
// what its missing end would have proved. Thread-safe (const).
#pragma once

#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/auth_log/patterns/pattern_match.h"

namespace auditship::parsers::auth_log {

class SshdMessages {
 public:
  SshdMessages();

  // False where no table knows the message.
  bool apply(std::string_view message, patterns::EcsEvent& event) const;
  // The messages of sftp-server and internal-sftp.
  bool apply_sftp(std::string_view message, patterns::EcsEvent& event) const {
    return sftp_.apply(message, event);
  }

 private:
  bool apply_cut(std::string_view text, patterns::EcsEvent& event) const;

  patterns::PatternTable sshd_, sftp_;
};

}  // namespace auditship::parsers::auth_log
