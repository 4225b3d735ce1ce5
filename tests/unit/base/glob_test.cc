#include "agent/base/glob.h"

#include <string>

#include "tests/support/catch.h"

namespace auditship {
namespace {

TEST_CASE("a star in a glob matches any run and a question mark one byte", "[glob]") {
  CHECK(glob_match("*", ""));
  CHECK(glob_match("kubectl/*", "kubectl/v1.31"));
  CHECK_FALSE(glob_match("kubectl/*", "xkubectl/v1.31"));
  CHECK(glob_match("*curl*", "a curl b"));
  CHECK(glob_match("a?c", "abc"));
  CHECK_FALSE(glob_match("a?c", "ac"));
  CHECK(glob_match("a*b*c", "a--b--b--c"));
  CHECK_FALSE(glob_match("a*b*c", "a--b--b--"));
  CHECK_FALSE(glob_match("", "a"));
  CHECK(glob_match("", ""));
}

TEST_CASE("a hostile glob on a hostile text ends soon", "[glob]") {
  std::string pattern;
  for (int i = 0; i < 500; ++i) {
    pattern += "a*";
  }
  CHECK_FALSE(glob_match(pattern + "b", std::string(4096, 'a')));
}

TEST_CASE("glob components match as a shell's do", "[glob]") {
  REQUIRE(path_glob_match("*.log", "audit.log"));
  REQUIRE(path_glob_match("a*b*c", "aXbYbZc"));
  REQUIRE_FALSE(path_glob_match("a*b*c", "aXbYbZ"));
  REQUIRE(path_glob_match("aud?t.log", "audit.log"));
  REQUIRE_FALSE(path_glob_match("aud?t.log", "audt.log"));
  REQUIRE(path_glob_match("[a-c]x", "bx"));
  REQUIRE_FALSE(path_glob_match("[!a-c]x", "bx"));
  REQUIRE(path_glob_match("[]a]", "]"));
  REQUIRE(path_glob_match("[a-]", "-"));
  REQUIRE(path_glob_match("x[*]", "x*"));
  REQUIRE(path_glob_match("[open", "[open"));
  REQUIRE_FALSE(path_glob_match("*", ".hidden"));
  REQUIRE(path_glob_match(".*", ".hidden"));
  REQUIRE(path_glob_match("*", ""));
  REQUIRE_FALSE(path_glob_match("", "a"));
  // Linear: this would take for ever with a backtracking matcher.
  REQUIRE_FALSE(path_glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));
}

TEST_CASE("a bracket is itself unless sets are known", "[glob]") {
  CHECK(glob_match("[ab]", "[ab]"));
  CHECK_FALSE(glob_match("[ab]", "a"));
  CHECK(glob_match("[ab]", "a", GlobSets::known));
}

}  // namespace
}  // namespace auditship
