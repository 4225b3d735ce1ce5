// DeadLetterStore keeps documents that the target refused for their content, with its words.
//
//   DIRECTORY/000001.ndjson.zst   one zstd frame an add(), one JSON object a line, for `zstdcat`
//
// An entry: {"id","index","status","type","reason","first","first_ns","last","last_ns","document"},
// the document as a JSON string. An add() is synced before it returns. The directory never grows
// over max_bytes: then add() answers no_space and the document has to wait in the buffer; nothing
// is dropped. After a crash the same document may be added again: entries with one id are one dead
// letter. A torn end is skipped by readers and never written behind: each DeadLetterStore begins a
// new file. One directory belongs to one DeadLetterStore (locked); reading needs no lock. fs must
// outlive it. Calls block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"

namespace auditship::delivery::dead_letters {

struct DeadLetterEntry {
  // The JSON text as it was logged.
  std::string document;
  // Where it was meant to go.
  std::string index;
  std::string id;
  // What the target said.
  std::uint16_t status = 0;
  std::string type, reason;
  // Refused first and last, UTC, ns since the epoch.
  std::int64_t first_ns = 0, last_ns = 0;
};

struct DeadLetterStoreOptions {
  // Of one stream.
  std::string directory;
  // Of all files together, compressed.
  std::uint64_t max_bytes = 256 << 20;
  std::uint64_t max_file_bytes = 16 << 20;
};

class DeadLetterStore {
 public:
  // Creates the directory where it is missing. Errors: busy, io, no_space.
  static Result<std::unique_ptr<DeadLetterStore>> open(Fs& fs, DeadLetterStoreOptions options);

  // Adds entries and syncs them, all or none. Errors: no_space (bound or disk), io.
  Status add(const std::vector<DeadLetterEntry>& entries);

  // On disk.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  // Entries since open.
  [[nodiscard]] std::uint64_t added() const { return added_; }

  // Takes out all entries with one of these ids, e.g. after a replay. Errors: io, no_space (nothing
  // lost).
  Status remove(const std::set<std::string, std::less<>>& ids);

 private:
  DeadLetterStore(Fs& fs, DeadLetterStoreOptions options, std::unique_ptr<File> lock);
  Status open_next_file(std::size_t bytes);
  Status measure();

  Fs& fs_;
  DeadLetterStoreOptions options_;
  std::unique_ptr<File> lock_;
  std::unique_ptr<File> file_;
  // Of the newest file.
  std::uint64_t number_ = 0;
  // Good bytes of file_.
  std::uint64_t file_bytes_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t added_ = 0;
};

// What reading found.
struct DeadLetterScan {
  // Given to each.
  std::uint64_t entries = 0;
  // With a torn or damaged end.
  std::uint64_t damaged_files = 0;
};

// Calls each for every entry, oldest first, until it returns false. Memory stays bounded.
// A missing directory has no entries. Errors: io.
Result<DeadLetterScan> read_dead_letters(Fs& fs, const std::string& directory,
                                         const std::function<bool(const DeadLetterEntry&)>& each);

}  // namespace auditship::delivery::dead_letters
