// The catalogue of authentication messages: one table of forms a program. Tests walk it: each row
// has an example and the fields that it yields.
#pragma once

#include <span>
#include <string_view>

#include "parsers/auth_log/patterns/pattern.h"

namespace auditship::parsers::auth_log::patterns {

// Forms of one program. An example line is: ident, then prefix and the row's example as message.
struct FormSet {
  std::string_view ident, prefix;
  std::span<const Form> forms;
};

[[nodiscard]] std::span<const FormSet> auth_form_sets();

[[nodiscard]] std::span<const Form> sshd_login_forms();
[[nodiscard]] std::span<const Form> sshd_connection_forms();
[[nodiscard]] std::span<const Form> sshd_session_forms();
[[nodiscard]] std::span<const Form> sftp_forms();
[[nodiscard]] std::span<const Form> pam_login_forms();  // user= is who tried to log in
[[nodiscard]] std::span<const Form> pam_sudo_forms();   // ruser acts and proves who he is
[[nodiscard]] std::span<const Form> pam_su_forms();     // ruser acts, user= is whom he wants to be
[[nodiscard]] std::span<const Form> pam_session_forms();  // a login's session
[[nodiscard]] std::span<const Form> pam_switch_forms();   // a session under another identity
[[nodiscard]] std::span<const Form> pam_common_forms();
[[nodiscard]] std::span<const Form> chkpwd_forms();
[[nodiscard]] std::span<const Form> su_forms();
[[nodiscard]] std::span<const Form> logind_forms();
[[nodiscard]] std::span<const Form> shadow_forms();
[[nodiscard]] std::span<const Form> polkit_forms();
[[nodiscard]] std::span<const Form> pkexec_forms();
[[nodiscard]] std::span<const Form> login_forms();

}  // namespace auditship::parsers::auth_log::patterns
