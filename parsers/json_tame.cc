#include "parsers/json_tame.h"

#include <array>

#include "parsers/json_scan.h"

namespace auditship {
namespace {

bool is_tame(std::string_view raw, int depth) {
  constexpr std::size_t kMaxKeys = 32;
  constexpr std::size_t kMaxKeyBytes = 256;
  constexpr int kMaxTameDepth = 6;
  if (depth == kMaxTameDepth) {
    return false;
  }
  JsonScan scan(raw);
  JsonValue key;
  JsonValue value;
  const auto inner_tame = [&] {
    const bool container = value.kind == JsonKind::object || value.kind == JsonKind::array;
    return !container || is_tame(value.raw, depth + 1);
  };
  if (scan.open_object()) {
    std::array<std::string_view, kMaxKeys> seen;
    std::size_t count = 0;
    while (scan.next_key(key)) {
      const std::string_view name = key.inner();
      if (!scan.value(value) || count == kMaxKeys || name.empty() || name.size() > kMaxKeyBytes ||
          key.escaped || name.find('.') != std::string_view::npos || !inner_tame()) {
        return false;
      }
      for (std::size_t i = 0; i < count; ++i) {
        if (seen[i] == name) {
          return false;
        }
      }
      seen[count++] = name;
    }
  } else if (scan.open_array()) {
    while (scan.next_element()) {
      if (!scan.value(value) || !inner_tame()) {
        return false;
      }
    }
  }
  return !scan.failed();
}

}  // namespace

bool is_tame_json(std::string_view raw) { return is_tame(raw, 0); }

}  // namespace auditship
