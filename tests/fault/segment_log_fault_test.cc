// The n-th call of the file system fails, the process dies behind it, the power goes; a byte
// anywhere is wrong. After each of them the log opens, and every document is settled, handed out,
// in a lost range, or read again.
#include "agent/buffer/segment_log.h"
#include "tests/support/buffer_rig.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::test;

namespace {

// What a run knows for certain about its buffer.
struct Known {
  std::uint64_t settled = 0;  // documents settled, stored without an error
  std::uint64_t sent = 0;     // documents handed out by next()
  event::FrameId sent_frame = 0;
  bool failed = false;
};

// A life of a buffer: frames, syncs, settling, rolling. Stops at the first error, as the agent
// does.
Known live(BufferRig& rig, std::uint64_t rounds) {
  Known known;
  const auto fail = [&] {
    known.failed = true;
    return known;
  };
  if (!rig.open()) {
    return fail();
  }
  known.settled = rig.log->ack(0).ledger.accounted();
  std::vector<std::pair<event::FrameId, std::uint64_t>> flying;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    if (!rig.add(1 + i % 3)) {
      return fail();
    }
    while (true) {
      auto frame = rig.log->next(0);
      if (!frame) {
        return fail();
      }
      if (!*frame) {
        break;
      }
      flying.emplace_back((*frame)->id, (*frame)->batch.documents);
      known.sent_frame = (*frame)->id;
      const auto numbers = numbers_in((*frame)->batch);
      known.sent = numbers.empty() ? known.sent : std::max(known.sent, numbers.back() + 1);
    }
    if (i % 3 == 2) {
      buffer::AckState ack = rig.log->ack(0);
      for (std::size_t n = 0; n < flying.size() / 4 + 1; ++n) {
        ack.settled = flying[n].first;
        ack.ledger.created += flying[n].second;
      }
      flying.erase(flying.begin(),
                   flying.begin() + static_cast<std::ptrdiff_t>(flying.size() / 4 + 1));
      if (!rig.log->store(0, ack)) {
        return fail();
      }
      known.settled = ack.ledger.created;
    }
  }
  return known;
}

void check_recovery(BufferRig& rig, const Known& known) {
  const Status status = rig.open();
  INFO((status ? std::string() : status.error().message));
  REQUIRE(status.ok());
  REQUIRE(rig.resume() >= known.sent);  // what was sent is not read again: B4
  const std::uint64_t made = rig.log->ledger().documents;
  REQUIRE(made == rig.resume());
  const std::uint64_t accounted = rig.log->ack(0).ledger.accounted();
  REQUIRE(accounted >= known.settled);
  const auto drained = rig.drain();
  REQUIRE(drained.error.empty());
  REQUIRE_FALSE(drained.wrong);
  REQUIRE(drained.lost == 0);
  REQUIRE(drained.lost_ranges.empty());
  REQUIRE(accounted + drained.documents.size() == made);
  if (!drained.documents.empty()) {
    REQUIRE(*drained.documents.begin() == accounted);
    REQUIRE(*drained.documents.rbegin() == made - 1);
  }
  const event::FrameId last = rig.log->last();
  REQUIRE(last >= known.sent_frame);
  REQUIRE(rig.add(2).ok());
  REQUIRE(rig.log->last() > last);
  REQUIRE(rig.drain().documents.size() == 2);
}

}  // namespace

TEST_CASE("whichever call fails, and however, the next start finds every document",
          "[buffer][fault]") {
  const auto how = GENERATE(SimFault{Error{Errc::io, "Input/output error"}, false},
                            SimFault{Error{Errc::io, "Input/output error"}, true},
                            SimFault{Error{Errc::no_space, "No space left on device"}, true});
  std::uint64_t call = 0;
  bool failed = true;
  while (failed) {
    ++call;
    BufferRig rig;
    rig.fs.fail_call(call, how);
    const Known known = live(rig, 12);
    INFO("call " << call << ": " << how.error.message);
    failed = rig.fs.calls() >= call;
    rig.log.reset();
    rig.fs.restart();
    check_recovery(rig, known);
  }
  CHECK(call > 100);
}

TEST_CASE("a crash behind any call leaves every document to the next start", "[buffer][fault]") {
  const bool power = GENERATE(false, true);
  std::uint64_t call = 0;
  bool crashed = true;
  while (crashed) {
    ++call;
    for (std::uint64_t seed = 0; seed < (power ? 8 : 1); ++seed) {
      BufferRig rig;
      rig.fs.crash_at(call);
      const Known known = live(rig, 12);
      INFO((power ? "power cut" : "kill") << " at call " << call << " seed " << seed);
      crashed = rig.fs.calls() >= call;
      rig.log.reset();
      SimRng rng(call * 100 + seed);
      power ? rig.fs.power_cut(rng) : rig.fs.restart();
      check_recovery(rig, known);
    }
  }
  CHECK(call > 100);
}

TEST_CASE("a crash during recovery is recovered from", "[buffer][fault]") {
  for (std::uint64_t first = 20; first < 160; first += 7) {
    bool crashed = true;
    for (std::uint64_t call = 1; crashed; ++call) {
      BufferRig rig;
      rig.fs.crash_at(first);
      const Known known = live(rig, 12);
      rig.log.reset();
      SimRng rng(first * 1000 + call);
      rig.fs.power_cut(rng);
      rig.fs.crash_at(rig.fs.calls() + call);
      crashed = !rig.open().ok();
      rig.log.reset();
      rig.fs.power_cut(rng);
      INFO("crash at call " << first << ", then at call " << call << " of the recovery");
      check_recovery(rig, known);
    }
  }
}

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

Files files_of(BufferRig& rig) {
  Files files;
  const auto names = rig.fs.list(rig.options.directory);
  for (const std::string& name : *names) {
    const std::string path = join_path(rig.options.directory, name);
    files.emplace_back(path, rig.fs.get(path));
  }
  return files;
}

void restore(BufferRig& rig, const Files& files) {
  rig.log.reset();
  rig.fs.restart();
  const auto names = rig.fs.list(rig.options.directory);
  for (const std::string& name : *names) {
    rig.fs.unlink(join_path(rig.options.directory, name));
  }
  for (const auto& [path, bytes] : files) {
    rig.fs.put(path, bytes);
  }
}

// Nothing is lost in silence: each of the documents [settled, all) is handed out, in a lost range, or
// will be read again.
void check_accounted(BufferRig& rig, std::uint64_t settled, std::uint64_t all) {
  const auto drained = rig.drain();
  REQUIRE(drained.error.empty());
  REQUIRE_FALSE(drained.wrong);
  std::set<std::uint64_t> open;
  for (std::uint64_t n = settled; n < std::min(all, rig.resume()); ++n) {
    open.insert(n);
  }
  for (const std::uint64_t n : drained.documents) {
    open.erase(n);
  }
  for (const buffer::LostRange& range : drained.lost_ranges) {
    for (std::uint64_t n = document_at(range.from.position); n < document_at(range.to); ++n) {
      open.erase(n);
    }
  }
  REQUIRE(open.empty());
  REQUIRE(rig.log->ledger().documents ==
          rig.log->ack(0).ledger.accounted() + drained.documents.size() + drained.lost);
  REQUIRE(rig.add(1).ok());
}

}  // namespace

TEST_CASE(
    "a wrong bit in any byte of any file: it opens, keeps what is intact, loses nothing in silence",
    "[buffer][fault]") {
  BufferRig rig;
  const Known known = live(rig, 18);
  REQUIRE_FALSE(known.failed);
  const std::uint64_t all = rig.resume();
  const Files files = files_of(rig);
  REQUIRE(files.size() >= 4);  // lock, ack, two segments
  std::uint64_t handed_out = 0;
  for (const auto& [path, bytes] : files) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      restore(rig, files);
      rig.fs.flip_bit(path, at, static_cast<unsigned>(at % 8));
      INFO(path << " byte " << at);
      const Status status = rig.open();
      INFO((status ? std::string() : status.error().message));
      REQUIRE(status.ok());
      check_accounted(rig, known.settled, all);
      ++handed_out;
    }
  }
  CHECK(handed_out > 8192);
}

TEST_CASE(
    "files of the buffer cut short, emptied or overwritten: it opens and loses nothing in silence",
    "[buffer][fault]") {
  BufferRig rig;
  const Known known = live(rig, 18);
  const std::uint64_t all = rig.resume();
  const Files files = files_of(rig);
  SimRng rng(5);
  for (const auto& [path, bytes] : files) {
    for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 200) {
      restore(rig, files);
      if (rng.one_in(2)) {
        rig.fs.truncate(path, size);
      } else {
        std::string noise(1 + rng.below(bytes.size() - size), '\0');
        for (char& c : noise) {
          c = static_cast<char>(rng.next());
        }
        rig.fs.write(path, size, noise);
      }
      INFO(path << " from byte " << size);
      REQUIRE(rig.open().ok());
      check_accounted(rig, known.settled, all);
    }
  }
}
