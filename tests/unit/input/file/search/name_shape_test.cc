#include "agent/input/file/search/name_shape.h"

#include "tests/support/catch.h"

using auditship::input::file::search::name_shape;

TEST_CASE("names that differ in their numbers have one shape", "[file_search]") {
  CHECK(name_shape("@400000006915a1f3deadbeef.s") == "@#.s");
  CHECK(name_shape("@400000006915a1f3deadbeef.u") != "@#.s");
  CHECK(name_shape("app-2026-11-28.log") == "app-#-#-#.log");
  CHECK(name_shape("log7") == "log#");
}

TEST_CASE("a name without a number has no shape", "[file_search]") {
  CHECK(name_shape("auth.log.old").empty());
  CHECK(name_shape("decade").empty());
  CHECK(name_shape("").empty());
}
