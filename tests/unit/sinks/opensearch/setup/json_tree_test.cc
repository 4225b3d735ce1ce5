#include "sinks/opensearch/setup/json_tree.h"

#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::sinks::opensearch::setup;

namespace {

Json tree_of(const std::string& text) {
  auto tree = parse_json(text);
  REQUIRE(tree.ok());
  return std::move(*tree);
}

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

}  // namespace

TEST_CASE("what is no JSON, or nested too deeply, is an error and no exception", "[json_tree]") {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{}x"), std::string("[1,]"),
        std::string("\"\xff\""), std::string("1e999"), std::string("{\"a\" 1}"), std::string("'a'"),
        std::string("// a\n1"), std::string("NaN"), std::string(1, '\0'), std::string(1 << 20, '['),
        nested(kMaxJsonDepth + 1, '[', ']'), "{\"a\":" + nested(kMaxJsonDepth, '[', ']') + "}"}) {
    const auto tree = parse_json(text);
    REQUIRE_FALSE(tree.ok());
    CHECK(tree.error().code == Errc::corrupt);
    CHECK_FALSE(parse_ordered_json(text).ok());
  }
  CHECK(parse_json(nested(kMaxJsonDepth, '[', ']')).ok());
  // Brackets in strings nest nothing, also behind a quote that is escaped.
  CHECK(parse_json("\"\\\"" + std::string(1000, '[') + "\\\\\"").ok());
  CHECK(parse_json("[\"a\\\\\"" + std::string(",[]") + "]").ok());
  // Many brackets side by side nest nothing either.
  std::string wide = "[{}";
  for (int i = 0; i < 100'000; ++i) {
    wide += ",{}";
  }
  CHECK(items_of(&*parse_json(wide + "]")).size() == 100'001);
}

TEST_CASE("files keep the order of their members, the last of equal ones counts", "[json_tree]") {
  const std::string text = R"({"z":1,"a":{"y":[1.5,true,null,"\u00e9\n"],"b":{}},"m":-7})";
  const auto ordered = parse_ordered_json(text);
  REQUIRE(ordered.ok());
  CHECK(dump_json(*ordered) == R"({"z":1,"a":{"y":[1.5,true,null,"é\n"],"b":{}},"m":-7})");
  CHECK(dump_json(Json(*ordered)) == R"({"a":{"b":{},"y":[1.5,true,null,"é\n"]},"m":-7,"z":1})");
  CHECK(dump_json(tree_of(R"({"a":1,"a":2})")) == R"({"a":2})");
  CHECK(dump_json(tree_of("18446744073709551615")) == "18446744073709551615");
  CHECK(dump_json(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

TEST_CASE("questions about values of another type have an answer", "[json_tree]") {
  for (const char* text : {"null", "true", "7", "\"a\"", "[]", "[{\"a\":1}]", "{}"}) {
    const Json tree = tree_of(text);
    CHECK(find_member(tree, "a") == nullptr);
    CHECK(find_path(tree, {"a", "b"}) == nullptr);
    CHECK(items_of(&tree).empty() == (std::string_view(text) != "[{\"a\":1}]"));
    CHECK(members_of(&tree).empty());
  }
  CHECK(items_of<Json>(nullptr).empty());
  CHECK(members_of<Json>(nullptr).empty());
  const Json tree = tree_of(R"({"a":{"b":"c"},"n":1.0,"t":true})");
  REQUIRE(find_path(tree, {"a", "b"}) != nullptr);
  CHECK(text_of(*find_path(tree, {"a", "b"})) == "c");
  CHECK(find_path(tree, {"a", "b", "c"}) == nullptr);
  CHECK(text_of(*find_member(tree, "n")) == "1.0");
  CHECK(text_of(*find_member(tree, "t")) == "true");
  CHECK(text_of(*find_member(tree, "a")).empty());
  OrderedJson list = OrderedJson::array({1});
  set_member(list, "a", 1);
  remove_member(list, "a");
  CHECK(dump_json(list) == "[1]");
}

TEST_CASE("numbers and strings of equal text are equal, and so are dots and objects",
          "[json_tree]") {
  CHECK(json_leaves(tree_of(R"({"a":{"b":[1]}})")) == json_leaves(tree_of(R"({"a.b":["1"]})")));
  const auto changes = [](const char* there, const char* wanted, ExtraMembers extra) {
    return json_changes(tree_of(there), tree_of(wanted), extra);
  };
  using Lines = std::vector<std::string>;
  CHECK(changes(R"({"a":"1","b":"true"})", R"({"b":true,"a":1})", ExtraMembers::differ).empty());
  CHECK(changes(R"({"a":1,"x":2})", R"({"a":3,"n":[4]})", ExtraMembers::differ) ==
        Lines{"~ a: 1 -> 3", "+ n[0]: 4", "+ n[]: 1", "- x: 2"});
  CHECK(changes(R"({"x":2})", R"({"e":[],"o":{}})", ExtraMembers::are_defaults).empty());
  CHECK(changes(R"({"e":[],"o":{}})", "{}", ExtraMembers::differ).empty());
}
