// LogCode: the stable code of a warning or error of the agent log, with its hint.
//
//   log.warn("buffer-full", "…");                        // checked by the compiler
//   log.warn(LogCode::at_run_time(outcome.code), "…");   // of an answer: looked up
//
// Who makes codes at run time keeps them in a constexpr table and proves by is_log_code() that each
// has a row in log_code_table.h. Plain values; codes made at run time are borrowed. Thread-safe.
#pragma once

#include <string_view>

#include "agent/base/log_code_table.h"

namespace auditship {

// nullptr: there is no such row.
[[nodiscard]] constexpr const LogCodeRow* find_log_code(std::string_view code) {
  const auto* const row =
      std::lower_bound(kLogCodes.begin(), kLogCodes.end(), code,
                       [](const LogCodeRow& a, std::string_view b) { return a.code < b; });
  return row != kLogCodes.end() && row->code == code ? row : nullptr;
}

// Not by find_log_code(): g++ with -fsanitize=undefined takes no address of a row for a constant.
[[nodiscard]] constexpr bool is_log_code(std::string_view code) {
  return std::any_of(kLogCodes.begin(), kLogCodes.end(),
                     [=](const LogCodeRow& row) { return row.code == code; });
}

// The same for a code of two parts, as "opensearch-" and "busy".
[[nodiscard]] constexpr bool is_log_code(std::string_view first, std::string_view second) {
  return std::any_of(kLogCodes.begin(), kLogCodes.end(), [=](const LogCodeRow& row) {
    return row.code.size() == first.size() + second.size() && row.code.starts_with(first) &&
           row.code.ends_with(second);
  });
}

class LogCode {
 public:
  // Implicit, so that a call reads as if it took text. A code without a row is no constant
  // expression, which is the compiler's error message.
  consteval LogCode(const char* code)  // NOLINT(google-explicit-constructor)
      : code_(find_log_code(code)->code) {}

  // Of an answer or an input. A code without a row keeps its name and has no hint.
  [[nodiscard]] static LogCode at_run_time(std::string_view code) { return {code, Known::no}; }

  [[nodiscard]] std::string_view name() const { return code_; }

 private:
  enum class Known { no };
  LogCode(std::string_view code, Known /*known*/) : code_(code) {}

  std::string_view code_;
};

// What an operator can do; "" for codes of mere information.
[[nodiscard]] constexpr std::string_view hint_for(std::string_view code) {
  const LogCodeRow* const row = find_log_code(code);
  return row == nullptr ? std::string_view() : row->hint;
}

}  // namespace auditship
