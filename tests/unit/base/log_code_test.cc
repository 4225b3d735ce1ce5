#include "agent/base/log_code.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "tests/support/catch.h"

using namespace auditship;

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Code to "what to do" of docs/log-codes.md.
std::map<std::string, std::string> documented() {
  static const std::regex kRow(R"(^\| `([a-z0-9-]+)` \| (.+) \| (.+) \|$)");
  std::map<std::string, std::string> rows;
  std::istringstream lines(text_of(std::string(AUDITSHIP_SOURCE_DIR) + "/docs/log-codes.md"));
  for (std::string line; std::getline(lines, line);) {
    if (std::smatch match; std::regex_match(line, match, kRow)) {
      CHECK(rows.emplace(match[1], match[3]).second);
    }
  }
  return rows;
}

// The text of all sources but the table.
std::string sources() {
  std::string all;
  for (const char* top : {"agent", "parsers", "sinks"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             std::string(AUDITSHIP_SOURCE_DIR) + "/" + top)) {
      if (entry.path().extension() == ".cc" ||
          (entry.path().extension() == ".h" && entry.path().filename() != "log_code_table.h")) {
        all += text_of(entry.path());
      }
    }
  }
  return all;
}

}  // namespace

static_assert(is_log_code("buffer-full"));
static_assert(!is_log_code("buffer-fully"));
static_assert(!is_log_code(""));
static_assert(is_log_code("opensearch-", "busy"));
static_assert(!is_log_code("opensearch-", "usy"));
static_assert(!is_log_code("opensearch", "busy"));

TEST_CASE("the documentation has each code with the hint that the log says", "[log_code]") {
  auto rows = documented();
  REQUIRE(kLogCodes.size() > 60);
  for (const LogCodeRow& row : kLogCodes) {
    INFO(row.code);
    std::string sentence(row.hint);
    CHECK(sentence.size() >= 10);
    CHECK(sentence.size() <= 200);
    sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
    CHECK(rows[std::string(row.code)] == sentence + ".");
  }
  CHECK(rows.size() == kLogCodes.size());
}

TEST_CASE("each code of the table is said somewhere", "[log_code]") {
  const std::string all = sources();
  const auto is_said = [&all](std::string_view code) {
    return all.find('"' + std::string(code) + '"') != std::string::npos;
  };
  constexpr std::string_view kSink = "opensearch-";
  for (const LogCodeRow& row : kLogCodes) {
    INFO(row.code);
    CHECK((is_said(row.code) ||
           (row.code.starts_with(kSink) && is_said(row.code.substr(kSink.size())))));
  }
  CHECK_FALSE(is_said("brand-new-code"));
}

TEST_CASE("a code made at run time keeps its name, and has a hint where there is a row",
          "[log_code]") {
  CHECK(LogCode::at_run_time("opensearch-busy").name() == "opensearch-busy");
  CHECK_FALSE(hint_for("opensearch-busy").empty());
  CHECK(LogCode::at_run_time("made-up").name() == "made-up");
  CHECK(hint_for("made-up").empty());
}
