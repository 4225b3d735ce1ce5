#include "agent/base/human_readable.h"

#include <array>
#include <cstddef>
#include <cstdio>

namespace auditship {

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text;
}

std::string human_seconds(double seconds) {
  struct Unit {
    double seconds;
    const char* name;
  };
  constexpr std::array<Unit, 4> kUnits = {{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  char text[64];
  if (seconds < 1) {
    return "0 s";
  }
  for (std::size_t i = 0; i + 1 < kUnits.size(); ++i) {
    if (seconds < kUnits[i].seconds) {
      continue;
    }
    const auto whole = static_cast<double>(static_cast<std::uint64_t>(seconds / kUnits[i].seconds));
    const double rest = (seconds - whole * kUnits[i].seconds) / kUnits[i + 1].seconds;
    std::snprintf(text, sizeof text, rest < 1 ? "%.0f %s" : "%.0f %s %.0f %s", whole,
                  kUnits[i].name, static_cast<double>(static_cast<std::uint64_t>(rest)),
                  kUnits[i + 1].name);
    return text;
  }
  std::snprintf(text, sizeof text, "%.0f s", seconds);
  return text;
}

}  // namespace auditship
