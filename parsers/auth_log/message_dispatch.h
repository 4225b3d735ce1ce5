// MessageDispatch finds out what a message of a program means: it chooses the tables of
// pattern_catalog.h by the program's name. No message is refused; one that no table knows adds
// nothing.
// Not thread-safe (sudo's last commands are remembered); one a source.
#pragma once

#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/auth_log/patterns/pattern_match.h"
#include "parsers/auth_log/sudo_line.h"

namespace auditship::parsers::auth_log {

class MessageDispatch {
 public:
  MessageDispatch();

  // Adds the fields of message to event; nothing if no table knows it.
  void apply(std::string_view ident, std::string_view message, patterns::EcsEvent& event);

 private:
  void apply_sshd(std::string_view message, patterns::EcsEvent& event) const;
  void apply_cut_sshd(std::string_view text, patterns::EcsEvent& event) const;
  void apply_pam(std::string_view service, std::string_view module, std::string_view message,
                 patterns::EcsEvent& event) const;
  bool apply_pam_line(std::string_view message, patterns::EcsEvent& event) const;

  patterns::PatternTable sshd_, sftp_;
  patterns::PatternTable pam_login_, pam_sudo_, pam_su_, pam_session_, pam_switch_, pam_common_,
      chkpwd_;
  patterns::PatternTable su_, logind_, shadow_, polkit_, pkexec_, login_;
  SudoLineParser sudo_;
};

}  // namespace auditship::parsers::auth_log
