// FileSink writes documents as NDJSON files: its shipments are bare lines (framing `lines`), which go
// into the file as they are.
//
//   DIRECTORY/NAME-000001.ndjson[.zst]   rotated by size; one zstd frame a shipment
//   DIRECTORY/commit                     which frame of which buffer ends at which byte of which file
//
// Exactly once: bytes are synced, then `commit` is replaced; at open what lies behind the committed
// byte is cut off, and a frame that is committed already is answered as existing. So no ids are
// needed. Frames must come in ascending order the first time; while one has failed, later ones are
// asked to wait. One directory belongs to one FileSink. fs and log must outlive it. Calls block while
// the disk does.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/executor.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "sinks/sink.h"

namespace auditship::sinks::file {

struct FileSinkOptions {
  // Of this stream alone.
  std::string directory;
  // Beginning of file names: the stream's.
  std::string name = "documents";
  // Of the buffer that frame numbers belong to.
  std::string buffer_id;
  // A larger single shipment gets a file of its own.
  std::uint64_t max_file_bytes = 64 << 20;
  bool zstd = false;
};

class FileSink final : public Sink {
 public:
  // Creates the directory, cuts torn bytes off. Errors: io, no_space; newer_version when `commit`
  // is of a later release.
  static Result<std::unique_ptr<FileSink>> open(Fs& fs, Logger& log, Executor post,
                                                FileSinkOptions options);

  // Answers created, duplicate, or retry (disk full or failing: the file is as it was before).
  void ship(const Shipment& shipment, std::function<void(event::Outcome)> done) override;

  // The file that is written now, for summaries.
  [[nodiscard]] std::string current_file() const;

 private:
  struct Commit {
    std::string buffer;
    event::FrameId frame = 0;
    // Of the file, and its name.
    std::uint64_t number = 0;
    std::string file;
    std::uint64_t length = 0;
  };

  FileSink(Fs& fs, Logger& log, Executor post, FileSinkOptions options);
  Status recover();
  Status repair(const Commit& found);
  Status write_commit(const Commit& commit);
  Result<Commit> read_commit();
  bool still_ours();
  Status store(event::FrameId frame, std::string_view bytes);
  event::Outcome ship_now(const Shipment& shipment);
  [[nodiscard]] std::string file_name(std::uint64_t number) const;
  Result<std::uint64_t> last_number();

  Fs& fs_;
  Logger& log_;
  Executor post_;
  FileSinkOptions options_;
  Commit commit_;
  // Of commit_, once something is written.
  std::unique_ptr<File> file_;
  // Replacing the record failed: the disk may have the old or the new one.
  bool commit_unknown_ = false;
  // The frame that must come before later ones; 0 = none.
  event::FrameId failed_ = 0;
};

}  // namespace auditship::sinks::file
