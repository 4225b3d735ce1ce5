#include "sinks/opensearch/document_repair.h"

#include <simdjson.h>

#include "tests/support/catch.h"

using namespace auditship;

namespace {

event::ItemOutcome refused(std::string reason) {
  return event::ItemOutcome{0, event::Verdict::rejected, 400, "mapper_parsing_exception",
                            std::move(reason)};
}

bool is_json(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  return parser.parse(text).get(object) == simdjson::SUCCESS;
}

}  // namespace

TEST_CASE("the member that the server names becomes text, the rest stays as it is", "[repair]") {
  const std::string document =
      R"({"@timestamp":"2026-11-23T10:00:00Z","user":{"name":"a","extra":{"n":1e40}},"annotations":{"a":"b \" \\"},"code":200})";
  auto repaired = sinks::opensearch::repair_document(
      document,
      refused("failed to parse field [user.extra.n] of type [long] in document with id 'x'"));
  REQUIRE(repaired);
  CHECK(
      *repaired ==
      R"({"@timestamp":"2026-11-23T10:00:00Z","annotations":{"a":"b \" \\"},"code":200,"event.repaired":true,)"
      R"("event.unindexed":"{\"user\":{\"name\":\"a\",\"extra\":{\"n\":1e40}}}"})");
}

TEST_CASE("a scalar that does not fit its mapping becomes text, too", "[repair]") {
  auto repaired = sinks::opensearch::repair_document(
      R"({"a":1,"source.ip":"nobody"})", refused("failed to parse field [source.ip] of type [ip]"));
  REQUIRE(repaired);
  CHECK(*repaired ==
        R"({"a":1,"event.repaired":true,"event.unindexed":"{\"source.ip\":\"nobody\"}"})");
}

TEST_CASE("what has a dotted name below the named field goes with it", "[repair]") {
  auto repaired = sinks::opensearch::repair_document(
      R"({"user":{"uid":"1"},"user.name":"a","userAgent":"x"})",
      refused("failed to parse field [user] of type [keyword] in document"));
  REQUIRE(repaired);
  CHECK(
      *repaired ==
      R"({"userAgent":"x","event.repaired":true,"event.unindexed":"{\"user\":{\"uid\":\"1\"},\"user.name\":\"a\"}"})");
}

TEST_CASE("when the server names nothing, every object and array becomes text", "[repair]") {
  auto repaired =
      sinks::opensearch::repair_document(R"({"a":1,"b":{"c":[]},"d":[1,{"e":2}],"f":"g"})",
                                         refused("Limit of total fields [1000] has been exceeded"));
  REQUIRE(repaired);
  CHECK(
      *repaired ==
      R"({"a":1,"f":"g","event.repaired":true,"event.unindexed":"{\"b\":{\"c\":[]},\"d\":[1,{\"e\":2}]}"})");
}

TEST_CASE("an over-long string is cut between characters", "[repair]") {
  std::string text;
  while (text.size() < 40'000) {
    text += "é\\n";
  }
  auto repaired = sinks::opensearch::repair_document("{\"requestURI\":\"" + text + "\",\"z\":1}",
                                                     refused("something else"));
  REQUIRE(repaired);
  CHECK(repaired->size() < 12'000);
  CHECK(is_json(*repaired));
  CHECK(repaired->find("\"z\":1,\"event.repaired\":true}") != std::string::npos);
}

TEST_CASE("a huge member leaves a document of bounded size", "[repair]") {
  std::string array = "[0";
  for (int i = 0; i < 400'000; ++i) {
    array += ",\"é\"";
  }
  auto repaired = sinks::opensearch::repair_document(
      "{\"list\":" + array + "]}", refused("failed to parse field [list] of type [long]"));
  REQUIRE(repaired);
  CHECK(repaired->size() < 2 * sinks::opensearch::kMaxUnindexed + 100);
  CHECK(is_json(*repaired));
}

TEST_CASE("what cannot be repaired is left alone", "[repair]") {
  CHECK_FALSE(sinks::opensearch::repair_document(R"({"a":1,"b":"c"})", refused("whatever")));
  CHECK_FALSE(sinks::opensearch::repair_document("not json", refused("whatever")));
  CHECK_FALSE(sinks::opensearch::repair_document("[1,2]", refused("whatever")));
  CHECK_FALSE(sinks::opensearch::repair_document("", refused("whatever")));
  CHECK_FALSE(sinks::opensearch::repair_document(R"({"a":{"b")", refused("field [a]")));
  CHECK_FALSE(sinks::opensearch::repair_document(
      R"({"a":{}})", event::ItemOutcome{0, event::Verdict::rejected, 413, "", ""}));
  CHECK_FALSE(
      sinks::opensearch::repair_document(R"({"a":{},"event.repaired":true})", refused("whatever")));
}

TEST_CASE("hostile documents are refused or repaired, never a crash", "[repair]") {
  const std::string seed = R"({"a":{"b":[1,2,{"c":"d\u00e9\\"}]},"e":"f","g":null,"h":-1.5e3})";
  for (std::size_t at = 0; at < seed.size(); ++at) {
    for (const char c : {'"', '{', '}', '[', ']', '\\', ',', ':', '\0', '\xff'}) {
      std::string bad = seed;
      bad[at] = c;
      (void)sinks::opensearch::repair_document(bad, refused("field [a.b]"));
      (void)sinks::opensearch::repair_document(bad.substr(0, at), refused(bad));
    }
  }
  std::string deep(100'000, '[');
  (void)sinks::opensearch::repair_document("{\"a\":" + deep + "}", refused("x"));
}
