// Days and dates of the proleptic Gregorian calendar, by std::chrono, without a library's global zone
// state. Constexpr, stateless. Years lie from -32767 to 32767, which is what std::chrono can tell;
// what is beyond counts as the first or last of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace auditship {

// month is 1 to 12, day 1 to 31.
struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
};

inline constexpr std::int64_t kSecondsPerDay = 86400;

namespace calendar_detail {

constexpr std::chrono::year year_of(std::int64_t year) {
  constexpr auto kFirst = static_cast<std::int64_t>(static_cast<int>(std::chrono::year::min()));
  constexpr auto kLast = static_cast<std::int64_t>(static_cast<int>(std::chrono::year::max()));
  return std::chrono::year(static_cast<int>(std::clamp(year, kFirst, kLast)));
}

}  // namespace calendar_detail

// Days since 1970-01-01. A day behind the end of its month counts on into the next one.
constexpr std::int64_t days_from_civil(CivilDate date) {
  const auto month =
      calendar_detail::year_of(date.year) / std::chrono::month(static_cast<unsigned>(date.month));
  return (std::chrono::sys_days(month / 1) + std::chrono::days(date.day - 1))
      .time_since_epoch()
      .count();
}

constexpr CivilDate civil_from_days(std::int64_t days) {
  constexpr std::int64_t kFirst =
      std::chrono::sys_days(std::chrono::year::min() / 1 / 1).time_since_epoch().count();
  constexpr std::int64_t kLast =
      std::chrono::sys_days(std::chrono::year::max() / 12 / 31).time_since_epoch().count();
  const std::chrono::year_month_day date(
      std::chrono::sys_days(std::chrono::days(static_cast<int>(std::clamp(days, kFirst, kLast)))));
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

constexpr bool is_leap_year(std::int64_t year) { return calendar_detail::year_of(year).is_leap(); }

constexpr int days_in_month(std::int64_t year, int month) {
  const auto last = calendar_detail::year_of(year) /
                    std::chrono::month(static_cast<unsigned>(month)) / std::chrono::last;
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

// Rounds towards minus infinity.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);
}

}  // namespace auditship
