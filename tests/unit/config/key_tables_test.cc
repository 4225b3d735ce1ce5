// The tables of keys that people read are those that the declarations make.
#include "agent/config/key_tables.h"

#include "agent/app/registered_types.h"
#include "agent/platform/posix_filesystem.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

// What stands between the lines that begin with these texts.
std::string between(const std::string& file, std::string_view begin, std::string_view end) {
  platform::PosixFs fs;
  auto text = fs.read_file(file, 1 << 20);
  REQUIRE(text.ok());
  const std::size_t mark = text->find(begin);
  REQUIRE(mark != std::string::npos);
  const std::size_t first = text->find('\n', mark) + 1;
  const std::size_t last = text->find(end, first);
  REQUIRE(last != std::string::npos);
  return text->substr(first, last - first);
}

std::string first_difference(const std::string& a, const std::string& b) {
  std::size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) {
    ++at;
  }
  const std::size_t line = a.rfind('\n', at) == std::string::npos ? 0 : a.rfind('\n', at) + 1;
  return "there: " + a.substr(line, 200) + "\nmade:  " + b.substr(std::min(line, b.size()), 200);
}

constexpr const char* kAgain =
    "make the tables again: ninja -C BUILD print_key_tables && tests/support/update-key-tables "
    "BUILD";

TEST_CASE("docs/configuration.md has the keys as they are declared", "[config]") {
  const std::string made = config::markdown_of(config::key_tables(app::registered_types()));
  const std::string there =
      between(AUDITSHIP_SOURCE_DIR "/docs/configuration.md", "<!-- keys: begin", "<!-- keys: end");
  INFO(kAgain << "\n" << first_difference(there, made));
  CHECK((there == made));
}

TEST_CASE("the man page has the keys as they are declared", "[config]") {
  const std::string made = config::man_of(config::key_tables(app::registered_types()));
  const std::string there = between(AUDITSHIP_SOURCE_DIR "/packaging/man/auditship.yaml.5",
                                    ".\\\" keys: begin", ".\\\" keys: end");
  INFO(kAgain << "\n" << first_difference(there, made));
  CHECK((there == made));
}

TEST_CASE("each key has a type and a meaning, and stands in one table", "[config]") {
  std::vector<std::string> keys;
  for (const config::KeyTable& table : config::key_tables(app::registered_types())) {
    CHECK_FALSE(table.rows.empty());
    for (const yaml::KeyRow& row : table.rows) {
      INFO(table.title << ": " << row.key);
      CHECK_FALSE(row.type.empty());
      REQUIRE_FALSE(row.meaning.empty());
      CHECK(row.meaning.back() == '.');
      CHECK(row.meaning.find('\n') == std::string::npos);
      keys.push_back(row.key);
    }
  }
  std::sort(keys.begin(), keys.end());
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
}

TEST_CASE("a man page takes the same words in its own marks", "[config]") {
  const std::vector<config::KeyTable> tables = {
      {"Parser `x`",
       "",
       {{"a.b", "`c` or `d`", "", "See [there](x.md), a-b, **not** c\\d, [e]."}}}};
  CHECK(config::man_of(tables) ==
        ".SS Parser \\fBx\\fR\n.TP\n.B a.b\n\\fBc\\fR or \\fBd\\fR. See there, a\\-b, not c\\ed, "
        "[e].\n");
}

}  // namespace
}  // namespace auditship
