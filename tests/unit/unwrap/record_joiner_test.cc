// Records in parts become whole ones, at the place of their first part.
#include "agent/unwrap/record_joiner.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "agent/base/encoding/json_writer.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

const std::string kTime = "2026-11-28T19:00:00.1Z";

std::string cri(const std::string& stream, char tag, const std::string& text) {
  return kTime + " " + stream + " " + tag + " " + text;
}

std::string docker(const std::string& log) {
  std::string line = "{\"log\":";
  append_json_string(line, log);
  return line + R"(,"stream":"stdout","time":")" + kTime + "\"}";
}

// Lines of one file, one behind the other.
class Log {
 public:
  event::RawLine add(const std::string& text) {
    event::RawLine line;
    texts_.push_back(text);
    line.text = texts_.back();
    line.length = text.size();
    line.size_in_log = text.size() + 1;
    line.id.sequence = end_;
    end_ += line.size_in_log;
    return line;
  }

 private:
  std::deque<std::string> texts_;
  std::uint64_t end_ = 0;
};

}  // namespace

TEST_CASE("parts are joined, whole records stay as they are", "[unwrap]") {
  unwrap::RecordJoiner joiner(1 << 20, 1 << 10);
  Log log;
  std::vector<event::RawLine> lines = {log.add("no wrapper"), log.add(cri("stdout", 'P', "one ")),
                                       log.add(cri("stdout", 'P', "two ")),
                                       log.add(cri("stdout", 'F', "three")),
                                       log.add(cri("stdout", 'F', "whole"))};
  const event::RawLine first = lines[1];
  const event::RawLine last = lines[3];
  joiner.join(lines);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].text == "no wrapper");
  CHECK(lines[1].text == cri("stdout", 'F', "one two three"));
  CHECK(lines[1].length == lines[1].text.size());
  CHECK(lines[1].id == first.id);
  CHECK(lines[1].size_in_log == last.id.sequence + last.size_in_log - first.id.sequence);
  CHECK(lines[2].text == cri("stdout", 'F', "whole"));
  CHECK_FALSE(joiner.waits());
}

TEST_CASE("parts of docker, of several reads, and of both streams in turn", "[unwrap]") {
  unwrap::RecordJoiner joiner(1 << 20, 1 << 10);
  Log log;
  std::vector<event::RawLine> lines = {log.add(docker("\"a\" ")), log.add(cri("stderr", 'P', "e"))};
  joiner.join(lines);
  CHECK(lines.empty());
  CHECK(joiner.waits());
  lines = {log.add(docker("b\n"))};
  joiner.join(lines);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].text == cri("stdout", 'F', "\"a\" b"));
  CHECK(joiner.waits());
  lines.clear();
  joiner.take_rest(lines);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].text == cri("stderr", 'F', "e"));
  CHECK_FALSE(joiner.waits());
}

TEST_CASE("a part that never goes on does not hold the log for ever", "[unwrap]") {
  unwrap::RecordJoiner joiner(1000, 100);
  Log log;
  std::vector<event::RawLine> lines = {log.add(cri("stderr", 'P', "left"))};
  std::vector<std::string> texts;
  for (int i = 0; i < 60; ++i) {
    lines.push_back(log.add(cri("stdout", 'F', "more")));
    joiner.join(lines);
    for (const event::RawLine& line : lines) {
      texts.emplace_back(line.text);
    }
    lines.clear();
  }
  CHECK_FALSE(joiner.waits());
  CHECK(texts.size() == 61);
  CHECK(std::find(texts.begin(), texts.end(), cri("stderr", 'F', "left")) != texts.end());
}

// A million lines of two bytes behind a part took a hundred times their size.
TEST_CASE("short records behind a part count for what they take in memory", "[unwrap]") {
  constexpr std::uint64_t kMax = 100'000;
  unwrap::RecordJoiner joiner(kMax, 1000);
  Log log;
  std::vector<event::RawLine> lines = {log.add(cri("stderr", 'P', "left"))};
  joiner.join(lines);
  std::size_t kept = 0;
  while (joiner.waits()) {
    lines = {log.add("x")};
    joiner.join(lines);
    kept += lines.size();
    REQUIRE(kept < 10'000);
  }
  CHECK(kept * sizeof(event::RawLine) <= 2 * kMax);
}

TEST_CASE("a joined record over the limit is cut as a line is", "[unwrap]") {
  constexpr std::uint64_t kMax = 300;
  constexpr std::uint64_t kTail = 100;
  for (std::size_t size = 200; size < 420; ++size) {
    unwrap::RecordJoiner joiner(kMax, kTail);
    Log log;
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
      text.push_back(static_cast<char>('a' + i % 23));
    }
    std::vector<event::RawLine> lines;
    for (std::size_t at = 0; at < size; at += 60) {
      lines.push_back(log.add(cri("stdout", at + 60 < size ? 'P' : 'F', text.substr(at, 60))));
    }
    joiner.join(lines);
    const std::string whole = cri("stdout", 'F', text);
    REQUIRE(lines.size() == 1);
    REQUIRE(lines[0].length == whole.size());
    REQUIRE(lines[0].cut == (whole.size() > kMax));
    if (!lines[0].cut) {
      REQUIRE(lines[0].text == whole);
      continue;
    }
    REQUIRE(lines[0].text == whole.substr(0, kMax - kTail));
    REQUIRE(lines[0].tail == whole.substr(whole.size() - kTail));
    REQUIRE(lines[0].digest == Sha256().of(whole));
  }
}

TEST_CASE("however a log is read, its records are the same, also after a restart in between",
          "[unwrap]") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    Log log;
    std::vector<event::RawLine> all;
    for (int i = 0; i < 30; ++i) {
      const std::string stream = random() % 3 == 0 ? "stderr" : "stdout";
      all.push_back(log.add(cri(stream, random() % 2 == 0 ? 'P' : 'F', std::to_string(i) + ",")));
    }
    all.push_back(log.add(cri("stdout", 'F', "end")));
    all.push_back(log.add(cri("stderr", 'F', "end")));
    const auto texts_of = [](const std::vector<event::RawLine>& lines) {
      std::vector<std::pair<std::uint64_t, std::string>> out;
      for (const event::RawLine& line : lines) {
        out.emplace_back(line.id.sequence, line.text);
      }
      return out;
    };
    unwrap::RecordJoiner joiner(1 << 20, 1 << 10);
    std::vector<event::RawLine> at_once = all;
    joiner.join(at_once);
    const auto expected = texts_of(at_once);
    // Again in pieces. The process dies after some of them: what was committed is the last place where nothing waits.
    std::vector<std::pair<std::uint64_t, std::string>> seen;
    std::size_t next = 0;
    std::size_t committed = 0;
    std::optional<unwrap::RecordJoiner> pieces(std::in_place, 1 << 20, 1 << 10);
    while (next < all.size()) {
      const std::size_t count = std::min<std::size_t>(1 + random() % 5, all.size() - next);
      std::vector<event::RawLine> lines(all.begin() + static_cast<std::ptrdiff_t>(next),
                                        all.begin() + static_cast<std::ptrdiff_t>(next + count));
      next += count;
      pieces->join(lines);
      for (const auto& each : texts_of(lines)) {
        if (std::find(seen.begin(), seen.end(), each) == seen.end()) {
          seen.push_back(each);
        }
      }
      if (!pieces->waits()) {
        committed = next;
      }
      if (random() % 4 == 0) {
        next = committed;
        pieces.emplace(1 << 20, 1 << 10);
        if (random() % 8 == 0) {
          break;
        }
      }
    }
    // Whatever was seen is one of the records, with its id.
    for (const auto& each : seen) {
      REQUIRE(std::find(expected.begin(), expected.end(), each) != expected.end());
    }
  }
}

}  // namespace auditship
