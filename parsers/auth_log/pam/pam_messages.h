// PamMessages reads what modules of PAM write: "pam_unix(sshd:auth): text" in the program's own
// name, the same under the ident "sshd(pam_unix)" (old releases), and what PAM writes without a
// prefix. Not thread-safe (pam_session.h); one a source.
#pragma once

#include <string_view>

#include "parsers/auth_log/pam/pam_session.h"
#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/auth_log/patterns/pattern_match.h"

namespace auditship::parsers::auth_log::pam {

class PamMessages {
 public:
  PamMessages();

  // False where message has no prefix of a module.
  bool apply_prefixed(std::string_view message, patterns::EcsEvent& event);
  void apply(std::string_view service, std::string_view module, std::string_view type,
             std::string_view message, patterns::EcsEvent& event);
  // "pam_krb5[123]: text", "pam_radius_auth: text", in the name of a program: what modules write that make their prefix
  // themselves. False where message has no such prefix.
  bool apply_own_prefix(std::string_view program, std::string_view message,
                        patterns::EcsEvent& event);
  // "PAM 2 more authentication failures; logname=…" of a program. False for other
  // messages.
  static bool apply_bare(std::string_view program, std::string_view message,
                         patterns::EcsEvent& event);

 private:
  void apply_module(std::string_view service, std::string_view module, std::string_view type,
                    std::string_view message, patterns::EcsEvent& event);

  PamSessions sessions_;
  patterns::PatternTable kerberos_, modules_;
};

}  // namespace auditship::parsers::auth_log::pam
