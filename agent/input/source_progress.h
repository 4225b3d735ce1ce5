// SourceProgress: how far the reading of one log is. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace auditship::input {

// What only logs that are files have.
struct FileProgress {
  // The file that is being read; empty: none.
  std::string read_path;
  // Up to where, uncompressed.
  std::uint64_t offset = 0;
  // Of that file, as on disk.
  std::uint64_t size = 0;
  bool compressed = false;
  // It has no name any more: only the agent's descriptor keeps it.
  bool deleted = false;
  // Newer files with something to read, the live one too.
  std::uint64_t files_behind = 0;
  // Rotations until the file that is being read is deleted, if rotation goes on keeping as many
  // files as there are now: itself and those older than it. 0: deleted, or nothing is being read.
  std::uint64_t rotations_left = 0;
};

struct SourceProgress {
  // Since this source was opened. Bytes are those of records and of what is between them; of
  // compressed logs, before compression.
  std::uint64_t records = 0, empty_records = 0, bytes = 0;
  // Records that were cut because of their size.
  std::uint64_t cut_records = 0;
  // What vanished before it could be read: how often, and how many bytes where that is known.
  std::uint64_t lost_ranges = 0, lost_bytes = 0;
  // What was not read at the first start, because of its age or because it could not be opened.
  std::uint64_t skipped_files = 0, skipped_bytes = 0;

  // Known to be ahead; of compressed files, as they lie on disk.
  std::uint64_t backlog_bytes = 0;
  // Of them: a last record that is not complete yet.
  std::uint64_t incomplete_bytes = 0;
  // There is a log of this name now.
  bool present = false;
  // The last read could not read it.
  bool failing = false;

  // Only of a survey.
  std::optional<FileProgress> file;
};

}  // namespace auditship::input
