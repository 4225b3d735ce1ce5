// MemoryJournal: a log that is no file. Its entries have cursors that are words and have no order,
// and the oldest of them are removed when it has too many, read or not. MemoryJournalInput is the
// input that reads it, so that the pipeline and the buffer can be seen to understand nothing of
// positions.
//
//   MemoryJournal journal;
//   journal.append("text");
//   MemoryJournalInput input(journal, scope);      // a SourceDiscovery with one source, kName
//   journal.vacuum(10);                            // all but ten are gone
//
// It outlives the agents that read it, as a system's journal does. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/input/source.h"

namespace auditship::test {

class MemoryJournal {
 public:
  struct Entry {
    std::uint64_t number = 0;
    std::string cursor;
    std::string text;
  };

  void append(std::string text);
  // Removes all entries but the newest, and returns their texts.
  std::vector<std::string> vacuum(std::size_t keep);
  // The next reads fail.
  void fail_reads(unsigned count) { failures_ = count; }
  // Whether a read fails now.
  bool take_failure();

  // Oldest first; numbers ascend by one.
  [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }
  // The number behind the entry with this cursor, which may be gone; of the empty cursor the first
  // one ever. nullopt: it is no cursor of this journal.
  [[nodiscard]] std::optional<std::uint64_t> behind(const event::Cursor& cursor) const;

 private:
  std::deque<Entry> entries_;
  // Of all entries ever.
  std::map<std::string, std::uint64_t> numbers_;
  unsigned failures_ = 0;
};

class MemoryJournalInput final : public input::SourceDiscovery {
 public:
  static constexpr const char* kName = "journal:system";

  // journal must outlive it and all that it opens.
  MemoryJournalInput(MemoryJournal& journal, event::IdScope scope);

  const std::vector<std::string>& scan() override { return names_; }
  [[nodiscard]] Result<std::unique_ptr<input::Source>> open(
      const std::string& name, const std::optional<event::Checkpoint>& resume) override;
  [[nodiscard]] Result<std::unique_ptr<input::RecordReader>> open_range(
      const std::string& name, const event::Checkpoint& from, const event::Cursor& to) override;
  [[nodiscard]] bool can_resume(const event::Checkpoint& checkpoint) const override;
  [[nodiscard]] std::string describe(const event::Cursor& position) const override;
  [[nodiscard]] std::vector<std::string> watch_directories() const override { return {}; }
  [[nodiscard]] std::vector<input::HiddenPlace> hidden_places() const override { return {}; }

 private:
  MemoryJournal& journal_;
  event::IdScope scope_;
  std::vector<std::string> names_{kName};
};

}  // namespace auditship::test
