#include "agent/yaml/yaml_map.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

using std::chrono::milliseconds;

TEST_CASE("sizes are read in powers of 1000 and 1024", "[config]") {
  CHECK(*yaml::parse_size("0") == 0);
  CHECK(*yaml::parse_size("500MB") == 500'000'000);
  CHECK(*yaml::parse_size("2GiB") == std::uint64_t{2} << 30);
  CHECK(*yaml::parse_size("64 KiB") == 65536);
  CHECK(*yaml::parse_size("7B") == 7);
  for (const char* bad : {"", "MB", "-1", "1.5GiB", "1gib", "1 MB ", "99999999999999999999",
                          "9999999999TiB", "0x10", "1M"}) {
    INFO(bad);
    CHECK_FALSE(yaml::parse_size(bad).ok());
  }
}

TEST_CASE("durations are read from the largest unit down", "[config]") {
  CHECK(*yaml::parse_duration("0") == milliseconds(0));
  CHECK(*yaml::parse_duration("7d") == std::chrono::hours(168));
  CHECK(*yaml::parse_duration("1h30m") == std::chrono::minutes(90));
  CHECK(*yaml::parse_duration("1500ms") == milliseconds(1500));
  CHECK(*yaml::parse_duration("1m500ms") == milliseconds(60'500));
  for (const char* bad : {"", "5", "s", "-1s", "30m1h", "1h1h", "1.5h", "1 h",
                          "99999999999999999999s", "9999999999d", "1y"}) {
    INFO(bad);
    CHECK_FALSE(yaml::parse_duration(bad).ok());
  }
}

TEST_CASE("the nearest name is found through swaps, omissions and case, and nothing far away",
          "[config]") {
  const std::vector<std::string_view> names = {"namespaces", "users", "verbs", "nonResourceURLs",
                                               "level"};
  CHECK(yaml::nearest_name("namespacees", names) == "namespaces");
  CHECK(yaml::nearest_name("nonResourceUrls", names) == "nonResourceURLs");
  CHECK(yaml::nearest_name("uesrs", names) == "users");
  CHECK(yaml::nearest_name("lvl", names) == "level");
  CHECK(yaml::nearest_name("completely-else", names).empty());
  CHECK(yaml::nearest_name(std::string(100'000, 'x'), names).empty());
}

TEST_CASE("what looks like a number, a boolean or nothing to YAML is called so", "[config]") {
  const auto described = [](std::string_view text) {
    const auto document = yaml::parse_yaml("f", "v: " + std::string(text) + "\n");
    REQUIRE(document.ok());
    return yaml::describe(document->root.members.at(0).value);
  };
  CHECK(described("12") == "the number 12");
  CHECK(described("-1.5e3") == "the number -1.5e3");
  CHECK(described("0x1F") == "the number 0x1F");
  CHECK(described("1_000") == "the number 1_000");
  CHECK(described(".inf") == "the number .inf");
  CHECK(described("on") == "the boolean on");
  CHECK(described("~") == "nothing");
  CHECK(described("'12'") == "\"12\"");
  CHECK(described("!!str 12") == "\"12\"");
  CHECK(described("1.2.3.4") == "\"1.2.3.4\"");
  CHECK(described("10m") == "\"10m\"");
  CHECK(described("[a]") == "a list");
}

}  // namespace
}  // namespace auditship
