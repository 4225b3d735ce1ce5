// FileSink writes documents as NDJSON files: what OpenSearch would get, without its action lines.
//
//   DIRECTORY/NAME-000001.ndjson[.zst]   rotated by size; one zstd frame a shipment
//   DIRECTORY/commit                     which frame of which buffer ends at which byte of which
//   file
//
// Exactly once: bytes are synced, then `commit` is replaced; at open what lies behind the committed
// byte is cut off, and a frame that is committed already is answered as existing. Frames must come
// in ascending order the first time; while one has failed, later ones are asked to wait. One
// directory belongs to one FileSink. fs and log must outlive it. Calls block while the disk does.
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
  std::string directory;                    // of this stream alone
  std::string name = "documents";           // beginning of file names: the stream's
  std::string buffer_id;                    // of the buffer that frame numbers belong to
  std::uint64_t max_file_bytes = 64 << 20;  // a larger single shipment gets a file of its own
  bool zstd = false;
};

class FileSink final : public Sink {
 public:
  // Creates the directory, cuts torn bytes off. Errors: io, no_space; newer_version when `commit`
  // is of a later release.
  static Result<std::unique_ptr<FileSink>> open(Fs& fs, Logger& log, Executor post,
                                                FileSinkOptions options);

  // Answers created, existed, or retry (disk full or failing: the file is as it was before).
  void ship(const Shipment& shipment, std::function<void(event::Outcome)> done) override;

  // The file that is written now, for summaries.
  [[nodiscard]] std::string current_file() const;

 private:
  struct Commit {
    std::string buffer;
    event::FrameId frame = 0;
    std::uint64_t number = 0;  // of the file
    std::string file;          // its name
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
  std::unique_ptr<File> file_;  // of commit_, once something is written
  bool commit_unknown_ =
      false;  // replacing the record failed: the disk may have the old or the new one
  event::FrameId failed_ = 0;  // the frame that must come before later ones; 0 = none
};

}  // namespace auditship::sinks::file
