#include "agent/event/record_id.h"

#include <algorithm>
#include <set>
#include <string>

#include "agent/base/encoding/sha256.h"
#include "tests/support/catch.h"

using namespace auditship;

TEST_CASE("a prefix is the hash of scope and parts, each with its length before it",
          "[record_id]") {
  const auto prefix = event::record_id_prefix({"prod", "node-1", "authlog"}, {"/a", "x"});
  using namespace std::string_literals;
  const std::string bytes =
      "\0\0\0\0\0\0\0\4prod\0\0\0\0\0\0\0\6node-1\0\0\0\0\0\0\0\7authlog\0\0\0\0\0\0\0\2/a\0\0\0\0\0\0\0\1x"s;
  const Digest expected = Sha256().of(bytes);
  CHECK(std::equal(prefix.begin(), prefix.end(), expected.begin()));
}

TEST_CASE("cluster, node, stream and every part make another prefix, wherever they are cut",
          "[record_id]") {
  const std::set<event::RecordId::Prefix> all{
      event::record_id_prefix({"c", "n", "s"}, {"p", "q"}),
      event::record_id_prefix({"d", "n", "s"}, {"p", "q"}),
      event::record_id_prefix({"c", "m", "s"}, {"p", "q"}),
      event::record_id_prefix({"c", "n", "t"}, {"p", "q"}),
      event::record_id_prefix({"c", "n", "s"}, {"r", "q"}),
      event::record_id_prefix({"c", "n", "s"}, {"p", "r"}),
      event::record_id_prefix({"c", "n", "s"}, {"pq"}),
      event::record_id_prefix({"c", "n", "s"}, {"p", "q", ""}),
      event::record_id_prefix({"cn", "", "s"}, {"p", "q"}),
      event::record_id_prefix({"c", "ns", ""}, {"p", "q"})};
  CHECK(all.size() == 10);
}
