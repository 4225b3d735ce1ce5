#include "sinks/framing/bulk_framing.h"

#include "tests/support/catch.h"

using namespace auditship;
using sinks::framing::BulkFraming;
using sinks::framing::FramedItem;

namespace {

const std::string kBody =
    "{\"create\":{\"_id\":\"a\"}}\n{\"n\":1}\n"
    "{\"create\":{\"_index\":\"x-2026.11.23\",\"_id\":\"b\"}}\n{\"n\":2}\n";

}  // namespace

TEST_CASE("a bulk body is split into pairs of lines", "[framing]") {
  const BulkFraming framing;
  auto items = framing.split(kBody);
  REQUIRE(items.ok());
  REQUIRE(items->size() == 2);
  CHECK((*items)[0].head == "{\"create\":{\"_id\":\"a\"}}\n");
  CHECK((*items)[1].document == "{\"n\":2}");
  CHECK(framing.head_has_id());
  CHECK(framing.id_of((*items)[0]) == "a");
  CHECK(framing.id_of((*items)[1]) == "b");
  CHECK(framing.index_of((*items)[0]).empty());
  CHECK(framing.index_of((*items)[1]) == "x-2026.11.23");
  CHECK((*items)[0].size() + (*items)[1].size() == kBody.size());
  CHECK(framing.id_of(FramedItem{"{\"create\":{}}\n", "{}"}).empty());
  CHECK(framing.split("")->empty());
}

TEST_CASE("a body that is not pairs of lines is corrupt", "[framing]") {
  const BulkFraming framing;
  for (const char* body : {"{\"create\":{}}\n", "{\"create\":{}}\n{}", "x"}) {
    CHECK(framing.split(body).error().code == Errc::corrupt);
  }
}

TEST_CASE("what was framed is split into the same items", "[framing]") {
  const std::string prefix = GENERATE(std::string(), std::string("kube\"audit"));
  const BulkFraming framing(prefix);
  std::string body;
  for (const char* id : {"1", "2"}) {
    framing.begin_item({id, {}, 1'795'910'400'000'000'000}, body);
    body += "{\"id\":" + std::string(id) + "}";
    framing.end_item(body);
  }
  auto items = framing.split(body);
  REQUIRE(items.ok());
  REQUIRE(items->size() == 2);
  CHECK(framing.id_of((*items)[1]) == "2");
  CHECK((*items)[1].document == "{\"id\":2}");
}

TEST_CASE("an item names its index by the UTC day of its event, or the one it is told",
          "[framing]") {
  const BulkFraming dated("app");
  const auto head = [&dated](const sinks::framing::ItemAddress& address) {
    std::string out;
    dated.begin_item(address, out);
    return out;
  };
  constexpr std::int64_t kMidnight = 1'795'910'400'000'000'000;
  CHECK(head({"a", {}, kMidnight}) ==
        "{\"create\":{\"_index\":\"app-2026.11.29\",\"_id\":\"a\"}}\n");
  CHECK(head({"a", {}, kMidnight - 1}) ==
        "{\"create\":{\"_index\":\"app-2026.11.28\",\"_id\":\"a\"}}\n");
  CHECK(head({"a", {}, -1}) == "{\"create\":{\"_index\":\"app-1969.12.31\",\"_id\":\"a\"}}\n");
  CHECK(head({"a", "other", kMidnight}) == "{\"create\":{\"_index\":\"other\",\"_id\":\"a\"}}\n");
}

TEST_CASE("an id that comes from outside cannot break its line", "[framing]") {
  std::string out;
  BulkFraming().begin_item({"a\"}}\n", {}, 0}, out);
  CHECK(out == "{\"create\":{\"_id\":\"a\\\"}}\\n\"}}\n");
}
