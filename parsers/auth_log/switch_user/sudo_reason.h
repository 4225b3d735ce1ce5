// What sudo's reason in front of the fields means: a refusal, or an alert that stops nothing.
// Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace auditship::parsers::auth_log::switch_user {

enum class SudoReason : std::uint8_t {
  refusal,
  // The command's own record follows.
  warning,
  // None that is known: it says nothing about what became of the command.
  unknown,
};

[[nodiscard]] SudoReason sudo_reason_of(std::string_view reason);

}  // namespace auditship::parsers::auth_log::switch_user
