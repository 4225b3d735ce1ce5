// Zone files, and the rules that give a stamp without year and zone its instant.
#include "agent/base/calendar/time_zone.h"

#include <fstream>
#include <sstream>

#include "agent/base/calendar/calendar.h"
#include "parsers/syslog/syslog_line.h"
#include "parsers/syslog/timestamp_resolver.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

std::string zone_bytes(const std::string& name) {
  std::ifstream in(std::string(AUDITSHIP_TEST_DATA) + "/zoneinfo/" + name, std::ios::binary);
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TimeZone zone(const std::string& name) {
  auto parsed = TimeZone::parse(zone_bytes(name));
  REQUIRE(parsed.ok());
  return parsed.value();
}

std::int64_t at(std::int64_t year, int month, int day, int hour, int minute, int second = 0) {
  return days_from_civil({year, month, day}) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
}

std::int64_t read(parsers::syslog::TimestampResolver& clock, const std::string& stamp,
                  std::int64_t reference) {
  const std::string text = stamp + " h a: x";
  const auto instant =
      clock.instant(parsers::syslog::split_syslog_line(text).stamp, reference * 1'000'000'000);
  REQUIRE(instant.has_value());
  return *instant / 1'000'000'000;
}

std::int64_t read_utc(const std::string& stamp, std::int64_t reference) {
  parsers::syslog::TimestampResolver clock{TimeZone()};
  return read(clock, stamp, reference);
}

}  // namespace

TEST_CASE("days and dates are inverse over four hundred years", "[time]") {
  std::int64_t expected = days_from_civil({1899, 12, 31});
  for (std::int64_t year = 1900; year < 2300; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= days_in_month(year, month); ++day) {
        const std::int64_t days = days_from_civil({year, month, day});
        const CivilDate date = civil_from_days(days);
        const bool same =
            days == ++expected && date.year == year && date.month == month && date.day == day;
        if (!same) {
          FAIL(year << "-" << month << "-" << day);
        }
      }
    }
  }
  CHECK(days_from_civil({1970, 1, 1}) == 0);
}

TEST_CASE("offsets come from the file's transitions and, after the last, from its rule", "[time]") {
  const TimeZone stockholm = zone("Stockholm");
  CHECK(stockholm.offset_at(at(2026, 1, 1, 0, 0)) == 3600);
  CHECK(stockholm.offset_at(at(2026, 7, 1, 0, 0)) == 7200);
  CHECK(stockholm.offset_at(at(2026, 3, 29, 0, 59, 59)) == 3600);
  CHECK(stockholm.offset_at(at(2026, 3, 29, 1, 0)) == 7200);
  CHECK(stockholm.offset_at(at(2026, 10, 25, 0, 59, 59)) == 7200);
  CHECK(stockholm.offset_at(at(2026, 10, 25, 1, 0)) == 3600);
  CHECK(stockholm.offset_at(at(2150, 7, 1, 0, 0)) == 7200);
  CHECK(stockholm.offset_at(at(2150, 12, 1, 0, 0)) == 3600);
  CHECK(zone("St_Johns").offset_at(at(2026, 11, 23, 4, 0)) == -12600);
  const TimeZone lord_howe = zone("Lord_Howe");  // summer in January, half an hour of it
  CHECK(lord_howe.offset_at(at(2090, 1, 1, 0, 0)) == 39600);
  CHECK(lord_howe.offset_at(at(2090, 7, 1, 0, 0)) == 37800);
  CHECK(TimeZone().offset_at(0) == 0);
}

TEST_CASE("a repeated hour has two readings, a gap is shifted forward", "[time]") {
  const TimeZone stockholm = zone("Stockholm");
  const TimeZone::Instants fold = stockholm.to_utc(at(2026, 10, 25, 2, 30));
  CHECK(fold.earlier == at(2026, 10, 25, 0, 30));
  CHECK(fold.later == at(2026, 10, 25, 1, 30));
  const TimeZone::Instants gap = stockholm.to_utc(at(2026, 3, 29, 2, 30));
  CHECK(gap.earlier == at(2026, 3, 29, 1, 30));  // 03:30 in summer time
  CHECK(gap.later == gap.earlier);
  const TimeZone::Instants plain = stockholm.to_utc(at(2026, 6, 1, 12, 0));
  CHECK(plain.earlier == at(2026, 6, 1, 10, 0));
  CHECK(plain.later == plain.earlier);
  const TimeZone::Instants half = zone("Lord_Howe").to_utc(at(2026, 4, 5, 1, 45));
  CHECK(half.later - half.earlier == 1800);
}

TEST_CASE("bytes that are not a zone file are refused, cut ones too", "[time]") {
  CHECK_FALSE(TimeZone::parse("").ok());
  CHECK_FALSE(TimeZone::parse("TZif2").ok());
  CHECK_FALSE(TimeZone::parse(std::string(4000, 'T')).ok());
  const std::string bytes = zone_bytes("Stockholm");
  for (std::size_t size = 0; size < bytes.size() - 40; size += 7) {
    INFO(size);
    CHECK_FALSE(TimeZone::parse(bytes.substr(0, size)).ok());
  }
  std::string wild = bytes;
  for (std::size_t i = 0; i < wild.size(); i += 3) {
    wild[i] = '\xFF';
    static_cast<void>(TimeZone::parse(wild));
    wild[i] = bytes[i];
  }
}

TEST_CASE("the year is the latest that puts the stamp at most a day after the reference",
          "[time]") {
  CHECK(read_utc("Dec 31 23:59:59", at(2027, 1, 1, 0, 0, 30)) == at(2026, 12, 31, 23, 59, 59));
  CHECK(read_utc("Jan  1 00:00:05", at(2026, 12, 31, 23, 0)) == at(2027, 1, 1, 0, 0, 5));
  CHECK(read_utc("Nov 24 05:00:00", at(2026, 11, 23, 6, 0)) == at(2026, 11, 24, 5, 0));
  CHECK(read_utc("Nov 24 06:00:01", at(2026, 11, 23, 6, 0)) == at(2025, 11, 24, 6, 0, 1));
}

TEST_CASE("29 February belongs to the newest leap year that fits, never to 1 March", "[time]") {
  CHECK(read_utc("Feb 29 12:00:00", at(2026, 11, 23, 6, 0)) == at(2024, 2, 29, 12, 0));
  CHECK(read_utc("Feb 29 12:00:00", at(2028, 2, 29, 13, 0)) == at(2028, 2, 29, 12, 0));
  CHECK(read_utc("Feb 29 12:00:00", at(2028, 2, 27, 13, 0)) == at(2024, 2, 29, 12, 0));
  CHECK(read_utc("Feb 29 12:00:00", at(2103, 5, 1, 0, 0)) == at(2096, 2, 29, 12, 0));
}

TEST_CASE("when December is followed by January the year steps up", "[time]") {
  parsers::syslog::TimestampResolver clock{TimeZone()};
  const std::int64_t reference = at(2026, 12, 30, 0, 0);  // an mtime that is too early
  CHECK(read(clock, "Dec 30 10:00:00", reference) == at(2026, 12, 30, 10, 0));
  CHECK(read(clock, "Jan  1 00:10:00", reference) == at(2027, 1, 1, 0, 10));
  clock.restart();
  CHECK(read(clock, "Jan  1 00:10:00", reference) == at(2026, 1, 1, 0, 10));
}

TEST_CASE(
    "in the repeated autumn hour the earlier reading is taken unless the file was already later",
    "[time]") {
  parsers::syslog::TimestampResolver clock{zone("Stockholm")};
  const std::int64_t reference = at(2026, 10, 26, 0, 0);
  CHECK(read(clock, "Oct 25 02:10:00", reference) == at(2026, 10, 25, 0, 10));
  CHECK(read(clock, "Oct 25 02:50:00", reference) == at(2026, 10, 25, 0, 50));
  CHECK(read(clock, "Oct 25 02:49:59", reference) ==
        at(2026, 10, 25, 0, 49, 59));  // disorder of one second
  CHECK(read(clock, "Oct 25 02:20:00", reference) == at(2026, 10, 25, 1, 20));
  CHECK(read(clock, "Oct 25 02:55:00", reference) == at(2026, 10, 25, 1, 55));
  CHECK(read(clock, "Oct 25 03:05:00", reference) == at(2026, 10, 25, 2, 5));
  clock.restart();
  CHECK(read(clock, "Oct 25 02:20:00", reference) == at(2026, 10, 25, 0, 20));
}

TEST_CASE("a year of quarter hours reads the same with and without the clock's memory", "[time]") {
  const TimeZone stockholm = zone("Stockholm");
  parsers::syslog::TimestampResolver clock{stockholm};
  const std::int64_t reference = at(2026, 12, 31, 23, 0);
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (std::int64_t utc = at(2026, 1, 2, 0, 0); utc < at(2026, 12, 31, 0, 0); utc += 900) {
    const std::int64_t local = utc + stockholm.offset_at(utc);
    const CivilDate date = civil_from_days(floor_div(local, kSecondsPerDay));
    const std::int64_t second = local - days_from_civil(date) * kSecondsPerDay;
    char text[32];
    std::snprintf(text, sizeof text, "%s %2d %02d:%02d:%02d", kMonths[date.month - 1], date.day,
                  static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                  static_cast<int>(second % 60));
    const std::int64_t instant = read(clock, text, reference);
    if (instant != utc) {
      FAIL(text << " read as " << instant << " instead of " << utc);
    }
  }
}

}  // namespace auditship
