#include "agent/buffer/segment_log.h"

#include "agent/base/encoding/binary_io.h"
#include "agent/base/encoding/crc32c.h"
#include "tests/support/buffer_rig.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::test;

namespace {

std::vector<std::string> segments_of(BufferRig& rig) {
  std::vector<std::string> paths;
  const auto names = rig.fs.list(rig.options.directory);
  for (const std::string& name : *names) {
    if (name.starts_with("seg-")) {
      paths.push_back(join_path(rig.options.directory, name));
    }
  }
  return paths;
}

std::set<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
  std::set<std::uint64_t> out;
  for (; from < to; ++from) {
    out.insert(from);
  }
  return out;
}

// Where the n-th frame of a segment begins.
std::size_t frame_at(const std::string& bytes, std::size_t n) {
  std::size_t at = bytes.find("ASF1");
  while (n-- > 0) {
    at = bytes.find("ASF1", at + 1);
  }
  return at;
}

}  // namespace

TEST_CASE("synced frames are handed out in order, each once", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.add(3).ok());
  REQUIRE(rig.add(2).ok());
  auto drained = rig.drain();
  CHECK(drained.documents == range(0, 5));
  CHECK(drained.last == 2);
  REQUIRE(rig.add(4).ok());
  CHECK(rig.drain().documents == range(5, 9));
  CHECK(rig.drain().documents.empty());
}

TEST_CASE("a frame is not handed out before it is synced", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.log->append(numbered_batch(0, 2, 0)).ok());
  CHECK(rig.drain().documents.empty());
  CHECK(rig.log->synced() == 0);
  REQUIRE(rig.log->sync().ok());
  CHECK(rig.drain().documents == range(0, 2));
}

TEST_CASE("after a restart unsettled frames are handed out again, settled ones are not",
          "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  for (int i = 0; i < 4; ++i) {
    REQUIRE(rig.add(2).ok());
  }
  REQUIRE(rig.settle(2, 4).ok());
  rig.log.reset();
  rig.fs.restart();
  REQUIRE(rig.open().ok());
  CHECK(rig.log->last() == 4);
  CHECK(rig.resume() == 8);
  CHECK(rig.log->ledger().documents == 8);
  CHECK(rig.log->ack(0).ledger.created == 4);
  CHECK(rig.drain().documents == range(4, 8));
  CHECK(rig.log->damage().cut_bytes == 0);
}

TEST_CASE("segments roll, and go once they are settled, but never the newest", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  for (int i = 0; i < 20; ++i) {
    REQUIRE(rig.add(3).ok());
  }
  const std::size_t many = segments_of(rig).size();
  CHECK(many > 3);
  CHECK(rig.segments() == many);
  CHECK(rig.drain().documents == range(0, 60));
  REQUIRE(rig.settle(20, 60).ok());
  CHECK(segments_of(rig).size() == 1);
  CHECK(rig.log->bytes() == rig.fs.get(segments_of(rig)[0]).size());
  rig.log.reset();
  REQUIRE(rig.open().ok());
  CHECK(rig.resume() == 60);
  REQUIRE(rig.add(1).ok());
  CHECK(rig.log->last() == 21);
  CHECK(rig.drain().documents == range(60, 61));
}

TEST_CASE("a torn last frame is cut and read again", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.add(2).ok());
  REQUIRE(rig.add(3).ok());
  rig.log.reset();
  const std::string path = segments_of(rig)[0];
  rig.fs.truncate(path, rig.fs.get(path).size() - 5);
  REQUIRE(rig.open().ok());
  CHECK(rig.resume() == 2);
  CHECK(rig.log->ledger().documents == 2);
  CHECK(rig.log->damage().cut_bytes > 0);
  REQUIRE(rig.add(3).ok());
  const auto drained = rig.drain();
  CHECK(drained.documents == range(0, 5));
  CHECK(drained.lost == 0);
  CHECK(drained.lost_ranges.empty());
}

TEST_CASE("a frame that does not join is cut, however good its checksum (B1)", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.add(2).ok());
  rig.log.reset();
  const std::string path = segments_of(rig)[0];
  SECTION("a number is left out") {
    rig.fs.append(path, buffer::encode_frame_front(3, numbered_batch(2, 4, 2)) +
                            numbered_batch(2, 4, 2).body);
  }
  SECTION("bytes of the source are left out") {
    rig.fs.append(path, buffer::encode_frame_front(2, numbered_batch(3, 4, 2)) +
                            numbered_batch(3, 4, 2).body);
  }
  REQUIRE(rig.open().ok());
  CHECK(rig.resume() == 2);
  CHECK(rig.drain().documents == range(0, 2));
}

TEST_CASE("numbers that may have been sent are not used again (B2)", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  for (int i = 0; i < 3; ++i) {
    REQUIRE(rig.add(2).ok());
  }
  REQUIRE(rig.settle(3, 6).ok());
  rig.log.reset();
  const std::string path = segments_of(rig)[0];
  rig.fs.truncate(path, frame_at(rig.fs.get(path), 1));
  REQUIRE(rig.open().ok());
  CHECK(rig.log->last() >= 3);
  CHECK(rig.resume() == 2);
  CHECK(rig.log->ack(0).doubted ==
        buffer::AckState::
            kAllDoubted);  // frames 2 and 3 were sent, and come again under other numbers
  CHECK(rig.log->ledger().documents == rig.log->ack(0).ledger.accounted());
  REQUIRE(rig.add(4).ok());
  CHECK(rig.log->last() > 3);
  const auto drained = rig.drain();
  CHECK(drained.documents == range(2, 6));
  CHECK(drained.lost == 0);
}

TEST_CASE("a sent frame that is cut puts what is read again in doubt", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.add(2).ok());
  REQUIRE(rig.add(2).ok());
  buffer::AckState ack = rig.log->ack(0);
  ack.targets[2] = "index-000001";
  REQUIRE(rig.log->store(0, ack).ok());
  rig.log.reset();
  const std::string path = segments_of(rig)[0];
  rig.fs.truncate(path, rig.fs.get(path).size() - 1);
  REQUIRE(rig.open().ok());
  CHECK(rig.log->ack(0).doubted == buffer::AckState::kAllDoubted);
  CHECK(rig.log->ack(0).targets.empty());
}

TEST_CASE(
    "a full buffer takes no more until something is settled, but an empty one always takes a frame "
    "(B6)",
    "[buffer]") {
  BufferRig rig;
  rig.options.max_bytes = 4000;
  REQUIRE(rig.open().ok());
  Status status;
  std::uint64_t frames = 0;
  while (status) {
    status = rig.add(5);
    frames += status ? 1 : 0;
  }
  CHECK(status.error().code == Errc::no_space);
  CHECK(rig.log->bytes() <= 4000 + 300);  // but for the header of a new segment
  CHECK(frames > 3);
  REQUIRE(rig.settle(frames - 1, 5 * (frames - 1)).ok());
  CHECK(rig.add(5).ok());
  REQUIRE(
      rig.log
          ->append(numbered_batch(rig.resume(), rig.resume() + 100, rig.log->ledger().documents),
                   buffer::Capacity::exempt)
          .ok());
  REQUIRE(rig.log->sync().ok());
  REQUIRE(rig.settle(rig.log->last(), 110).ok());
  CHECK(rig.add(200).ok());
}

TEST_CASE("on a full disk the newest segment gives way once all of it is settled", "[buffer]") {
  BufferRig rig;
  rig.options.segment_bytes = 1 << 20;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.add(20).ok());
  REQUIRE(rig.add(20).ok());
  rig.fs.set_capacity(rig.fs.used_bytes() + 500);  // a header, but not the next frame
  CHECK(rig.add(20).error().code == Errc::no_space);
  REQUIRE(rig.settle(1, 20).ok());
  CHECK(rig.add(20).error().code == Errc::no_space);  // frame 2 is not settled: nothing may go
  CHECK(rig.segments() == 1);
  REQUIRE(rig.settle(2, 40).ok());
  REQUIRE(rig.add(20).ok());
  CHECK(rig.segments() == 1);
  CHECK(rig.log->bytes() < rig.fs.used_bytes());
  REQUIRE(rig.open().ok());
  CHECK(rig.log->last() == 3);
  CHECK(rig.resume() == 60);
  CHECK(rig.drain().documents.size() == 20);
}

TEST_CASE("a header longer than a segment should be is no reason to lose a frame", "[buffer]") {
  BufferRig rig;
  rig.options.segment_bytes = 1;
  REQUIRE(rig.open().ok());
  for (int i = 0; i < 3; ++i) {
    REQUIRE(rig.add(2).ok());
  }
  const auto drained = rig.drain();
  CHECK(drained.documents == range(0, 6));
  CHECK(drained.lost == 0);
  CHECK(rig.log->damage().skipped_bytes == 0);
}

TEST_CASE("a long header is not written again before there are frames behind it", "[buffer]") {
  BufferRig rig;
  rig.options.segment_bytes = 4096;
  REQUIRE(rig.open().ok());
  event::Batch batch = numbered_batch(0, 1, 0, "/other");
  batch.spans[0].after.state = std::string(20'000, 's');
  REQUIRE(rig.add(batch).ok());
  for (int i = 0; i < 5; ++i) {
    REQUIRE(rig.add(2).ok());
  }
  CHECK(rig.segments() == 2);
  CHECK(rig.log->bytes() < 50'000);
  REQUIRE(rig.open().ok());
  CHECK(rig.segments() == 2);
  CHECK(rig.log->table().at("/other").state == batch.spans[0].after.state);
  REQUIRE(rig.add(100).ok());
  REQUIRE(rig.add(2).ok());
  CHECK(rig.segments() == 3);
}

TEST_CASE("a directory belongs to one log", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  auto second = buffer::SegmentLog::open(rig.fs, rig.logger, rig.options);
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code == Errc::busy);
}

TEST_CASE("a buffer of another version is refused in clear words and stays as it is", "[buffer]") {
  enum class Foreign { later, earlier, other_layout };
  const Foreign kind = GENERATE(Foreign::later, Foreign::earlier, Foreign::other_layout);
  const bool torn = GENERATE(false, true);
  BufferRig rig;
  rig.options.segment_bytes = 1;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.add(2).ok());
  REQUIRE(rig.add(2).ok());
  rig.log.reset();
  REQUIRE(segments_of(rig).size() == 2);
  const std::string path = segments_of(rig)[1];
  std::string bytes = rig.fs.get(path);
  const std::size_t header = frame_at(bytes, 0);
  std::string found;
  if (kind == Foreign::later) {
    bytes[8] = buffer::kBufferVersion + 1;
    found = "buffer format 2; this auditship knows format 1";
  } else if (kind == Foreign::earlier) {
    bytes[8] = buffer::kBufferVersion - 1;
    found = "buffer format 0; this auditship knows format 1";
  } else {
    // One state, and nothing behind.
    bytes[header - 5] = 1;
    found = "buffer format unknown; this auditship knows format 1";
  }
  std::string crc;
  put_u32(crc, crc32c(std::string_view(bytes).substr(0, header - 4)));
  bytes.replace(header - 4, 4, crc);
  rig.fs.put(path, bytes);
  rig.fs.unlink("/data/buffer/ack");
  // A segment that a crash left without a header is no reason to look away.
  const std::string unused = "/data/buffer/seg-00000000000000ff.log";
  if (torn) {
    rig.fs.put(unused, "");
  }
  const Status status = rig.open();
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == Errc::newer_version);
  INFO(status.error().message);
  CHECK(status.error().message.find(path) != std::string::npos);
  CHECK(status.error().message.find(found) != std::string::npos);
  CHECK(status.error().message.find("release that wrote it") != std::string::npos);
  CHECK(rig.fs.get(path) == bytes);
  CHECK(rig.fs.exists(unused) == torn);
  CHECK_FALSE(rig.fs.exists("/data/buffer/ack"));
}

TEST_CASE("a damaged frame in a sealed segment becomes a lost range that says what to read again",
          "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  for (int i = 0; i < 20; ++i) {
    REQUIRE(rig.add(2).ok());
  }
  const auto paths = segments_of(rig);
  REQUIRE(paths.size() > 3);
  const std::string bytes = rig.fs.get(paths[1]);
  const event::FrameId first =
      buffer::decode_frame_head(std::string_view(bytes).substr(frame_at(bytes, 0)))->id;
  std::uint64_t lost = 2 * first;  // the second frame of the segment
  SECTION("in its meta") { rig.fs.flip_bit(paths[1], frame_at(bytes, 1) + 30, 1); }
  SECTION("in its body") { rig.fs.flip_bit(paths[1], frame_at(bytes, 2) - 3, 1); }
  SECTION("the last one of the segment") {
    lost = 2 *
           (buffer::decode_frame_head(std::string_view(bytes).substr(bytes.rfind("ASF1")))->id - 1);
    rig.fs.flip_bit(paths[1], bytes.size() - 1, 1);
  }
  const auto drained = rig.drain();
  CHECK_FALSE(drained.wrong);
  CHECK(drained.lost == 2);
  REQUIRE(drained.lost_ranges.size() == 1);
  CHECK(drained.lost_ranges[0].source == "/log");
  CHECK(drained.lost_ranges[0].from.position == place_of(lost));
  CHECK(drained.lost_ranges[0].to == place_of(lost + 2));
  CHECK(drained.documents.size() == 38);
  CHECK_FALSE(drained.documents.contains(lost));
  CHECK(rig.log->damage().lost_frames == 1);
  CHECK(rig.log->damage().lost_documents == 2);
}

TEST_CASE("a lost range names every source that moved in the lost frames", "[buffer]") {
  BufferRig rig;
  rig.options.segment_bytes = 100'000;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.log->append(numbered_batch(0, 1, 0, "/a")).ok());
  event::Batch both = numbered_batch(1, 2, 1, "/a");
  both.spans.push_back(numbered_batch(0, 3, 0, "/b").spans[0]);
  REQUIRE(rig.log->append(both).ok());
  REQUIRE(rig.log->append(numbered_batch(2, 3, 2, "/a")).ok());
  REQUIRE(rig.log->append(numbered_batch(3, 4, 3, "/a")).ok());
  SECTION("one that moves again later") {
    REQUIRE(rig.log->append(numbered_batch(3, 4, 4, "/b")).ok());
  }
  SECTION("one that does not") {}
  REQUIRE(rig.log->sync().ok());
  const std::string path = segments_of(rig)[0];
  rig.fs.flip_bit(path, frame_at(rig.fs.get(path), 1) + 26, 2);
  const auto drained = rig.drain();
  REQUIRE(drained.lost_ranges.size() == 2);
  CHECK(drained.lost_ranges[0].source == "/a");
  CHECK(drained.lost_ranges[0].to == place_of(2));
  CHECK(drained.lost_ranges[1].source == "/b");
  CHECK(drained.lost_ranges[1].from.position == event::Cursor{});
  CHECK(drained.lost_ranges[1].to == place_of(3));
}

TEST_CASE("a vanished segment is a lost range up to where the next one begins", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  for (int i = 0; i < 20; ++i) {
    REQUIRE(rig.add(2).ok());
  }
  rig.log.reset();
  const auto paths = segments_of(rig);
  rig.fs.unlink(paths[1]);
  REQUIRE(rig.open().ok());
  const auto drained = rig.drain();
  REQUIRE(drained.lost_ranges.size() == 1);
  CHECK(drained.lost > 0);
  CHECK(drained.lost + drained.documents.size() == 40);
  CHECK(document_at(drained.lost_ranges[0].to) -
            document_at(drained.lost_ranges[0].from.position) ==
        drained.lost);
}

TEST_CASE(
    "with both ack slots damaged all frames are handed out again, doubted, and the ledger still "
    "adds up",
    "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  for (int i = 0; i < 20; ++i) {
    REQUIRE(rig.add(2).ok());
  }
  REQUIRE(rig.settle(9, 18).ok());
  const bool gone = GENERATE(false, true);
  rig.log.reset();
  if (gone) {
    rig.fs.unlink("/data/buffer/ack");
  } else {
    rig.fs.flip_bit("/data/buffer/ack", 20, 0);
    rig.fs.flip_bit("/data/buffer/ack", 32768 + 20, 0);
  }
  REQUIRE(rig.open().ok());
  CHECK(rig.log->damage().ack_damaged);
  CHECK(rig.log->ack(0).doubted == buffer::AckState::kAllDoubted);
  const auto drained = rig.drain();
  CHECK(drained.lost == 0);
  CHECK(*drained.documents.rbegin() == 39);
  CHECK(*drained.documents.begin() <= 18);
  CHECK(rig.log->ack(0).ledger.unattributed == *drained.documents.begin());
  CHECK(rig.log->ack(0).ledger.accounted() + drained.documents.size() ==
        rig.log->ledger().documents);
}

TEST_CASE("start-up looks into the newest segment and one to be sent, however many there are",
          "[buffer]") {
  const auto calls = [](int frames) {
    BufferRig rig;
    REQUIRE(rig.open().ok());
    for (int i = 0; i < frames; ++i) {
      REQUIRE(rig.add(3).ok());
    }
    rig.log.reset();
    const std::uint64_t before = rig.fs.calls();
    REQUIRE(rig.open().ok());
    REQUIRE(rig.log->next(0).ok());
    const std::uint64_t made = rig.fs.calls() - before;
    // Each file is asked for its size.
    return made - rig.segments();
  };
  CHECK(calls(300) <= calls(30) + 12);
}

TEST_CASE("a failed sync breaks the log until it is opened anew", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  REQUIRE(rig.add(1).ok());
  REQUIRE(rig.log->append(numbered_batch(1, 2, 1)).ok());
  rig.fs.fail_call(rig.fs.calls() + 1);
  CHECK_FALSE(rig.log->sync().ok());
  CHECK_FALSE(rig.log->append(numbered_batch(2, 3, 2)).ok());
  CHECK(rig.drain().documents == range(0, 1));
  // What was not synced is gone: it may stand in the page cache only, and nobody would ever say so.
  REQUIRE(rig.open().ok());
  CHECK(rig.resume() == 1);
}

TEST_CASE("the state of a source comes back with its position", "[buffer]") {
  BufferRig rig;
  REQUIRE(rig.open().ok());
  event::Batch batch = numbered_batch(0, 2, 0);
  batch.spans[0].after.state = "sessions";
  REQUIRE(rig.log->append(batch).ok());
  REQUIRE(rig.log->sync().ok());
  const bool roll = GENERATE(false, true);
  rig.options.segment_bytes = roll ? 1 : 1 << 20;
  REQUIRE(rig.open().ok());
  CHECK(rig.log->table().at("/log").state == "sessions");
  REQUIRE(rig.open().ok());
  CHECK(rig.log->table().at("/log").state == "sessions");
  REQUIRE(rig.add(1).ok());  // moves on without one
  CHECK(rig.log->table().at("/log").state.empty());
}
