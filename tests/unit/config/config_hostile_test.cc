// Texts that are made to harm: each is refused with a message, soon and without a crash.
#include <chrono>

#include "agent/rules/rule_file.h"
#include "agent/yaml/yaml_document.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

std::string refusal(std::string_view text) {
  const auto document = yaml::parse_yaml("f.yaml", text);
  return document ? "read" : document.error().message;
}

void has(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("bytes that are not text are refused with their place", "[config]") {
  has(refusal(std::string_view("a: b\nc: \0d\n", 11)), "f.yaml:2:4: a NUL byte");
  has(refusal("a: \x1b[2J\n"), "f.yaml:1:4: a control character");
  has(refusal("a: \xff\n"), "not UTF-8");
  has(refusal("a:\n\tb: c\n"), "f.yaml:2:1: a tab in the indentation");
  has(refusal(std::string_view("\xff\xfe"
                               "a\0",
                               4)),
      "NUL");
  has(refusal(repeated("a", (1 << 20) + 1)), "larger than 1 MiB");
}

TEST_CASE("broken YAML is refused with its place", "[config]") {
  has(refusal("a: [b\n"), "f.yaml:");
  has(refusal("a: b: c\n"), "f.yaml:1:");
  has(refusal("a: 'b\nc: d\n"), "f.yaml:1:4: the quote is not closed");
  has(refusal("c: d\na: \"b\\\"\nc: d\n"), "f.yaml:2:4: the quote is not closed");
  has(refusal("a: 'it''s'\nb: \"\\\"\""), "read");
  has(refusal("- a\nb: c\n"), "something follows the end");
  has(refusal("{\"a\": \"b\"} x\n"), "something follows the end");
  has(refusal("a: *unknown\n"), "f.yaml:1:");
  has(refusal("%YAML 9.9\n---\na: b\n"), "f.yaml");
}

TEST_CASE("keys that are given twice or are no text are refused", "[config]") {
  has(refusal("a: 1\nb: 2\na: 3\n"), "f.yaml:3:1: the key \"a\" is given twice; first in line 1");
  has(refusal("? [a]\n: b\n"), "expected a key that is text");
  has(refusal("? {a: b}\n: b\n"), "expected a key that is text");
  has(refusal("x: &x {a: b}\ny: {<<: *x}\n"), "merge keys");
}

TEST_CASE("aliases are followed, but not without end", "[config]") {
  const auto document = yaml::parse_yaml("f", "a: &a [x, y]\nb: *a\n");
  REQUIRE(document.ok());
  CHECK(document->root.members.at(1).value.items.at(1).text == "y");
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [" + repeated("*" + before + ",", 9) + "*" + before +
            "]\n";
  }
  has(refusal(bomb), "too large or too deep");
  has(refusal("a: &a [*a]\n"), "f.yaml:1:");
}

TEST_CASE("deep nesting in every style is refused", "[config]") {
  const auto began = std::chrono::steady_clock::now();
  has(refusal(repeated("[", 40) + repeated("]", 40)), "f.yaml:1:33: nested deeper");
  for (const char* text : {"[", "{", "- ", "? ", "[{a: ", "&a [", "!!seq [", "\"a\": {", "a: {"}) {
    INFO(text);
    CHECK(refusal(repeated(text, 100'000)) != "read");
  }
  // Not a time limit to pass: a guard against minutes.
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(60));
}

TEST_CASE("many values are refused before they fill the memory", "[config]") {
  has(refusal("[" + repeated("1,", 200'000) + "1]"), "more than 100000 values");
}

TEST_CASE("CRLF line ends, a byte order mark and comments are fine", "[config]") {
  CHECK(refusal("\xef\xbb\xbf"
                "a: b\r\n# c\r\n") == "read");
  const auto document = yaml::parse_yaml("f", "a: b\r\n");
  REQUIRE(document.ok());
  CHECK(document->root.members.at(0).value.text == "b");
}

TEST_CASE("a second document is noticed", "[config]") {
  CHECK_FALSE(yaml::parse_yaml("f", "a: b\n# end\n")->more_documents);
  CHECK(yaml::parse_yaml("f", "a: b\n---\nc: d\n")->more_documents);
  CHECK_FALSE(yaml::parse_yaml("f", "---\na: b\n...\n")->more_documents);
}

}  // namespace
}  // namespace auditship
