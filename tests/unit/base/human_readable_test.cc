#include "agent/base/human_readable.h"

#include "tests/support/catch.h"

using namespace auditship;

TEST_CASE("bytes are shown in units that people read", "[base]") {
  CHECK(human_bytes(17) == "17 B");
  CHECK(human_bytes(1536) == "1.5 KiB");
  CHECK(human_bytes(std::uint64_t{2} << 30) == "2.0 GiB");
}

TEST_CASE("times are said in two units at most", "[base]") {
  CHECK(human_seconds(-3) == "0 s");
  CHECK(human_seconds(0.4) == "0 s");
  CHECK(human_seconds(59) == "59 s");
  CHECK(human_seconds(60) == "1 min");
  CHECK(human_seconds(3600 + 5 * 60 + 59) == "1 h 5 min");
  CHECK(human_seconds(12 * 86400) == "12 d");
}
