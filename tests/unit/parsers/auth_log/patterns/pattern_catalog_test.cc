// Every row of the catalogue: its example yields its action, its outcome and exactly its fields.
#include "parsers/auth_log/patterns/pattern_catalog.h"

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

TEST_CASE("the example of every form yields its action, outcome and exactly its fields", "[auth]") {
  std::size_t forms = 0;
  for (const parsers::auth_log::patterns::FormSet& set :
       parsers::auth_log::patterns::auth_form_sets()) {
    for (const parsers::auth_log::patterns::Form& form : set.forms) {
      INFO(set.ident << ": " << set.prefix << form.example);
      const Parsed parsed =
          parse_as(set.ident, std::string(set.prefix) + std::string(form.example));
      CHECK(parsed["event.action"] == form.action);
      CHECK(parsed["event.outcome"] == outcome_name(form.outcome));
      CHECK(parsed["event.kind"] == "event");
      CHECK(parsed.has("event.category"));
      CHECK(message_fields(parsed, !set.prefix.empty()) == listed_fields(form.fields));
      ++forms;
    }
  }
  CHECK(forms > 130);
}

TEST_CASE("no two forms of a table have the same pattern", "[auth]") {
  for (const parsers::auth_log::patterns::FormSet& set :
       parsers::auth_log::patterns::auth_form_sets()) {
    std::set<std::string> patterns;
    for (const parsers::auth_log::patterns::Form& form : set.forms) {
      std::string pattern;
      for (std::size_t i = 0; i < form.pattern.size(); ++i) {
        pattern += std::to_string(static_cast<int>(form.pattern[i].kind)) +
                   std::string(form.pattern[i].text) + "\n";
      }
      INFO(form.example);
      CHECK(patterns.insert(pattern).second);
    }
  }
}

}  // namespace auditship::test
