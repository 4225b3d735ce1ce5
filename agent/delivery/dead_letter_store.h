// DeadLetters keeps documents that the server refused for their content, with the server's words.
//
//   DIRECTORY/000001.ndjson.zst   one zstd frame an add(), one JSON object a line; `zstdcat` reads
//   it
//
// An entry: {"id","index","status","type","reason","first","first_ns","last","last_ns","document"},
// the document as a JSON string. An add() is synced before it returns. The directory never grows
// over max_bytes: then add() answers no_space and the document has to wait in the buffer; nothing
// is dropped. After a crash the same document may be added again: entries with one id are one
// letter. A torn end is skipped by readers and never written behind: each DeadLetters begins a new
// file. One directory belongs to one DeadLetters (locked); reading needs no lock. fs must outlive
// it. Calls block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"

namespace auditship::delivery {

struct DeadLetter {
  std::string document;  // the JSON text as it was sent
  std::string index;     // where it was meant to go
  std::string id;
  std::uint16_t status = 0;
  std::string type, reason;                // the server's
  std::int64_t first_ns = 0, last_ns = 0;  // refused first and last, UTC, ns since the epoch
};

struct DeadLetterOptions {
  std::string directory;                // of one stream
  std::uint64_t max_bytes = 256 << 20;  // of all files together, compressed
  std::uint64_t max_file_bytes = 16 << 20;
};

class DeadLetters {
 public:
  // Creates the directory where it is missing. Errors: busy, io, no_space.
  static Result<std::unique_ptr<DeadLetters>> open(Fs& fs, DeadLetterOptions options);

  // Adds letters and syncs them, all or none. Errors: no_space (bound or disk), io.
  Status add(const std::vector<DeadLetter>& letters);

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // on disk
  [[nodiscard]] std::uint64_t added() const { return added_; }  // since open

  // Takes out all letters with one of these ids, e.g. after a replay. Errors: io, no_space (nothing
  // lost).
  Status remove(const std::set<std::string, std::less<>>& ids);

 private:
  DeadLetters(Fs& fs, DeadLetterOptions options, std::unique_ptr<File> lock);
  Status open_next_file(std::size_t bytes);
  Status measure();

  Fs& fs_;
  DeadLetterOptions options_;
  std::unique_ptr<File> lock_;
  std::unique_ptr<File> file_;
  std::uint64_t number_ = 0;      // of the newest file
  std::uint64_t file_bytes_ = 0;  // good bytes of file_
  std::uint64_t bytes_ = 0;
  std::uint64_t added_ = 0;
};

// What reading found.
struct DeadLetterScan {
  std::uint64_t letters = 0;        // given to each
  std::uint64_t damaged_files = 0;  // with a torn or damaged end
};

// Calls each for every entry, oldest first, until it returns false. Memory stays bounded.
// A missing directory has no entries. Errors: io.
Result<DeadLetterScan> read_dead_letters(Fs& fs, const std::string& directory,
                                         const std::function<bool(const DeadLetter&)>& each);

}  // namespace auditship::delivery
