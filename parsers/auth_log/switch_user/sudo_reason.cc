#include "parsers/auth_log/switch_user/sudo_reason.h"

#include <algorithm>
#include <array>

namespace auditship::parsers::auth_log::switch_user {
namespace {

constexpr std::array<std::string_view, 5> kWarnings = {
    "unable to resolve host ", "problem with defaults entries", "unable to write log file",
    "unable to open log file", "unable to send "};

// What sudo's sudoers plugin writes before it gives up.
constexpr std::array<std::string_view, 45> kRefusals = {
    "command not allowed",
    "user NOT in sudoers",
    "user NOT authorized on host",
    "a password is required",
    "authentication failure",
    "no tty",
    "setid command",
    "sudoers specifies that root is not allowed",
    "Account expired or PAM config lacks",
    "unable to change expired password",
    "There are no authentication methods",
    "unable to initialize PAM",
    "Unable to initialize authentication methods",
    "sorry, ",
    "command not found",
    "command in current directory",
    "no valid sudoers sources found",
    "account validation failure",
    "Account or password is expired",
    "Password expired",
    "PAM authentication error",
    "PAM account management error",
    "no authentication methods",
    "invalid authentication",
    "Invalid authentication",
    "unable to establish credentials",
    "you are not permitted",
    "you are not allowed",
    "you do not exist in",
    "user not allowed to",
    "only root can",
    "you must",
    "invalid working directory",
    "invalid chroot directory",
    "unknown user",
    "unknown group",
    "unknown uid",
    "command rejected",
    "rejected",
    "approval failed",
    "invalid shell for user ",
    "pam_open_session",
    "pam_chauthtok",
    "pam_authenticate",
    "command too long",
};

// "3 incorrect password attempts".
bool counts_passwords(std::string_view reason) {
  const std::size_t digits = reason.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string_view::npos &&
         reason.substr(digits).starts_with(" incorrect password attempt");
}

}  // namespace

SudoReason sudo_reason_of(std::string_view reason) {
  const auto begins = [&](std::string_view prefix) { return reason.starts_with(prefix); };
  if (std::any_of(kWarnings.begin(), kWarnings.end(), begins)) {
    return SudoReason::warning;
  }
  return counts_passwords(reason) || std::any_of(kRefusals.begin(), kRefusals.end(), begins)
             ? SudoReason::refusal
             : SudoReason::unknown;
}

}  // namespace auditship::parsers::auth_log::switch_user
