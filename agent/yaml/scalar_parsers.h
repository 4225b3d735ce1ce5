// Single YAML values: what they are and how they are told to people. Internal to agent/yaml.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace auditship::yaml {

enum class PlainType : std::uint8_t { text, null, boolean, number };

// What YAML 1.1 readers (Kubernetes' too) take an unquoted scalar for.
[[nodiscard]] PlainType plain_type(std::string_view text);

// At most 80 bytes of text, for messages.
[[nodiscard]] std::string shown(std::string_view text);

// The digits at the front of text, removed from it; nullopt when there are none or too many.
[[nodiscard]] std::optional<std::uint64_t> take_number(std::string_view& text);

}  // namespace auditship::yaml
