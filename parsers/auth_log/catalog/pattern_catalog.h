// The catalogue of authentication messages: one table of patterns a program. Tests walk it: each
// row has an example and the fields that it yields. To add a message, add a row. Constant data;
// thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "parsers/auth_log/patterns/pattern.h"

namespace auditship::parsers::auth_log::catalog {

// The words that rows are written in.
using patterns::Constant;
using patterns::EventClass;
using patterns::MessagePattern;
using patterns::Outcome;
using patterns::Split;

// Patterns of one program. An example line is: ident, then prefix and the row's example as message.
struct PatternSet {
  std::string_view ident, prefix;
  std::span<const MessagePattern> patterns;
};

[[nodiscard]] std::span<const PatternSet> auth_pattern_sets();

[[nodiscard]] std::span<const MessagePattern> sshd_login_patterns();
[[nodiscard]] std::span<const MessagePattern> sshd_key_patterns();
[[nodiscard]] std::span<const MessagePattern> sshd_certificate_patterns();
[[nodiscard]] std::span<const MessagePattern> sshd_connection_patterns();
[[nodiscard]] std::span<const MessagePattern> sshd_limit_patterns();
[[nodiscard]] std::span<const MessagePattern> sshd_session_patterns();
[[nodiscard]] std::span<const MessagePattern> sshd_forwarding_patterns();
[[nodiscard]] std::span<const MessagePattern> sshd_fault_patterns();
[[nodiscard]] std::span<const MessagePattern> sftp_patterns();
[[nodiscard]] std::span<const MessagePattern> dropbear_patterns();

// PAM, without the prefix "pam_module(service:type): ". Lists of items ("authentication failure;
// logname=…") are read by pam_failure.h. Sessions of a login, and sessions under another identity:
[[nodiscard]] std::span<const MessagePattern> pam_session_patterns();
[[nodiscard]] std::span<const MessagePattern> pam_switch_patterns();
[[nodiscard]] std::span<const MessagePattern> pam_common_patterns();
[[nodiscard]] std::span<const MessagePattern> pam_directory_patterns();
[[nodiscard]] std::span<const MessagePattern> pam_kerberos_patterns();
[[nodiscard]] std::span<const MessagePattern> pam_second_factor_patterns();
[[nodiscard]] std::span<const MessagePattern> pam_restriction_patterns();
[[nodiscard]] std::span<const MessagePattern> chkpwd_patterns();

[[nodiscard]] std::span<const MessagePattern> su_patterns();
[[nodiscard]] std::span<const MessagePattern> ksu_patterns();
[[nodiscard]] std::span<const MessagePattern> doas_patterns();
[[nodiscard]] std::span<const MessagePattern> polkit_patterns();
[[nodiscard]] std::span<const MessagePattern> pkexec_patterns();
[[nodiscard]] std::span<const MessagePattern> login_patterns();
[[nodiscard]] std::span<const MessagePattern> logind_patterns();
[[nodiscard]] std::span<const MessagePattern> shadow_patterns();
[[nodiscard]] std::span<const MessagePattern> shadow_group_patterns();
[[nodiscard]] std::span<const MessagePattern> shadow_failure_patterns();
[[nodiscard]] std::span<const MessagePattern> cron_patterns();
[[nodiscard]] std::span<const MessagePattern> at_patterns();
[[nodiscard]] std::span<const MessagePattern> job_refusal_patterns();
[[nodiscard]] std::span<const MessagePattern> vsftpd_patterns();
// In the name of any program.
[[nodiscard]] std::span<const MessagePattern> library_patterns();

}  // namespace auditship::parsers::auth_log::catalog
