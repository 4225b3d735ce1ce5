// AuthMessages finds out what a message of a program means: the tables of auth_forms.h by ident.
// Not thread-safe (sudo's last commands are remembered); one a source.
#pragma once

#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/auth_log/patterns/pattern_match.h"
#include "parsers/auth_log/sudo_line.h"

namespace auditship::parsers::auth_log {

class AuthMessages {
 public:
  AuthMessages();

  // Adds the fields of message to event; nothing if no table knows it.
  void apply(std::string_view ident, std::string_view message, patterns::AuthEvent& event);

 private:
  void apply_sshd(std::string_view message, patterns::AuthEvent& event) const;
  void apply_cut_sshd(std::string_view text, patterns::AuthEvent& event) const;
  void apply_pam(std::string_view service, std::string_view module, std::string_view message,
                 patterns::AuthEvent& event) const;
  bool apply_pam_line(std::string_view message, patterns::AuthEvent& event) const;

  patterns::FormTable sshd_, sftp_;
  patterns::FormTable pam_login_, pam_sudo_, pam_su_, pam_session_, pam_switch_, pam_common_,
      chkpwd_;
  patterns::FormTable su_, logind_, shadow_, polkit_, pkexec_, login_;
  SudoMessages sudo_;
};

}  // namespace auditship::parsers::auth_log
