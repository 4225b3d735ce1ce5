#include "agent/input/file/rotation/rotation_names.h"

#include "tests/support/catch.h"

using namespace auditship;

TEST_CASE("rotated generations are told from other names", "[rotation]") {
  struct Row {
    std::string live, name;
    std::optional<input::file::rotation::RotationScheme> scheme;
    Codec codec;
  };
  const auto number = input::file::rotation::RotationScheme::number;
  const auto date = input::file::rotation::RotationScheme::date;
  const auto single = input::file::rotation::RotationScheme::single;
  const auto tai = input::file::rotation::RotationScheme::tai;
  const auto lumberjack = input::file::rotation::RotationScheme::lumberjack;
  const std::vector<Row> rows = {
      {"auth.log", "auth.log", std::nullopt, Codec::none},
      {"auth.log", "auth.log.1", number, Codec::none},
      {"auth.log", "auth.log.12.gz", number, Codec::gzip},
      {"auth.log", "auth.log.2.zst", number, Codec::zstd},
      {"auth.log", "auth.log.2.xz", number, Codec::xz},
      {"auth.log", "auth.log.1.bz2", number, Codec::bzip2},
      {"auth.log", "auth.1.log", number, Codec::none},
      {"auth.log", "auth.log-20261123", date, Codec::none},
      {"auth.log", "auth.log-20261123.gz", date, Codec::gzip},
      {"auth.log", "auth.log-2026-11-23", date, Codec::none},
      {"auth.log", "auth.log-2026112305", date, Codec::none},
      {"auth.log", "auth-20261123.log", date, Codec::none},
      {"auth.log", "auth.log.20261123", date, Codec::none},
      {"auth.log", "auth.log.bak", std::nullopt, Codec::none},
      {"auth.log", "auth.log~", std::nullopt, Codec::none},
      {"auth.log", "auth.log.gz", std::nullopt, Codec::gzip},
      {"auth.log", "auth.log.1.lz4", number, Codec::foreign},
      {"auth.log", "auth.log.old.1", std::nullopt, Codec::none},
      {"auth.log", "auth.log.old", single, Codec::none},
      {"auth.log", "auth.log.old.gz", single, Codec::gzip},
      {"auth.log", "auth.log-old", std::nullopt, Codec::none},
      {"current", "@400000006a8f0f5a0b5d1c2c.s", tai, Codec::none},
      {"current", "@400000006a8f0f5a0b5d1c2c.u", tai, Codec::none},
      {"current", "@400000006a8f0f5a0b5d1c2c.s.gz", tai, Codec::gzip},
      {"current", "@400000006a8f0f5a0b5d1c2.s", std::nullopt, Codec::none},
      {"auth.log", "@400000006a8f0f5a0b5d1c2c.s", std::nullopt, Codec::none},
      {"auth.log", "auth.log-12345678", std::nullopt, Codec::none},
      {"secure", "secure-20261123", date, Codec::none},
      {"secure", "secure.1", number, Codec::none},
      {"secure", "secure2", std::nullopt, Codec::none},
      {"audit.log", "audit-2026-01-01T00-00-00.000.log", lumberjack, Codec::none},
      {"audit.log", "audit-2026-01-01T00-00-00.000.log.gz", lumberjack, Codec::gzip},
      {"audit.log", "audit-2026-01-01T00-00-00.log", std::nullopt, Codec::none},
      {"audit.log.json", "audit.log-2026-01-01T00-00-00.000.json", lumberjack, Codec::none},
      {"audit", "audit-2026-01-01T00-00-00.000", lumberjack, Codec::none},
      {"audit", "audit-2026-01-01T00-00-00.000.gz", lumberjack, Codec::gzip},
      {"audit.log", "audit-policy-2026-01-01T00-00-00.000.log", std::nullopt, Codec::none},
  };
  for (const Row& row : rows) {
    INFO(row.live << " " << row.name);
    const auto found = input::file::rotation::rotated_name(row.live, row.name);
    REQUIRE(found.has_value() == row.scheme.has_value());
    if (found) {
      CHECK(found->scheme == *row.scheme);
      CHECK(found->codec == row.codec);
    }
  }
}

TEST_CASE("numbers fall and stamps rise with time", "[rotation]") {
  REQUIRE(input::file::rotation::rotated_name("a.log", "a.log.10")
              ->older(*input::file::rotation::rotated_name("a.log", "a.log.9.gz")));
  REQUIRE_FALSE(input::file::rotation::rotated_name("a.log", "a.log.1")
                    ->older(*input::file::rotation::rotated_name("a.log", "a.log.2")));
  REQUIRE(input::file::rotation::rotated_name("a.log", "a.log-20251231")
              ->older(*input::file::rotation::rotated_name("a.log", "a.log-20260101.gz")));
  REQUIRE(
      input::file::rotation::rotated_name("a.log", "a-2026-01-01T09-59-59.999.log")
          ->older(*input::file::rotation::rotated_name("a.log", "a-2026-01-01T10-00-00.000.log")));
  REQUIRE(input::file::rotation::rotated_name("a.log", "a.log.1")
              ->same_generation(*input::file::rotation::rotated_name("a.log", "a.log.1.gz")));
}

TEST_CASE("the live file's name is found from that of a generation", "[rotation]") {
  REQUIRE(input::file::rotation::rotated_base("audit-2026-01-01T00-00-00.000.log.gz")->live ==
          "audit.log");
  REQUIRE(input::file::rotation::rotated_base("audit.log-2026-01-01T00-00-00.000.json")->live ==
          "audit.log.json");
  REQUIRE(input::file::rotation::rotated_base("audit-2026-01-01T00-00-00.000")->live == "audit");
  REQUIRE(input::file::rotation::rotated_base("auth.log.1")->live == "auth.log");
  REQUIRE(input::file::rotation::rotated_base("auth.log-20260101")->live == "auth.log");
  REQUIRE(input::file::rotation::rotated_base("app-20260101.log")->live == "app.log");
  REQUIRE_FALSE(input::file::rotation::rotated_base("app-20260101.log")->certain);
  REQUIRE_FALSE(input::file::rotation::rotated_base("kube-apiserver-audit.log").has_value());
  REQUIRE_FALSE(input::file::rotation::rotated_base("auth.log").has_value());
}
