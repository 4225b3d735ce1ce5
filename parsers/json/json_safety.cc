#include "parsers/json/json_safety.h"

#include <array>

#include "parsers/json/json_scan.h"

namespace auditship::parsers::json {
namespace {

constexpr int kMaxSafeDepth = 6;

// The names of an object's members.
class Names {
 public:
  // False: it is no plain name, was there before, or there are too many.
  bool add(const JsonValue& key) {
    const std::string_view name = key.inner();
    if (count_ == kMaxKeys || name.empty() || name.size() > kMaxKeyBytes || key.escaped ||
        name.find('.') != std::string_view::npos) {
      return false;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (seen_[i] == name) {
        return false;
      }
    }
    seen_[count_++] = name;
    return true;
  }

 private:
  static constexpr std::size_t kMaxKeys = 32;
  static constexpr std::size_t kMaxKeyBytes = 256;
  std::array<std::string_view, kMaxKeys> seen_;
  std::size_t count_ = 0;
};

bool is_safe(std::string_view raw, int depth);

bool is_safe_value(const JsonValue& value, int depth) {
  const bool container = value.kind == JsonKind::object || value.kind == JsonKind::array;
  return !container || is_safe(value.raw, depth);
}

bool members_are_safe(JsonScan& scan, int depth) {
  Names names;
  JsonValue key;
  JsonValue value;
  while (scan.next_key(key)) {
    if (!scan.value(value) || !names.add(key) || !is_safe_value(value, depth)) {
      return false;
    }
  }
  return !scan.failed();
}

bool elements_are_safe(JsonScan& scan, int depth) {
  JsonValue value;
  while (scan.next_element()) {
    if (!scan.value(value) || !is_safe_value(value, depth)) {
      return false;
    }
  }
  return !scan.failed();
}

bool is_safe(std::string_view raw, int depth) {
  if (depth == kMaxSafeDepth) {
    return false;
  }
  JsonScan scan(raw);
  if (scan.open_object()) {
    return members_are_safe(scan, depth + 1);
  }
  if (scan.open_array()) {
    return elements_are_safe(scan, depth + 1);
  }
  return !scan.failed();
}

}  // namespace

bool is_safe_to_index(std::string_view raw) { return is_safe(raw, 0); }

}  // namespace auditship::parsers::json
