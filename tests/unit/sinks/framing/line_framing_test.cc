#include "sinks/framing/line_framing.h"

#include "tests/support/catch.h"

using namespace auditship;
using sinks::framing::LineFraming;

TEST_CASE("bare lines are documents and nothing else", "[framing]") {
  const LineFraming framing;
  std::string body;
  for (const char* document : {"{\"n\":1}", "{\"n\":2}"}) {
    framing.begin_item({"id", "index", 7}, body);
    body += document;
    framing.end_item(body);
  }
  CHECK_FALSE(framing.head_has_id());
  CHECK(body == "{\"n\":1}\n{\"n\":2}\n");
  auto items = framing.split(body);
  REQUIRE(items.ok());
  REQUIRE(items->size() == 2);
  CHECK((*items)[1].head.empty());
  CHECK((*items)[1].document == "{\"n\":2}");
  CHECK((*items)[1].size() == 8);
  CHECK(framing.id_of((*items)[1]).empty());
  CHECK(framing.index_of((*items)[1]).empty());
  CHECK(framing.split("")->empty());
}

TEST_CASE("a body whose last line has no end is corrupt", "[framing]") {
  CHECK(LineFraming().split("{}\n{}").error().code == Errc::corrupt);
}
