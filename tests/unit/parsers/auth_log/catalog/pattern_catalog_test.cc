// Every row of the catalogue: its example yields its action, its outcome and exactly its fields.
#include "parsers/auth_log/catalog/pattern_catalog.h"

#include <set>
#include <sstream>

#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

std::map<std::string, std::string> listed_fields(std::string_view text) {
  std::map<std::string, std::string> fields;
  std::istringstream in{std::string(text)};
  for (std::string item; std::getline(in, item, '|');) {
    const std::size_t equals = item.find('=');
    REQUIRE(equals != std::string::npos);
    fields[item.substr(0, equals)] = item.substr(equals + 1);
  }
  return fields;
}

std::string outcome_name(parsers::auth_log::patterns::Outcome outcome) {
  return outcome == parsers::auth_log::patterns::Outcome::success   ? "success"
         : outcome == parsers::auth_log::patterns::Outcome::failure ? "failure"
         : outcome == parsers::auth_log::patterns::Outcome::unknown ? "unknown"
                                                                    : "";
}

}  // namespace

TEST_CASE("the example of every pattern yields its action, outcome and exactly its fields",
          "[auth]") {
  std::size_t count = 0;
  for (const parsers::auth_log::catalog::PatternSet& set :
       parsers::auth_log::catalog::auth_pattern_sets()) {
    for (const parsers::auth_log::patterns::MessagePattern& pattern : set.patterns) {
      INFO(set.ident << ": " << set.prefix << pattern.example);
      const Parsed parsed =
          parse_as(set.ident, std::string(set.prefix) + std::string(pattern.example));
      CHECK(parsed["event.action"] == pattern.action);
      CHECK(parsed["event.outcome"] == outcome_name(pattern.outcome));
      CHECK(parsed.has("event.category"));
      CHECK(message_fields(parsed, !set.prefix.empty()) == listed_fields(pattern.fields));
      ++count;
    }
  }
  CHECK(count > 130);
}

TEST_CASE("no two patterns of a table have the same text", "[auth]") {
  for (const parsers::auth_log::catalog::PatternSet& set :
       parsers::auth_log::catalog::auth_pattern_sets()) {
    std::set<std::string> texts;
    for (const parsers::auth_log::patterns::MessagePattern& pattern : set.patterns) {
      std::string text;
      for (std::size_t i = 0; i < pattern.text.size(); ++i) {
        text += std::to_string(static_cast<int>(pattern.text[i].kind)) +
                std::string(pattern.text[i].text) + "\n";
      }
      INFO(pattern.example);
      CHECK(texts.insert(text).second);
    }
  }
}

}  // namespace auditship::test
