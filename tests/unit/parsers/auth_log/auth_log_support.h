// Helpers of the auth.log tests: one line in, its fields out; recorded files; zones.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/auth_log/auth_log_parser.h"

namespace auditship::test {

// 2026-11-23T06:00:00Z
inline constexpr std::int64_t kNow = std::int64_t{1795413600} * 1'000'000'000;

struct Parsed {
  std::map<std::string, std::string> fields;  // by name; twice the same name fails the test
  std::map<std::string, event::FieldType> types;
  std::map<std::string, event::FieldRole> roles;
  std::vector<std::string> tags;
  bool time_known = false;
  std::int64_t time_ns = 0;
  std::string time_text;
  std::string order;  // all fields as text, to compare documents

  [[nodiscard]] std::string operator[](const std::string& name) const;  // empty: absent
  [[nodiscard]] bool has(const std::string& name) const { return fields.count(name) != 0; }
  [[nodiscard]] bool tagged(const std::string& tag) const;
};

[[nodiscard]] Parsed parse_line(parsers::auth_log::AuthLogParser& parser, std::string_view text,
                                std::int64_t now_ns = kNow);
// With a parser of its own, in UTC.
[[nodiscard]] Parsed parse_line(std::string_view text, std::int64_t now_ns = kNow);
// "Nov 23 04:05:06 web1 sshd[812]: " before message.
[[nodiscard]] Parsed parse_sshd(std::string_view message);
[[nodiscard]] Parsed parse_as(std::string_view ident, std::string_view message);

// The fields that come from the message itself: without those of the header,
// event.category/type/action/outcome, related.* and, behind a PAM prefix, what that prefix
// says.
[[nodiscard]] std::map<std::string, std::string> message_fields(const Parsed& parsed,
                                                                bool pam_prefix);

[[nodiscard]] std::string read_test_file(const std::string& path);  // below tests/data
[[nodiscard]] std::vector<std::string> read_test_lines(const std::string& path);
[[nodiscard]] TimeZone test_zone(
    const std::string& name);  // Etc/UTC or a file of tests/data/zoneinfo

[[nodiscard]] std::int64_t instant_ns(const std::string& rfc3339_utc);

}  // namespace auditship::test
