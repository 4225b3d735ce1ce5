#include "agent/yaml/schema.h"

#include <iterator>

namespace auditship::yaml {

std::string duration_text(std::chrono::milliseconds duration) {
  struct Unit {
    std::string_view name;
    std::int64_t factor;
  };
  static constexpr Unit kUnits[] = {
      {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}};
  const std::int64_t count = duration.count();
  if (count == 0) {
    return "0";
  }
  for (const Unit& unit : kUnits) {
    if (count % unit.factor == 0) {
      return std::to_string(count / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(count) + "ms";
}

std::string choices_text(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? "" : i + 1 == names.size() ? " or " : ", ";
    text += "`" + std::string(names[i]) + "`";
  }
  return text;
}

void read_file_name(YamlMap& map, std::string_view key, ReadContext& context, FileNeeded needed,
                    std::string& into) {
  if (!map.text(key, into) || into.empty()) {
    return;
  }
  into = context.resolve(into);
  const auto problem = context.unreadable(into);
  if (!problem) {
    return;
  }
  if (needed == FileNeeded::now) {
    map.add_problem(key, *problem);
  } else {
    context.miss(map.path_of(key) + ": " + *problem);
  }
}

}  // namespace auditship::yaml
