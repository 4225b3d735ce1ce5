#include "agent/filter/rule_spec.h"

#include <algorithm>
#include <array>
#include <set>

#include "agent/base/text.h"
#include "agent/filter/match.h"

namespace auditship::filter {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"None", "Metadata", "Request",
                                                     "RequestResponse"};
constexpr std::array<std::string_view, 4> kStages = {"RequestReceived", "ResponseStarted",
                                                     "ResponseComplete", "Panic"};
constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

Error invalid(std::string_view text, std::string_view expected) {
  return Error{Errc::invalid,
               "\"" + std::string(text.substr(0, 80)) + "\": expected " + std::string(expected)};
}

// "HH:MM" to minutes, 24:00 allowed.
bool parse_minute(std::string_view text, std::uint16_t& into) {
  std::uint16_t hour = 0, minute = 0;
  if (text.size() != 5 || text[2] != ':' || !parse_decimal(text.substr(0, 2), hour) ||
      !parse_decimal(text.substr(3), minute) || minute > 59) {
    return false;
  }
  into = static_cast<std::uint16_t>(hour * 60 + minute);
  return into <= 24 * 60;
}

// "mon" or "mon-fri", wrapping allowed.
bool parse_days(std::string_view text, std::uint8_t& into) {
  const std::size_t dash = text.find('-');
  const auto first = std::find(kDays.begin(), kDays.end(), text.substr(0, dash));
  const auto last = dash == std::string_view::npos
                        ? first
                        : std::find(kDays.begin(), kDays.end(), text.substr(dash + 1));
  if (first == kDays.end() || last == kDays.end()) {
    return false;
  }
  into = 0;
  const auto end = static_cast<unsigned>(last - kDays.begin());
  for (auto day = static_cast<unsigned>(first - kDays.begin());; day = (day + 1) % 7) {
    into = static_cast<std::uint8_t>(into | 1U << day);
    if (day == end) {
      return true;
    }
  }
}

}  // namespace

std::string_view level_name(Level level) { return kLevels[static_cast<std::size_t>(level)]; }

Result<Level> parse_level(std::string_view text) {
  const auto* const found = std::find(kLevels.begin(), kLevels.end(), text);
  if (found == kLevels.end()) {
    return invalid(text, "None, Metadata, Request or RequestResponse");
  }
  return static_cast<Level>(found - kLevels.begin());
}

StageSet stage_bit(std::string_view stage) {
  for (std::size_t i = 0; i < kStages.size(); ++i) {
    if (kStages[i] == stage) {
      return static_cast<StageSet>(1U << i);
    }
  }
  return 0;
}

Result<StageSet> parse_stage(std::string_view text) {
  const StageSet bit = stage_bit(text);
  if (bit == 0) {
    return invalid(text, "RequestReceived, ResponseStarted, ResponseComplete or Panic");
  }
  return bit;
}

Result<CodeRange> parse_code_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  CodeRange range;
  const bool read =
      parse_decimal(text.substr(0, dash), range.first) &&
      (dash == std::string_view::npos || parse_decimal(text.substr(dash + 1), range.last));
  if (dash == std::string_view::npos) {
    range.last = range.first;
  }
  if (!read || range.first < 100 || range.last > 599 || range.first > range.last) {
    return invalid(text, "a code from 100 to 599 or a range of them, as 403 or 400-499");
  }
  return range;
}

Result<SampleRate> parse_sample_rate(std::string_view text) {
  const std::size_t slash = text.find('/');
  SampleRate rate;
  if (slash == std::string_view::npos || !parse_decimal(text.substr(0, slash), rate.keep) ||
      !parse_decimal(text.substr(slash + 1), rate.of) || rate.keep == 0 || rate.keep >= rate.of ||
      rate.of > 1'000'000) {
    return invalid(text, "a share such as 1/100, above 0 and below 1");
  }
  return rate;
}

Result<TimeWindow> parse_time_window(std::string_view text) {
  constexpr std::string_view kExpected = "hours in UTC, as 22:00-06:00 or mon-fri 08:00-18:00";
  TimeWindow window;
  std::string_view hours = text;
  if (const std::size_t space = text.find(' '); space != std::string_view::npos) {
    if (!parse_days(text.substr(0, space), window.days)) {
      return invalid(text, kExpected);
    }
    hours = text.substr(space + 1);
  }
  if (hours.size() != 11 || hours[5] != '-' ||
      !parse_minute(hours.substr(0, 5), window.from_minute) ||
      !parse_minute(hours.substr(6), window.to_minute) || window.from_minute == window.to_minute ||
      window.from_minute == 24 * 60) {
    return invalid(text, kExpected);
  }
  return window;
}

}  // namespace auditship::filter
