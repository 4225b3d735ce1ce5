#include "tests/support/memory_journal.h"

#include <algorithm>
#include <utility>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/sha256.h"

namespace auditship::test {
namespace {

// A word that says nothing of the number.
std::string cursor_of(std::uint64_t number) {
  const Digest digest = Sha256().of("entry " + std::to_string(number));
  std::string cursor = "s=";
  append_hex(cursor, digest.data(), 8);
  return cursor;
}

// What a checkpoint has beside its cursor: an input may need more than a place.
std::string state_of(const event::Cursor& cursor) { return "machine of " + cursor.bytes; }

// Reads from an entry on, up to another one.
class JournalReader {
 public:
  JournalReader(MemoryJournal& journal, const event::IdScope& scope, std::uint64_t next,
                std::optional<std::uint64_t> end)
      : journal_(journal),
        prefix_(event::record_id_prefix(scope, {MemoryJournalInput::kName})),
        next_(next),
        end_(end) {
    origin_.name = MemoryJournalInput::kName;
    progress_.present = true;
  }

  Result<std::size_t> read(std::vector<event::RawLine>& records, std::size_t max_bytes) {
    records.clear();
    texts_.clear();
    progress_.failing = journal_.take_failure();
    if (progress_.failing) {
      return Error{Errc::io, "the journal cannot be read"};
    }
    pass_gap();
    for (std::size_t bytes = 0; bytes < std::max<std::size_t>(max_bytes, 1);) {
      const MemoryJournal::Entry* entry = at(next_);
      if (entry == nullptr || (end_ && next_ >= *end_)) {
        break;
      }
      texts_.push_back(entry->text);
      cursor_.bytes = entry->cursor;
      bytes += add(records, *entry);
      ++next_;
    }
    progress_.backlog_bytes = backlog();
    return records.size();
  }

  [[nodiscard]] const input::SourceProgress& progress() const { return progress_; }
  [[nodiscard]] const event::Cursor& cursor() const { return cursor_; }
  void set_cursor(const event::Cursor& cursor) { cursor_ = cursor; }
  [[nodiscard]] std::uint64_t backlog() const {
    std::uint64_t bytes = 0;
    for (const MemoryJournal::Entry& entry : journal_.entries()) {
      bytes += entry.number >= next_ ? entry.text.size() : 0;
    }
    return bytes;
  }

 private:
  // What was removed before it was read is told once.
  void pass_gap() {
    if (!journal_.entries().empty() && journal_.entries().front().number > next_) {
      ++progress_.lost_ranges;
      next_ = journal_.entries().front().number;
    }
  }

  [[nodiscard]] const MemoryJournal::Entry* at(std::uint64_t number) const {
    const auto& entries = journal_.entries();
    const bool there =
        !entries.empty() && number >= entries.front().number && number <= entries.back().number;
    return there ? &entries[static_cast<std::size_t>(number - entries.front().number)] : nullptr;
  }

  std::size_t add(std::vector<event::RawLine>& records, const MemoryJournal::Entry& entry) {
    event::RawLine record;
    record.id = {prefix_, entry.number};
    record.text = texts_.back();
    record.length = record.size_in_log = record.text.size();
    record.origin = &origin_;
    records.push_back(record);
    ++progress_.records;
    progress_.bytes += record.length;
    return record.text.size();
  }

  MemoryJournal& journal_;
  event::RecordId::Prefix prefix_;
  event::RecordOrigin origin_;
  event::Cursor cursor_;
  std::uint64_t next_;
  std::optional<std::uint64_t> end_;
  // Of the records given out; a deque, so that they stay where they are.
  std::deque<std::string> texts_;
  input::SourceProgress progress_;
};

class JournalSource final : public input::Source {
 public:
  explicit JournalSource(JournalReader reader) : reader_(std::move(reader)) {}
  Result<std::size_t> read(std::vector<event::RawLine>& records, std::size_t max_bytes) override {
    return reader_.read(records, max_bytes);
  }
  [[nodiscard]] const input::SourceProgress& progress() const override {
    return reader_.progress();
  }
  [[nodiscard]] event::Cursor position() const override { return reader_.cursor(); }
  [[nodiscard]] event::Checkpoint checkpoint() const override {
    event::Checkpoint checkpoint;
    checkpoint.position = reader_.cursor();
    checkpoint.input_state = state_of(reader_.cursor());
    return checkpoint;
  }
  void look_around() override {}
  [[nodiscard]] Result<input::SourceProgress> survey() override {
    input::SourceProgress survey = reader_.progress();
    survey.backlog_bytes = reader_.backlog();
    return survey;
  }

 private:
  JournalReader reader_;
};

class JournalRange final : public input::RecordReader {
 public:
  explicit JournalRange(JournalReader reader) : reader_(std::move(reader)) {}
  Result<std::size_t> read(std::vector<event::RawLine>& records, std::size_t max_bytes) override {
    return reader_.read(records, max_bytes);
  }
  [[nodiscard]] const input::SourceProgress& progress() const override {
    return reader_.progress();
  }

 private:
  JournalReader reader_;
};

Error not_ours() { return {Errc::corrupt, "not a cursor of this journal"}; }

}  // namespace

void MemoryJournal::append(std::string text) {
  const std::uint64_t number = numbers_.size();
  entries_.push_back({number, cursor_of(number), std::move(text)});
  numbers_.emplace(entries_.back().cursor, number);
}

std::vector<std::string> MemoryJournal::vacuum(std::size_t keep) {
  std::vector<std::string> removed;
  while (entries_.size() > std::max<std::size_t>(keep, 1)) {
    removed.push_back(std::move(entries_.front().text));
    entries_.pop_front();
  }
  return removed;
}

bool MemoryJournal::take_failure() {
  const bool fails = failures_ > 0;
  failures_ -= fails ? 1 : 0;
  return fails;
}

std::optional<std::uint64_t> MemoryJournal::behind(const event::Cursor& cursor) const {
  if (cursor.empty()) {
    return 0;
  }
  const auto known = numbers_.find(cursor.bytes);
  return known == numbers_.end() ? std::nullopt : std::optional(known->second + 1);
}

MemoryJournalInput::MemoryJournalInput(MemoryJournal& journal, event::IdScope scope)
    : journal_(journal), scope_(std::move(scope)) {}

Result<std::unique_ptr<input::Source>> MemoryJournalInput::open(
    const std::string& /*name*/, const std::optional<event::Checkpoint>& resume) {
  if (resume && !can_resume(*resume)) {
    return not_ours();
  }
  const event::Cursor cursor = resume ? resume->position : event::Cursor();
  JournalReader reader(journal_, scope_, *journal_.behind(cursor), std::nullopt);
  reader.set_cursor(cursor);
  return std::unique_ptr<input::Source>(std::make_unique<JournalSource>(std::move(reader)));
}

Result<std::unique_ptr<input::RecordReader>> MemoryJournalInput::open_range(
    const std::string& /*name*/, const event::Checkpoint& from, const event::Cursor& to) {
  const auto begin = journal_.behind(from.position);
  const auto end = journal_.behind(to);
  if (!begin || !end) {
    return not_ours();
  }
  return std::unique_ptr<input::RecordReader>(
      std::make_unique<JournalRange>(JournalReader(journal_, scope_, *begin, *end)));
}

// A cursor without the state that belongs to it is refused: whoever keeps it keeps both.
bool MemoryJournalInput::can_resume(const event::Checkpoint& checkpoint) const {
  return journal_.behind(checkpoint.position).has_value() &&
         (checkpoint.position.empty() || checkpoint.input_state == state_of(checkpoint.position));
}

std::string MemoryJournalInput::describe(const event::Cursor& position) const {
  return "cursor " + position.bytes;
}

}  // namespace auditship::test
