// RotationChain knows which files of a log come next: those newer than the one that is being read,
// oldest first, held open so that deleting them loses nothing.
//
//   chain.refresh(current);                    // look at the directory
//   if (*chain.front_is_due(look)) … open chain.front(), chain.pop_front() …
//
// Order decides which generation is next. What is unlinked or compressed while it waits stays where
// it was in the order. At most kMaxHeld files are held open. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/rotation_scanner.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::rotation {

class RotationChain {
 public:
  // Descriptors of generations that wait.
  static constexpr std::size_t kMaxHeld = 128;

  // context must outlive it.
  explicit RotationChain(SourceContext& context);

  // Looks at the directory: what is newer than current waits from now on, and current is told the
  // name that it has by now. current: the file that is being read, or null. False: files are being
  // renamed just now, and nothing new is known. Errors: io.
  Result<bool> refresh(ChainEntry* current);
  // What the looks around saw while the next file is searched for.
  struct Look {
    // Of the live file, before the last look.
    std::optional<Digest> first_line;
    int count = 0;
  };
  // Whether the front may be taken, when nothing is being read. Looks around first where that is
  // needed; look goes along from one front to the next. False: nothing is there, or nothing is
  // certain just now. Errors: io.
  Result<bool> front_is_due(Look& look);

  // Whether the file behind the one that is being read is known without a look at the directory: so
  // many rotated files cost one look together, not one each.
  bool front_is_certain();

  [[nodiscard]] const std::deque<ChainEntry>& waiting() const { return waiting_; }
  [[nodiscard]] bool only_live_waits() const {
    return waiting_.size() == 1 && waiting_.front().live();
  }
  [[nodiscard]] ChainEntry& front() { return waiting_.front(); }
  void pop_front();
  // Lets go of the files that are held: they wait under their names.
  void let_go();
  // All files that are held have their names.
  [[nodiscard]] bool all_named() const;
  // A file that is to be read (again) before all others.
  void push_front(ChainEntry entry);
  // Of the files that wait, as the last look at each found them.
  [[nodiscard]] std::uint64_t waiting_bytes() const { return waiting_bytes_; }

  // The file is done with, or left out: it does not wait again.
  void pass(const FileStat& stat) { passed_.insert(seen_file(stat)); }
  [[nodiscard]] bool passed(const FileStat& stat) const {
    return passed_.contains(seen_file(stat));
  }

  // The place of an earlier run was found at found[at]: the files behind it wait, those before it
  // are done with. Returns that file.
  ChainEntry resume_at(std::vector<ChainEntry> found, std::size_t at);
  // The place was found in files[0], which is none of found: the rest of files waits, then found.
  // Returns that file.
  ChainEntry resume_elsewhere(std::vector<ChainEntry> found, std::vector<ChainEntry> files);
  // The place was not found: all wait that are not older than the backfill time, in no known order
  // to what was read.
  void resume_without_place(std::vector<ChainEntry> found);

  [[nodiscard]] RotationScanner& scanner() { return scanner_; }

 private:
  bool locate(std::vector<ChainEntry> found, ChainEntry* current);
  void first_look(std::vector<ChainEntry>& found);
  void drop_order(std::vector<ChainEntry>& found) const;
  bool merge(std::vector<ChainEntry> newer, const ChainEntry* current);
  bool still_elsewhere(const ChainEntry& entry);
  bool hold_waiting();
  void count_waiting();
  void give_back_descriptors(std::size_t held);
  bool leave_out(const ChainEntry& entry);
  Result<std::optional<Digest>> first_line_of_front();

  SourceContext& context_;
  RotationScanner scanner_;
  // Fewer than kMaxHeld once descriptors ran out.
  std::size_t max_held_ = kMaxHeld;
  // Newer than what is being read, oldest first.
  std::deque<ChainEntry> waiting_;
  // Older than what is being read, or left out: never to be read.
  std::set<SeenFile> passed_;
  std::uint64_t waiting_bytes_ = 0;
  // The first look that found something was made.
  bool looked_ = false;
};

}  // namespace auditship::input::file::rotation
