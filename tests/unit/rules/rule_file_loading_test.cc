// What a kube-apiserver refuses we refuse, and what it only warns about too.
#include <fstream>

#include <simdjson.h>

#include "agent/rules/rule_file.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

TEST_CASE("policies load or are refused as Kubernetes loads them, strictly", "[config]") {
  std::ifstream file(AUDITSHIP_TEST_DATA "/audit-policy/loading.jsonl");
  std::string line;
  int cases = 0, loaded = 0;
  while (std::getline(file, line)) {
    simdjson::dom::parser parser;
    const simdjson::dom::element one = parser.parse(simdjson::padded_string(line));
    const auto text = std::string(one["text"].get_string().value());
    INFO(one["id"] << ": " << one["note"] << "\n" << text);
    const bool wanted = bool(one["loads"]) && bool(one["strict"]);
    const auto got = rules::parse_rule_file("policy.yaml", text);
    INFO((got ? "loaded" : got.error().message));
    CHECK(got.ok() == wanted);
    if (got && wanted) {
      CHECK(got->spec.rules.size() == std::uint64_t(one["rules"]));
      ++loaded;
    } else if (!got) {
      CHECK(got.error().message.find("policy.yaml:") == 0);
    }
    ++cases;
  }
  CHECK(cases == 32);
  CHECK(loaded >= 8);
}

}  // namespace
}  // namespace auditship
