// TimeZone turns the local time of a node into UTC, from the bytes of a zone file (RFC 8536, TZif)
// that the caller has read. No I/O, no global state.
//
//   auto zone = TimeZone::parse(bytes_of("/etc/localtime"));
//   TimeZone::Instants at = zone->to_utc(local_seconds);
//
// Immutable after construction; copies share nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace auditship {

class TimeZone {
 public:
  // UTC.
  TimeZone();

  // Errors: invalid, if bytes are not a zone file.
  [[nodiscard]] static Result<TimeZone> parse(std::string_view bytes);

  // Seconds to add to UTC at that instant.
  [[nodiscard]] std::int64_t offset_at(std::int64_t utc_seconds) const;

  // What a local clock reading can mean. Equal, except in the hour that an autumn change repeats.
  // A reading inside a spring gap is shifted forward by the gap.
  struct Instants {
    std::int64_t earlier = 0, later = 0;  // seconds since the epoch
  };
  [[nodiscard]] Instants to_utc(std::int64_t local_seconds) const;

 private:
  // A day of the year in a POSIX TZ rule: Mm.w.d, Jn or n.
  struct RuleDay {
    char form = 'M';
    int month = 1, week = 1, day = 0;
    std::int64_t time = 7200;  // seconds after local midnight
  };
  struct Rule {  // "CET-1CEST,M3.5.0,M10.5.0/3", after the last transition
    std::int64_t offset = 0, summer_offset = 0;
    bool has_summer = false;
    RuleDay begin, end;
  };
  struct Reader;

  [[nodiscard]] std::int64_t rule_offset_at(std::int64_t utc_seconds) const;

  std::vector<std::int64_t> transitions_;  // ascending
  std::vector<std::int64_t> offsets_;      // offsets_[i] holds from transitions_[i] on
  std::int64_t first_offset_ = 0;
  Rule rule_;
  bool has_rule_ = false;
};

}  // namespace auditship
