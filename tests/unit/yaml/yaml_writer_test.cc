#include "agent/yaml/yaml_writer.h"

#include "tests/support/catch.h"

namespace auditship::yaml {
namespace {

TEST_CASE("mappings and items are written when something stands in them", "[yaml]") {
  YamlWriter out;
  out.open("empty");
  out.open("inner");
  out.close();
  out.close();
  out.plain("a", "1");
  out.open("list");
  out.open_item();
  out.close();
  out.open_item();
  out.text("x", "1");
  out.text("y", "2");
  out.close();
  out.open_item();
  out.list("z", {"3"});
  out.close();
  out.close();
  out.list("none", {});
  CHECK(out.take() == "a: 1\nlist:\n  - x: \"1\"\n    y: \"2\"\n  - z:\n      - \"3\"\nnone: []\n");
  CHECK(out.take().empty());
}

TEST_CASE("a text is quoted, and is no variable", "[yaml]") {
  YamlWriter out;
  out.text("a", "${X} $5 \"q\"\n");
  CHECK(out.take() == "a: \"$${X} $5 \\\"q\\\"\\n\"\n");
}

}  // namespace
}  // namespace auditship::yaml
