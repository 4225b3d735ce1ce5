#include "agent/input/file/search/name_shape.h"

#include <algorithm>

namespace auditship::input::file::search {
namespace {

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool is_hexadecimal(char c) { return is_decimal(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string name_shape(std::string_view name) {
  std::string shape;
  bool has_number = false;
  while (!name.empty()) {
    const auto* const end = std::find_if_not(name.begin(), name.end(), is_hexadecimal);
    const std::string_view run = name.substr(0, static_cast<std::size_t>(end - name.begin()));
    if (std::any_of(run.begin(), run.end(), is_decimal)) {
      shape.push_back('#');
      has_number = true;
    } else {
      shape.append(run);
    }
    name.remove_prefix(run.size());
    if (!name.empty()) {
      shape.push_back(name.front());
      name.remove_prefix(1);
    }
  }
  return has_number ? shape : std::string();
}

}  // namespace auditship::input::file::search
