// The rotation names of a log file: which names in its directory are its rotated generations, and in which
// order they were written.
//
// Known schemes, for a live file NAME = STEM + EXT (EXT from the last dot on):
//
//   number      NAME.1  NAME.2.gz  STEM.1EXT                          logrotate; the highest number is the oldest
//   date        NAME-20260131  NAME-2026-01-31.gz  NAME.20260131  STEM-20260131EXT
//   lumberjack  STEM-2026-01-31T00-00-00.000EXT[.gz]                  kube-apiserver's own
//   single      NAME.old                                              one generation, overwritten by the next
//   tai         @400000006a8f0f5a0b5d1c2c.s beside a live `current`   svlogd, multilog
//
// each plain, .gz, .zst, .xz or .bz2, or in a compression that is not read. Names of another kind are not of the
// rotation chain. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/compression/codec.h"

namespace auditship::input::file::rotation {

enum class RotationScheme : std::uint8_t { number, date, lumberjack, single, tai };

struct RotatedName {
  RotationScheme scheme = RotationScheme::number;
  std::uint64_t number = 0;  // of scheme number
  std::string stamp;         // digits of date, lumberjack or tai: sorts by time
  Codec codec = Codec::none;

  // The same generation: plain and compressed forms of one name.
  [[nodiscard]] bool same_generation(const RotatedName& o) const {
    return scheme == o.scheme && number == o.number && stamp == o.stamp;
  }
  // Written before o; only within one scheme.
  [[nodiscard]] bool older(const RotatedName& o) const {
    return scheme == RotationScheme::number ? number > o.number : stamp < o.stamp;
  }
};

// What `name` is to the live file `live`; nullopt: not a rotated generation of it.
[[nodiscard]] std::optional<RotatedName> rotated_name(std::string_view live, std::string_view name);

// The name of the live file that `name` looks to be a rotated generation of. `certain` is false for
// a date alone, which may as well be part of the name of a live file.
struct RotatedBase {
  std::string live;
  bool certain = true;
};
[[nodiscard]] std::optional<RotatedBase> rotated_base(std::string_view name);

}  // namespace auditship::input::file::rotation
