// MessageDispatch finds out what a message of a program means: it chooses the tables of
// pattern_catalog.h by the program's name. No message is refused; one that neither a table nor the
// general rule (general_form.h) knows adds nothing.
// Not thread-safe (sudo's last commands are remembered); one a source.
#pragma once

#include <cstdint>
#include <string_view>

#include "parsers/auth_log/pam/pam_messages.h"
#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/auth_log/patterns/pattern_match.h"
#include "parsers/auth_log/sshd_messages.h"
#include "parsers/auth_log/switch_user/doas_line.h"
#include "parsers/auth_log/switch_user/sudo_line.h"

namespace auditship::parsers::auth_log {

// Which program wrote a message: message_dispatch.cc.
enum class Program : std::uint8_t;

class MessageDispatch {
 public:
  MessageDispatch();

  // Adds the fields of message to event; nothing if no table knows it. priority: as in RFC 5424; -1
  // where the line has none.
  void apply(std::string_view ident, int priority, std::string_view message,
             patterns::EcsEvent& event);

 private:
  // The tables of programs that need no more than a table.
  [[nodiscard]] const patterns::PatternTable* table_of(Program program) const;

  SshdMessages sshd_;
  pam::PamMessages pam_;
  switch_user::SudoLineParser sudo_;
  switch_user::DoasLineParser doas_;
  patterns::PatternTable dropbear_, chkpwd_, su_, ksu_, logind_, shadow_, polkit_, pkexec_, login_,
      cron_, at_, vsftpd_, factors_, libraries_;
};

}  // namespace auditship::parsers::auth_log
