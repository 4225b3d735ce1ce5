#include "parsers/kube_audit/text_conversions.h"

#include "tests/support/catch.h"

using namespace auditship;

TEST_CASE("RFC 3339 times are read to the nanosecond", "[kube][text]") {
  std::int64_t ns = 0;
  bool utc = false;
  CHECK(parsers::kube_audit::parse_rfc3339("1970-01-01T00:00:00Z", ns, utc));
  CHECK(ns == 0);
  CHECK(utc);
  CHECK(parsers::kube_audit::parse_rfc3339("2026-11-23T04:30:20.457518Z", ns, utc));
  CHECK(ns == 1795408220457518000);
  CHECK(parsers::kube_audit::parse_rfc3339("2026-11-23T05:30:20.457518001+01:00", ns, utc));
  CHECK(ns == 1795408220457518001);
  CHECK_FALSE(utc);
  CHECK(parsers::kube_audit::parse_rfc3339("2024-02-29T23:59:59-00:30", ns, utc));
  CHECK(ns == 1709252999000000000);
}

TEST_CASE("what is no RFC 3339 time is refused", "[kube][text]") {
  std::int64_t ns = 0;
  bool utc = false;
  for (const std::string text :
       {"", "2026", "2026-11-23", "2026-11-23 04:30:20Z", "2026-11-23T04:30:20",
        "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T04:30:60Z", "2026-11-23T04:30:20.Z", "2026-11-23T04:30:20.1234567890Z",
        "2026-11-23T04:30:20z", "2026-11-23T04:30:20+1:00", "1969-12-31T23:59:59Z",
        "9999-01-01T00:00:00Z", "2026-11-23T04:30:20Zx", "20x6-11-23T04:30:20Z"}) {
    INFO(text);
    CHECK_FALSE(parsers::kube_audit::parse_rfc3339(text, ns, utc));
  }
}

TEST_CASE("percent escapes are decoded once, bad ones end it", "[kube][text]") {
  const auto decoded = [](std::string_view text, parsers::kube_audit::Plus plus, bool good) {
    std::string out;
    CHECK(parsers::kube_audit::append_percent_decoded(out, text, plus) == good);
    return out;
  };
  CHECK(decoded("a%20b+c", parsers::kube_audit::Plus::literal, true) == "a b+c");
  CHECK(decoded("a%20b+c%2B", parsers::kube_audit::Plus::blank, true) == "a b c+");
  CHECK(decoded("%252F%C3%a5", parsers::kube_audit::Plus::blank, true) == "%2F\xC3\xA5");
  CHECK(decoded("a%2", parsers::kube_audit::Plus::blank, false) == "a%2");
  CHECK(decoded("a%zz%20", parsers::kube_audit::Plus::blank, false) == "a%zz%20");
}

TEST_CASE("text over a limit is cut between characters and says how long it was", "[kube][text]") {
  event::Record record;
  CHECK(parsers::kube_audit::limited("short", 5, record) == "short");
  CHECK(parsers::kube_audit::limited("\xC3\xA5\xC3\xA5\xC3\xA5", 3, record) ==
        "\xC3\xA5\xE2\x80\xA6[cut, 6 bytes]");
}
