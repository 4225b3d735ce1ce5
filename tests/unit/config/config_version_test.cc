#include "agent/app/registered_types.h"
#include "agent/config/config.h"
#include "agent/config/deprecated_keys.h"
#include "agent/platform/posix_filesystem.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

Result<config::Config> parse(const std::string& text) {
  platform::PosixFs fs;
  return config::parse_config(
      fs, app::registered_types(), "/etc/auditship/auditship.yaml",
      text +
          "cluster: {name: c}\nstreams: {kubeaudit: {filters: none}, authlog: {filters: none}}\n",
      [](const std::string&) { return std::nullopt; });
}

std::string refusal(const std::string& text) {
  const auto config = parse(text);
  return config ? "loaded" : config.error().message;
}

}  // namespace

TEST_CASE("a configuration has a version, 1 if it does not say", "[config]") {
  CHECK(parse("").ok());
  CHECK(parse("version: 1\n").ok());
  CHECK(refusal("version: 0\n").find("version") != std::string::npos);
  CHECK(refusal("version: new\n").find("version") != std::string::npos);
}

TEST_CASE("a newer configuration is refused for that, not for what is unknown in it", "[config]") {
  const std::string said = refusal("version: 2\nnew_key: 1\n");
  CHECK(said.find(":1:10: this configuration is of version 2, and this release reads version 1") !=
        std::string::npos);
  CHECK(said.find("new_key") == std::string::npos);
}

TEST_CASE("a key with a newer name is read, with a warning", "[config]") {
  const std::vector<config::RenamedKey> renamed = {{"log.verbosity", "level"},
                                                   {"clustre", "cluster"}};
  auto document = yaml::parse_yaml("f.yaml", "log:\n  verbosity: debug\nclustre: {name: c}\n");
  REQUIRE(document.ok());
  yaml::YamlProblems problems("f.yaml");
  std::vector<std::string> warnings;
  config::apply_renames(document->root, renamed, problems, warnings);
  CHECK(problems.empty());
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0] ==
        "f.yaml:2:3: log.verbosity is called level now; the old name is still read, but will not "
        "be for ever");
  CHECK(document->root.members[1].key == "cluster");
  yaml::YamlMap log(problems, document->root.members[0].value, "log");
  std::string level;
  CHECK(log.text("level", level));
  CHECK(level == "debug");

  auto both = yaml::parse_yaml("f.yaml", "log: {verbosity: debug, level: info}\n");
  config::apply_renames(both->root, renamed, problems, warnings);
  CHECK(problems.error().message.find("the file has both") != std::string::npos);
  CHECK(warnings.size() == 2);
}

TEST_CASE("no key was renamed to one that is not read, or that is an old name itself", "[config]") {
  for (const config::RenamedKey& key : config::renamed_keys()) {
    INFO(key.before);
    CHECK(key.before != key.now);
    CHECK(key.now.find('.') == std::string_view::npos);
  }
}
