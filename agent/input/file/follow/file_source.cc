#include "agent/input/file/follow/file_source.h"

#include <algorithm>
#include <utility>

#include "agent/base/compression/unpacker.h"
#include "agent/input/file/generations/file_cursor.h"

namespace auditship::input::file::follow {
namespace {

using generations::GenerationMark;
using generations::ReadEnd;
using rotation::ChainEntry;
using rotation::NextRotation;
using rotation::ResumePlace;
using rotation::TruncatedCopy;

// Of holes, empty lines and one long line.
constexpr std::uint64_t kMaxBytesPerRead = std::uint64_t{1} << 30;
constexpr int kMaxStepsPerRead = 1 << 16;
constexpr Duration kLookAhead = std::chrono::seconds(1);
constexpr int kLooksApart = 10;
// A compressed file that ends early may still be written.
constexpr std::int64_t kPackedWriterNs = 60'000'000'000;

}  // namespace

FileSource::FileSource(Fs& fs, const Clock& clock, Logger& log, FileSourceOptions options,
                       const std::optional<FileCheckpoint>& resume)
    : context_(fs, clock, log, std::move(options)),
      history_(resume),
      matcher_(fs, history_),
      chain_(context_),
      resume_place_(context_, chain_, history_, matcher_, resume),
      next_rotation_(context_, chain_, history_, matcher_),
      copies_(context_, chain_, matcher_),
      search_(context_, matcher_),
      reader_(context_, resume ? resume->pos : generations::FilePosition{}),
      successor_(context_, chain_),
      late_writes_(context_) {}

Result<std::size_t> FileSource::read(std::vector<event::RawLine>& lines, std::size_t max_bytes) {
  lines.clear();
  reader_.release();
  look_ahead();
  const std::uint64_t limit = reader_.end_offset() + kMaxBytesPerRead;
  for (int step = 0; step < kMaxStepsPerRead; ++step) {
    if (reader_.current() != nullptr &&
        reader_.take(lines, std::max<std::size_t>(max_bytes, 1)) > 0) {
      break;
    }
    auto go_on = reader_.current() != nullptr ? read_on(lines, max_bytes) : open_next();
    if (!go_on) {
      return report_error(go_on.error());
    }
    if (!*go_on || !lines.empty() || reader_.end_offset() > limit) {
      break;
    }
  }
  last_error_.clear();
  context_.progress.failing = false;
  update_backlog();
  return lines.size();
}

event::Cursor FileSource::position() const { return generations::encode_position(file_position()); }

event::Checkpoint FileSource::checkpoint() const {
  return generations::encode_checkpoint(file_checkpoint());
}

FileCheckpoint FileSource::file_checkpoint() const {
  FileCheckpoint out = reader_.current() != nullptr ? reader_.mark() : history_.last();
  out.pos = reader_.position();
  out.finished = history_.finished();
  return out;
}

// No complete line is in memory. True: go on; false: there is nothing more now.
Result<bool> FileSource::read_on(std::vector<event::RawLine>& lines, std::size_t max_bytes) {
  const auto chunk = reader_.fill(max_bytes);
  if (!chunk) {
    return chunk.error();
  }
  if (chunk->size > 0) {
    successor_.reset();
  }
  switch (chunk->end) {
    case ReadEnd::more:
      return true;
    case ReadEnd::end:
      return at_end(lines);
    case ReadEnd::replaced:
      return at_truncation(lines);
    case ReadEnd::damaged:
      return at_damage(lines);
  }
  return true;
}

// The current file has no more bytes now.
Result<bool> FileSource::at_end(std::vector<event::RawLine>& lines) {
  reader_.update_stat();
  auto moved_on = successor_.has_moved_on(*reader_.current());
  if (!moved_on || !*moved_on) {
    return moved_on;
  }
  if (!successor_.confirm()) {
    return true;  // once more to the end, now that the successor is known to be there
  }
  if (!reader_.take_unterminated(lines)) {
    finish(FileNow::intact);
  }
  return true;
}

Result<bool> FileSource::at_damage(std::vector<event::RawLine>& lines) {
  const std::int64_t age = context_.clock.wall_ns() - reader_.current()->stat.modified_ns;
  if (!context_.options.final_pass && age >= 0 && age < kPackedWriterNs) {
    auto again = reader_.seek_again();
    return again ? Result<bool>(false) : again.error();
  }
  if (reader_.take_unterminated(lines)) {
    return true;
  }
  context_.report_loss(
      "compressed-damaged",
      "a compressed log file is broken or ends early; what is behind cannot be read",
      reader_.current()->path, reader_.position().offset, 0);
  finish(FileNow::intact);
  return true;
}

// The current file was truncated or rewritten in place. What was not read of it may stand in a
// copy.
Result<bool> FileSource::at_truncation(std::vector<event::RawLine>& lines) {
  auto copied = copies_.find(*reader_.current(), GenerationMark{reader_.mark(), true});
  if (!copied) {
    return copied.error();
  }
  if (copied->verdict == TruncatedCopy::Verdict::wait) {
    return false;
  }
  if (copied->verdict == TruncatedCopy::Verdict::found) {
    const FileCheckpoint at = reader_.mark();
    begin(std::move(*copied->copy),
          rotation::ReadStart{at.pos.file, at.pos.offset, reader_.head_hash(), at.skipped});
    return true;
  }
  auto elsewhere = read_copy_elsewhere();
  if (!elsewhere || *elsewhere) {
    return elsewhere;
  }
  auto edited = go_on_in_edited();
  if (!edited || *edited) {
    return edited;
  }
  if (reader_.take_unterminated(lines)) {
    return true;  // its end is lost, its beginning is not
  }
  begin_again();
  return true;
}

// A copy that bears no rotation name of the log. False: there is none.
Result<bool> FileSource::read_copy_elsewhere() {
  const FileCheckpoint at = reader_.mark();
  std::vector<ChainEntry> known(1);
  known.front().stat = reader_.current()->stat;
  auto searched = search_.find(GenerationMark{at, true}, known);
  if (!searched) {
    return searched.error();
  }
  if (searched->files.empty()) {
    return false;
  }
  context_.log.info("copy-found",
                    "the log was copied and truncated; its rest is read from the copy",
                    {{"path", context_.options.path},
                     {"copy", searched->files.front().path},
                     {"from_offset", at.pos.offset}});
  copies_.forget_failures();
  begin(std::move(searched->files.front()),
        rotation::ReadStart{at.pos.file, at.pos.offset, reader_.head_hash(), at.skipped});
  return true;
}

// From the start of the file that was truncated.
void FileSource::begin_again() {
  ChainEntry& current = *reader_.current();
  const std::uint64_t read_up_to = reader_.end_offset();
  if (current.stat.size > read_up_to) {
    context_.report_loss("truncated-unread", "the log was truncated before it was read to its end",
                         current.path, read_up_to, current.stat.size - read_up_to);
  } else {
    context_.log.info("truncated", "the log was truncated; reading from its start",
                      {{"path", context_.options.path}, {"read_up_to", read_up_to}});
  }
  copies_.forget_failures();
  ChainEntry again;
  again.path = current.path;
  again.rotated = current.rotated;
  again.file = std::move(current.file);
  auto stat = again.file->stat();
  again.stat = stat ? *stat : current.stat;
  again.file->forget_head();
  again.emptied = again.stat.size == 0;
  finish(FileNow::rewritten);
  chain_.push_front(std::move(again));
}

// Nothing is being read: the next file in order. False: there is none now.
Result<bool> FileSource::open_next() {
  if (resume_place_.pending()) {
    auto resumed = resume();
    if (!resumed || !*resumed || reader_.current() != nullptr) {
      return resumed;
    }
  }
  rotation::RotationChain::Look look;
  while (true) {
    auto due = chain_.front_is_due(look);
    if (!due || !*due) {
      return due;
    }
    auto edited = begin_edited();
    if (!edited || *edited) {
      return edited;
    }
    const auto before = reader_.position() == generations::FilePosition{}
                            ? NextRotation::Before::nothing_read
                            : NextRotation::Before::something_read;
    auto opened = next_rotation_.open(chain_.front(), before);
    if (!opened) {
      return opened.error();
    }
    if (opened->verdict == NextRotation::Verdict::wait) {
      return false;
    }
    if (opened->verdict == NextRotation::Verdict::taken) {
      begin(std::move(chain_.front()), opened->start);
      chain_.pop_front();
      return true;
    }
    drop_front();
  }
}

// Nothing is to be read in it.
void FileSource::drop_front() {
  if (!chain_.front().live()) {
    chain_.pass(chain_.front().stat);  // else the next look finds it again
  }
  chain_.pop_front();
}

// True: the place was found or is known to be lost.
Result<bool> FileSource::resume() {
  auto found = resume_place_.find();
  if (found && found->verdict == ResumePlace::Verdict::missing) {
    found = look_elsewhere();
  }
  if (!found) {
    return found.error();
  }
  if (found->verdict == ResumePlace::Verdict::found) {
    begin(std::move(*found->entry), found->start);
  }
  return found->verdict != ResumePlace::Verdict::not_yet;
}

// The place is in no file that bears a rotation name of the log.
Result<ResumePlace::Found> FileSource::look_elsewhere() {
  auto searched = search_.find(resume_place_.mark(), resume_place_.compared());
  if (!searched) {
    return searched.error();
  }
  if (!searched->files.empty()) {
    return resume_place_.take_elsewhere(std::move(searched->files));
  }
  auto edited = look_into_edited();
  if (!edited || edited->verdict == ResumePlace::Verdict::found) {
    return edited;
  }
  const auto& compared = resume_place_.compared();
  const auto sealed = std::find_if(compared.begin(), compared.end(),
                                   [](const ChainEntry& e) { return !can_unpack(e.codec()); });
  if (sealed != compared.end()) {
    return resume_place_.lose(
        "the file that was read last may be " + sealed->path +
        ", whose compression this build cannot read; its unread rest is lost");
  }
  if (!searched->not_looked_at.empty()) {
    return resume_place_.lose(
        "the file that was read last was not found, but not every file could be looked at (" +
        searched->not_looked_at + "); its unread rest is lost");
  }
  return resume_place_.lose(
      "the file that was read last is gone or was rewritten: no file in the log's directories "
      "holds "
      "it; its unread rest is lost");
}

void FileSource::begin(ChainEntry entry, const rotation::ReadStart& start) {
  reader_.begin(std::move(entry), start);
  successor_.reset();
}

void FileSource::finish(FileNow file) {
  const bool rewritten = file == FileNow::rewritten;
  history_.finish(GenerationMark{reader_.mark(), rewritten});
  if (!rewritten) {
    chain_.pass(reader_.current()->stat);
  }
  const std::uint64_t end = reader_.end_offset();
  ChainEntry finished = reader_.end();
  if (rewritten || finished.file->compressed()) {
    late_writes_.stop();
  } else {
    late_writes_.watch(std::move(finished), end);
  }
  successor_.reset();
}

// Once a second while there is much to read: takes hold of new generations before they are deleted.
void FileSource::look_ahead() {
  const TimePoint now = context_.clock.now();
  if (looked_ahead_ && now - *looked_ahead_ < std::max(kLookAhead, kLooksApart * look_cost_)) {
    return;
  }
  looked_ahead_ = now;
  late_writes_.look();
  ChainEntry* current = reader_.current();
  if (current == nullptr) {
    return;
  }
  const auto named = context_.fs.stat(context_.options.path);
  if (!named && named.error().code != Errc::not_found) {
    return;
  }
  if (current->live() && named && named->same_file(current->stat)) {
    current->stat = *named;
    return;
  }
  // Among thousands of files a look takes long: the time between two grows with that.
  (void)chain_.refresh(current);  // an error is met again, and told, when the next file is needed
  look_cost_ = context_.clock.now() - now;
}

void FileSource::look_around() {
  const TimePoint now = context_.clock.now();
  if (reader_.current() == nullptr && (!looked_ahead_ || now - *looked_ahead_ >= kLookAhead)) {
    looked_ahead_ = now;
    (void)open_next();  // an error is met again, and told, when it is read
    return;
  }
  look_ahead();
}

void FileSource::update_backlog() {
  const ChainEntry* current = reader_.current();
  std::uint64_t unread = current != nullptr ? reader_.unread(current->stat.size) : 0;
  unread += chain_.waiting_bytes();
  context_.progress.backlog_bytes = unread;
  context_.progress.incomplete_bytes =
      current != nullptr && reader_.drained() ? reader_.incomplete_bytes() : 0;
  context_.progress.present = current != nullptr || !chain_.waiting().empty();
}

Error FileSource::report_error(Error error) {
  if (error.code == Errc::exhausted) {
    return error;  // its turn comes when others gave their descriptors back
  }
  context_.progress.failing = true;
  if (error.message != last_error_) {
    last_error_ = error.message;
    context_.log.error("input-unreadable", "cannot read the log; will be tried again",
                       {{"path", context_.options.path}, {"error", error.message}});
  }
  return error;
}

}  // namespace auditship::input::file::follow
