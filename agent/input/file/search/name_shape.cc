#include "agent/input/file/search/name_shape.h"

#include <algorithm>

#include "agent/base/text.h"

namespace auditship::input::file::search {
namespace {

bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string name_shape(std::string_view name) {
  std::string shape;
  bool has_number = false;
  while (!name.empty()) {
    const auto* const end = std::find_if_not(name.begin(), name.end(), is_hexadecimal);
    const std::string_view run = name.substr(0, static_cast<std::size_t>(end - name.begin()));
    if (std::any_of(run.begin(), run.end(), is_digit)) {
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
