// FileSourceRig: a FileSource over a SimFs with a LogWriter, restarts from its own checkpoint, and
// what it has read.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/input/file/follow/file_source.h"
#include "agent/input/file/generations/file_cursor.h"
#include "tests/support/log_capture.h"
#include "tests/support/log_writer.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship::test {

struct FileSourceRig {
  struct Got {
    input::file::generations::FilePosition begin;
    std::string text;
    bool unterminated;
  };

  explicit FileSourceRig(const std::string& path = "/var/log/app.log")
      : fs(clock), writer(fs, clock, path) {
    (void)fs.make_dirs(directory_of(path));
    options.path = path;
  }

  void start() {
    source = std::make_unique<input::file::follow::FileSource>(fs, clock, log, options, saved);
  }

  // Remembers the place as a frame of the buffer would.
  void save() { saved = input::file::generations::decode_checkpoint(source->checkpoint()).value(); }
  void stop() {
    save();
    source.reset();
    fs.restart();
  }
  void restart() {
    stop();
    start();
  }

  // One poll. Returns how many lines came.
  std::size_t poll(std::size_t max_bytes = 1 << 20) {
    std::vector<event::RawLine> lines;
    auto n = source->read(lines, max_bytes);
    last_error = n ? std::string() : n.error().message;
    for (const event::RawLine& line : lines) {
      got.push_back(
          {input::file::generations::FilePosition{source->file_position().file, line.id.sequence},
           std::string(line.text) + std::string(line.tail), line.unterminated});
    }
    return n ? *n : 0;
  }
  // Polls until nothing has come for five seconds.
  void drain(std::size_t max_bytes = 1 << 20) {
    for (int idle = 0; idle < 20; ++idle) {
      if (poll(max_bytes) > 0) {
        idle = -1;
      }
      clock.advance(std::chrono::milliseconds(250));
    }
  }

  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> out;
    std::transform(got.begin(), got.end(), std::back_inserter(out),
                   [](const Got& g) { return g.text; });
    return out;
  }
  [[nodiscard]] bool ids_unique() const {
    std::set<std::pair<input::file::generations::FilePosition, std::string>> ids;
    return std::all_of(got.begin(), got.end(), [&](const Got& g) {
      return ids.insert({g.begin, g.text}).second;
    });
  }
  [[nodiscard]] std::size_t keys() const {
    std::set<input::file::generations::FileKey> all;
    for (const Got& g : got) {
      all.insert(g.begin.file);
    }
    return all.size();
  }

  SimClock clock;
  SimFs fs;
  LogCapture log;
  LogWriter writer;
  input::file::follow::FileSourceOptions options;
  std::optional<input::file::generations::FileCheckpoint> saved;
  std::unique_ptr<input::file::follow::FileSource> source;
  std::vector<Got> got;
  std::string last_error;
};

}  // namespace auditship::test
