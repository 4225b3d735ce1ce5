#include "agent/logging/log_deduplicator.h"

#include "tests/support/catch.h"

using namespace auditship;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kStart = TimePoint() + 1h;

logging::LogLine line(const std::string& head, LogLevel level = LogLevel::warn) {
  return logging::LogLine{level, head, " a=1"};
}

// What a log would show: "x", and "x*3" for three repeats.
struct Shown {
  logging::LogDeduplicator repeats{60s};
  std::vector<std::string> lines;

  void add(const std::vector<logging::RepeatedLine>& counted) {
    for (const logging::RepeatedLine& one : counted) {
      lines.push_back(one.line.head + '*' + std::to_string(one.times));
    }
  }
  void write(const logging::LogLine& one, TimePoint now) {
    if (repeats.fresh(one, now)) {
      add(repeats.take_all(now));
      lines.push_back(one.head);
      add(repeats.said(one, now));
    }
  }
  void tick(TimePoint now) { add(repeats.take(now)); }
  std::vector<std::string> take() { return std::exchange(lines, {}); }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("what repeats within the window is counted and said once, when the window ends",
          "[log_deduplicator]") {
  Shown log;
  for (int i = 0; i < 5; ++i) {
    log.write(line("down"), kStart + i * 1s);
  }
  CHECK(log.take() == Lines{"down"});
  CHECK(log.repeats.next() == kStart + 60s);
  log.tick(kStart + 59s);
  CHECK(log.take().empty());
  log.tick(kStart + 60s);
  CHECK(log.take() == Lines{"down*4"});
  CHECK(log.repeats.next() == TimePoint::max());
  // It goes on: a window later its count, not the line again.
  log.write(line("down"), kStart + 70s);
  CHECK(log.take().empty());
  log.tick(kStart + 120s);
  CHECK(log.take() == Lines{"down*1"});
  log.tick(kStart + 180s);
  log.write(line("down"), kStart + 181s);
  CHECK(log.take() == Lines{"down"});
}

TEST_CASE("another line is said behind the counts of those before it, and is never late",
          "[log_deduplicator]") {
  Shown log;
  for (int i = 0; i < 3; ++i) {  // two streams in turn
    log.write(line("one"), kStart);
    log.write(line("two"), kStart);
  }
  CHECK(log.take() == Lines{"one", "two"});
  log.write(line("bad", LogLevel::error), kStart + 1s);
  CHECK(log.take() == Lines{"one*2", "two*2", "bad"});
  log.write(line("one", LogLevel::error), kStart + 1s);  // another level is another line
  CHECK(log.take() == Lines{"one"});
  logging::LogLine other = line("one");
  other.tail = " a=2";
  log.write(other, kStart + 1s);
  CHECK(log.take() == Lines{"one"});
}

TEST_CASE("a window that nobody took in time loses no count", "[log_deduplicator]") {
  Shown log;
  log.write(line("down"), kStart);
  log.write(line("down"), kStart + 1s);
  log.write(line("down"), kStart + 100s);
  log.tick(kStart + 100s);
  CHECK(log.take() == Lines{"down", "down*2"});
}

TEST_CASE("memory is bounded, and what is forgotten is counted to the last", "[log_deduplicator]") {
  Shown log;
  std::uint64_t said = 0, written = 0;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < logging::LogDeduplicator::kMostLines + 7; ++i) {
      for (int n = 0; n < 2; ++n, ++written) {
        log.write(line("line " + std::to_string(i)), kStart + 1s * round);
      }
    }
  }
  log.add(log.repeats.take_all(kStart + 10s));
  for (const std::string& shown : log.take()) {
    const std::size_t star = shown.find('*');
    said += star == std::string::npos ? 1 : std::stoull(shown.substr(star + 1));
  }
  CHECK(said == written);
  const logging::LogLine huge = line(std::string(logging::LogDeduplicator::kMostBytes, 'x'));
  log.write(huge, kStart);
  log.write(huge, kStart);
  CHECK(log.take().size() == 2);
}
