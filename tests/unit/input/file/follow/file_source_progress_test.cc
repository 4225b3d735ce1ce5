#include "tests/support/catch.h"
#include "tests/support/file_source_rig.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("a survey says what is unread without reading it", "[file_source]") {
  FileSourceRig rig;
  rig.start();
  CHECK(rig.source->survey()->file->read_path.empty());
  CHECK(rig.source->survey()->file->rotations_left == 0);
  rig.writer.lines(10);
  rig.poll();
  auto survey = rig.source->survey();
  REQUIRE(survey.ok());
  CHECK(survey->file->read_path == rig.options.path);
  CHECK(survey->file->offset == survey->file->size);
  CHECK(survey->backlog_bytes == 0);
  CHECK(survey->file->files_behind == 0);
  CHECK(survey->file->rotations_left == 1);  // nothing is known to be kept
  const std::uint64_t before = survey->file->size;
  rig.writer.lines(5);
  survey = rig.source->survey();
  CHECK(survey->backlog_bytes == survey->file->size - before);
  CHECK(survey->file->offset == before);
  CHECK(rig.poll() == 5);
}

TEST_CASE("a file that is empty does not wait to be read", "[file_source]") {
  FileSourceRig rig;
  rig.options.backfill_ns = std::nullopt;
  rig.fs.put(rig.options.path, "");
  rig.start();
  rig.poll();
  REQUIRE(rig.fs.get(rig.options.path).empty());
  CHECK(rig.source->survey()->file->files_behind == 0);
  rig.writer.lines(2);
  CHECK(rig.source->survey()->file->files_behind == 1);  // not taken up yet
  rig.poll();
  CHECK(rig.source->survey()->file->files_behind == 0);
}

TEST_CASE("a survey counts the rotations that are left, and what waits behind", "[file_source]") {
  FileSourceRig rig;
  rig.options.backfill_ns = std::nullopt;
  rig.start();
  rig.writer.lines(3);
  rig.writer.rotate_numbers(4);
  rig.writer.lines(3);
  for (int i = 0; i < 5; ++i) {
    rig.poll();
    rig.clock.advance(std::chrono::seconds(2));  // the writer may come back to the old file
  }
  CHECK(rig.source->survey()->file->rotations_left == 2);  // itself and .1
  std::uint64_t waits = 0;
  for (int i = 0; i < 3; ++i) {  // the reader stands still while rotation goes on
    rig.writer.rotate_numbers(4);
    const std::uint64_t size = rig.fs.get(rig.options.path + ".1").size();
    waits += i > 0 ? size : 0;
    rig.writer.lines(4);
  }
  waits += rig.fs.get(rig.options.path).size();
  auto survey = rig.source->survey();
  CHECK(survey->file->read_path == rig.options.path);  // as it was known last
  CHECK(survey->file->files_behind == 3);
  CHECK(survey->backlog_bytes == waits);
  CHECK(survey->file->rotations_left == 2);  // .3 is read, and .4 is older
  rig.writer.rotate_numbers(4);
  rig.writer.lines(1);
  CHECK(rig.source->survey()->file->rotations_left == 1);
  CHECK_FALSE(rig.source->survey()->file->deleted);
  rig.writer.rotate_numbers(4);
  rig.writer.lines(1);
  survey = rig.source->survey();
  CHECK(survey->file->deleted);
  CHECK(survey->file->rotations_left == 0);
}
