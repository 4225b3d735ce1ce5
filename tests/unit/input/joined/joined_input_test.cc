// Records in parts, read through an input that joins them: whole, once each, however often the process dies.
#include "agent/input/joined/joined_input.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/memory_journal.h"
#include "tests/support/sim_clock.h"

namespace auditship {
namespace {

using input::joined::JoinedInput;
using test::MemoryJournal;
using test::MemoryJournalInput;

std::string cri(const std::string& stream, char tag, const std::string& text) {
  return "2026-11-28T19:00:00.1Z " + stream + " " + tag + " " + text;
}

struct Lab {
  MemoryJournal journal;
  test::SimClock clock;
  JoinedInput input{std::make_unique<MemoryJournalInput>(journal, event::IdScope{"c", "n", "s"}),
                    clock,
                    {1 << 20}};
  std::vector<event::RawLine> records;

  std::unique_ptr<input::Source> open(const std::optional<event::Checkpoint>& resume = {}) {
    auto source = input.open(MemoryJournalInput::kName, resume);
    REQUIRE(source);
    return std::move(*source);
  }
  std::vector<std::string> read(input::RecordReader& source, std::size_t max_bytes = 1 << 20) {
    REQUIRE(source.read(records, max_bytes));
    std::vector<std::string> texts;
    for (const event::RawLine& record : records) {
      texts.emplace_back(record.text);
    }
    return texts;
  }
};

}  // namespace

TEST_CASE("the position stays before a first part until the last one was read", "[input]") {
  Lab lab;
  lab.journal.append("plain");
  lab.journal.append(cri("stdout", 'F', "whole"));
  const auto source = lab.open();
  CHECK(lab.read(*source).size() == 2);
  const event::Cursor before = source->position();
  lab.journal.append("between");
  lab.journal.append(cri("stdout", 'P', "one "));
  CHECK(lab.read(*source).empty());
  CHECK(source->position() == before);
  CHECK(source->checkpoint().position == before);
  CHECK(source->progress().backlog_bytes > 0);
  const std::uint64_t counted = source->progress().bytes;
  lab.journal.append(cri("stdout", 'F', "two"));
  lab.journal.append("behind");
  CHECK(lab.read(*source) == std::vector<std::string>{"between", cri("stdout", 'F', "one two")});
  CHECK(source->position() != before);
  CHECK(source->progress().bytes > counted);
  CHECK(lab.read(*source) == std::vector<std::string>{"behind"});
}

TEST_CASE("a part that nobody goes on with is given out at the end of the log", "[input]") {
  Lab lab;
  lab.journal.append(cri("stdout", 'P', "left "));
  const auto source = lab.open();
  CHECK(lab.read(*source).empty());
  lab.clock.advance(std::chrono::seconds(4));
  CHECK(lab.read(*source).empty());
  lab.clock.advance(std::chrono::seconds(2));
  CHECK(lab.read(*source) == std::vector<std::string>{cri("stdout", 'F', "left ")});
  CHECK(lab.read(*source).empty());
  CHECK(lab.open(source->checkpoint())->position() == source->position());
}

// Else a quiet log whose records come one by one would hold them back until twice the limit of a line was read.
TEST_CASE("a part that nobody goes on with is given out although other records come", "[input]") {
  Lab lab;
  lab.journal.append(cri("stderr", 'P', "left "));
  const auto source = lab.open();
  std::vector<std::string> seen;
  for (int i = 0; i < 8 && seen.empty(); ++i) {
    lab.journal.append(cri("stdout", 'F', std::to_string(i)));
    seen = lab.read(*source);
    lab.clock.advance(std::chrono::seconds(1));
  }
  REQUIRE(seen.size() == 7);
  CHECK(seen.back() == cri("stderr", 'F', "left "));
  lab.journal.append(cri("stdout", 'F', "next"));
  CHECK(lab.read(*source) == std::vector<std::string>{cri("stdout", 'F', "next")});
}

TEST_CASE("an error while a record waits changes nothing", "[input]") {
  Lab lab;
  lab.journal.append(cri("stdout", 'P', "one "));
  const auto source = lab.open();
  CHECK(lab.read(*source).empty());
  lab.journal.append(cri("stdout", 'F', "two"));
  lab.journal.fail_reads(1);
  CHECK_FALSE(source->read(lab.records, 100));
  CHECK(lab.read(*source) == std::vector<std::string>{cri("stdout", 'F', "one two")});
}

TEST_CASE("a range is joined, and what waits at its end is not lost", "[input]") {
  Lab lab;
  for (const char* text : {"a", "b"}) {
    lab.journal.append(cri("stdout", 'P', text));
  }
  lab.journal.append(cri("stdout", 'F', "c"));
  lab.journal.append(cri("stdout", 'P', "d"));
  const event::Cursor end{lab.journal.entries().back().cursor};
  auto range = lab.input.open_range(MemoryJournalInput::kName, {}, end);
  REQUIRE(range);
  CHECK(lab.read(**range, 1) == std::vector<std::string>{cri("stdout", 'F', "abc")});
  CHECK(lab.read(**range, 1) == std::vector<std::string>{cri("stdout", 'F', "d")});
  CHECK(lab.read(**range, 1).empty());
}

TEST_CASE("each record comes once, with one id, wherever the process dies", "[input]") {
  std::mt19937 random(20261129);
  for (int round = 0; round < 200; ++round) {
    Lab lab;
    for (int i = 0; i < 60; ++i) {
      const std::string stream = random() % 4 == 0 ? "stderr" : "stdout";
      const char tag = random() % 2 == 0 ? 'P' : 'F';
      lab.journal.append(random() % 5 == 0 ? "plain " + std::to_string(i)
                                           : cri(stream, tag, std::to_string(i) + ","));
    }
    lab.journal.append(cri("stdout", 'F', "end"));
    lab.journal.append(cri("stderr", 'F', "end"));
    using Seen = std::vector<std::pair<std::uint64_t, std::string>>;
    const auto add = [&lab](input::Source& source, std::size_t max_bytes, Seen& seen) {
      REQUIRE(source.read(lab.records, max_bytes));
      for (const event::RawLine& record : lab.records) {
        seen.emplace_back(record.id.sequence, record.text);
      }
      return !lab.records.empty();
    };
    Seen expected;
    auto whole = lab.open();
    while (add(*whole, 1 << 20, expected)) {
    }
    Seen seen;
    auto source = lab.open();
    while (add(*source, 1 + random() % 300, seen)) {
      if (random() % 3 == 0) {
        source = lab.open(source->checkpoint());
      }
    }
    const auto by_id = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::sort(expected.begin(), expected.end(), by_id);
    std::sort(seen.begin(), seen.end(), by_id);
    REQUIRE(seen == expected);
  }
}

}  // namespace auditship
