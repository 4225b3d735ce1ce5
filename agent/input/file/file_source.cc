#include "agent/input/file/file_source.h"

#include <algorithm>

#include "agent/input/file/file_source_state.h"

namespace auditship::input::file {
namespace {

constexpr std::size_t kMinBlock = 4096;
constexpr std::size_t kMaxBlock = std::size_t{1} << 20;
constexpr std::uint64_t kMaxBytesPerRead = std::uint64_t{1}
                                           << 30;  // of holes, empty lines and one long line
constexpr int kMaxStepsPerRead = 1 << 16;
constexpr Duration kLookAhead = std::chrono::seconds(1);
constexpr std::int64_t kPackedWriterNs =
    60'000'000'000;  // a .gz that ends early may still be written

}  // namespace

FileSource::FileSource(Fs& fs, const Clock& clock, Logger& log, FileSourceOptions options,
                       std::optional<event::Checkpoint> resume)
    : state_(std::make_unique<State>(fs, clock, log, std::move(options), std::move(resume))) {}

FileSource::~FileSource() = default;

const event::SourcePos& FileSource::position() const { return state_->position; }
const FileSourceStats& FileSource::stats() const { return state_->stats; }
const FileSourceOptions& FileSource::options() const { return state_->options; }

Result<std::size_t> FileSource::read(std::vector<event::RawLine>& lines, std::size_t max_bytes) {
  State& s = *state_;
  lines.clear();
  s.reader.release();
  s.look_ahead();
  const std::uint64_t limit = s.reader.end() + kMaxBytesPerRead;
  for (int step = 0; step < kMaxStepsPerRead; ++step) {
    if (s.take(lines, std::max<std::size_t>(max_bytes, 1)) > 0) {
      break;
    }
    Result<bool> go_on = true;
    if (!s.current) {
      go_on = s.next_generation();
    } else {
      auto end = s.fill(max_bytes);
      if (!end) {
        return s.told(end.error());
      }
      if (*end == ReadEnd::end) {
        go_on = s.at_end(lines);
      } else if (*end == ReadEnd::replaced) {
        go_on = s.replaced(lines);
      } else if (*end == ReadEnd::damaged) {
        go_on = s.at_damage(lines);
      }
    }
    if (!go_on) {
      return s.told(go_on.error());
    }
    if (!*go_on || !lines.empty() || s.reader.end() > limit) {
      break;
    }
  }
  s.last_error.clear();
  s.update_unread();
  return lines.size();
}

event::Checkpoint FileSource::checkpoint() {
  State& s = *state_;
  event::Checkpoint out = s.current ? s.mark_here() : s.last;
  out.pos = s.position;
  out.finished = std::move(s.finished_now);
  s.finished_now.clear();
  return out;
}

std::size_t FileSource::State::take(std::vector<event::RawLine>& lines, std::size_t max_bytes) {
  if (!current) {
    return 0;
  }
  std::uint64_t bytes = 0;
  drained = false;
  while (bytes < max_bytes) {
    event::RawLine& line = lines.emplace_back();
    if (!reader.next(line)) {
      lines.pop_back();
      drained = true;
      break;
    }
    line.source = &source;
    bytes += line.length + 1;
    stats.cut += line.cut ? 1 : 0;
  }
  stats.lines += lines.size();
  account();
  return lines.size();
}

void FileSource::State::add_rest(std::vector<event::RawLine>& lines) {
  event::RawLine line;
  if (reader.rest(line)) {
    line.source = &source;
    stats.cut += line.cut ? 1 : 0;
    ++stats.lines;
    lines.push_back(line);
  }
  account();
}

void FileSource::State::account() {
  stats.bytes += reader.offset() - accounted;
  accounted = reader.offset();
  stats.empty_lines += reader.empty_lines() - empty_accounted;
  empty_accounted = reader.empty_lines();
  position.offset = reader.offset();
}

Result<ReadEnd> FileSource::State::fill(std::size_t max_bytes) {
  reader.release();
  Generation& file = *current->file;
  if (reader.waiting() == 0 && file.window().ends_with('\0')) {
    auto offset = file.skip_hole();
    if (!offset) {
      return offset.error().in(current->path);
    }
    if (*offset > reader.end()) {
      reader.skip_zeros(*offset);
    }
  }
  const std::size_t size = std::clamp(max_bytes, kMinBlock, kMaxBlock);
  char* into = reader.room(size);
  const auto chunk = file.read(into, size);
  if (!chunk) {
    return chunk.error().in(current->path);
  }
  if (chunk->size > 0) {
    if (head_known && head_hash == 0) {
      head_bytes.append(
          into, std::min(chunk->size, event::Checkpoint::kTailHashBytes - head_bytes.size()));
      if (head_bytes.size() == event::Checkpoint::kTailHashBytes) {
        head_hash = hash64(head_bytes);
      }
    }
    reader.add(chunk->size);
    end_since.reset();
    confirmed = false;
  }
  return chunk->end;
}

event::Checkpoint FileSource::State::mark_here() const {
  event::Checkpoint mark;
  mark.pos = event::SourcePos{position.file, reader.offset()};
  mark.device = current->stat.device;
  mark.inode = current->stat.inode;
  mark.generation = current->stat.generation;
  mark.tail_hash = hash64(reader.window());
  mark.modified_ns = current->stat.modified_ns;
  mark.head_hash = reader.offset() >= event::Checkpoint::kTailHashBytes ? head_hash : 0;
  return mark;
}

// The current file has no more bytes now. True: go on reading; false: wait.
Result<bool> FileSource::State::at_end(std::vector<event::RawLine>& lines) {
  if (auto now = current->file->stat(); now) {
    current->stat = *now;
  }
  auto moved_on = has_successor();
  if (!moved_on || !*moved_on) {
    return moved_on;
  }
  if (!confirmed) {
    confirmed = true;
    return true;  // once more to the end, now that the successor is known to be there
  }
  if (reader.waiting() > 0) {
    add_rest(lines);
    return true;
  }
  finish(false);
  return true;
}

// Whether the writer has left the current file for one that is there to be read.
Result<bool> FileSource::State::has_successor() {
  auto live = still_live();
  if (!live) {
    return live;
  }
  if (*live) {
    return false;
  }
  auto steady = refresh();
  if (!steady || !*steady) {
    return steady;
  }
  if (queue.empty()) {
    return false;
  }
  return queue.size() == 1 && queue.front().live() ? has_begun(queue.front()) : Result<bool>(true);
}

// Whether the name of the live log still means the current file.
Result<bool> FileSource::State::still_live() {
  if (!current->live()) {
    return false;
  }
  const auto named = fs.stat(options.path);
  if (!named) {
    return named.error().code == Errc::not_found ? Result<bool>(false) : named.error();
  }
  return named->same_file(current->stat);
}

// The writer has moved on only when its new file has a line; until then it may still write to the
// current one.
Result<bool> FileSource::State::has_begun(Entry& next) {
  if (auto s = open(next); !s) {
    return s.error().code == Errc::not_found ? Result<bool>(false) : s.error();
  }
  auto head = next.file->head(Generation::LastLine::needs_newline);
  if (!head) {
    return head.error().in(next.path);
  }
  return head->complete && grace_over();
}

bool FileSource::State::grace_over() {
  if (options.final_pass || current->file->compressed()) {
    return true;
  }
  const auto grace =
      std::chrono::duration_cast<std::chrono::nanoseconds>(options.rotation_grace).count();
  const std::int64_t age = clock.wall_ns() - current->stat.modified_ns;
  if (!end_since) {
    end_since = clock.now();
  }
  return age > 10 * grace || clock.now() - *end_since >= options.rotation_grace;
}

Result<bool> FileSource::State::at_damage(std::vector<event::RawLine>& lines) {
  const std::int64_t age = clock.wall_ns() - current->stat.modified_ns;
  if (!options.final_pass && age >= 0 && age < kPackedWriterNs) {
    // Begin again where we are: what was damaged may be whole by now.
    auto found = current->file->seek(reader.end());
    if (!found) {
      return found.error();
    }
    return false;
  }
  if (reader.waiting() > 0) {
    add_rest(lines);
    return true;
  }
  gap("compressed-damaged",
      "a compressed log file is broken or ends early; what is behind cannot be read",
      reader.offset(), 0);
  finish(false);
  return true;
}

void FileSource::State::gap(std::string_view code, std::string_view text, std::uint64_t from,
                            std::uint64_t bytes) {
  ++stats.gaps;
  stats.gap_bytes += bytes;
  log.warn(code, text,
           {{"path", options.path},
            {"file", current ? current->path : options.path},
            {"from_offset", from},
            {"bytes", bytes == 0 ? std::string("unknown") : std::to_string(bytes)}});
}

void FileSource::State::finish(bool rewritten) {
  Mark mark{mark_here(), rewritten};
  last = mark.at;
  if (!marks.empty() && marks.back().at.pos.file == mark.at.pos.file) {
    marks.pop_back();
  } else {
    finished_now.push_back(mark.at.pos.file);
    ++stats.generations;
  }
  marks.push_back(std::move(mark));
  if (marks.size() > event::Checkpoint::kMaxFinished) {
    old_keys.push_back(marks.front().at.pos.file);
    marks.pop_front();
  }
  while (old_keys.size() > event::Checkpoint::kMaxFinished) {
    old_keys.pop_front();
  }
  if (!rewritten) {
    older.insert(old_file(current->stat));
  }
  late_offset = reader.end();
  late = std::move(current);
  if (rewritten || !late->file || late->file->compressed()) {
    late.reset();
  }
  current.reset();
  end_since.reset();
  confirmed = false;
}

// A writer that wrote to the renamed file longer than the grace: say so instead of losing it
// silently.
void FileSource::State::watch_late_writes() {
  if (!late) {
    return;
  }
  const auto now = late->file->stat();
  if (now && now->size > late_offset) {
    ++stats.gaps;
    stats.gap_bytes += now->size - late_offset;
    log.warn("late-write", "a rotated file grew after it was finished; these bytes are not shipped",
             {{"path", options.path},
              {"file", late->path},
              {"from_offset", late_offset},
              {"bytes", now->size - late_offset}});
    late_offset = now->size;
  }
}

// Once a second while there is much to read: takes hold of new generations before they are deleted.
void FileSource::State::look_ahead() {
  const TimePoint now = clock.now();
  if (looked_ahead && now - *looked_ahead < kLookAhead) {
    return;
  }
  looked_ahead = now;
  watch_late_writes();
  if (!current) {
    return;
  }
  const auto named = fs.stat(options.path);
  if (!named && named.error().code != Errc::not_found) {
    return;
  }
  if (current->live() && named && named->same_file(current->stat)) {
    current->stat = *named;
    return;
  }
  (void)refresh();  // an error is met again, and told, when the next file is needed
}

void FileSource::State::update_unread() {
  std::uint64_t unread = 0;
  if (current) {
    unread = current->file->unread(current->stat.size) + reader.waiting();
  }
  for (const Entry& entry : queue) {
    unread += entry.stat.size;
  }
  stats.unread_bytes = unread;
  stats.unterminated_bytes = current && drained ? reader.waiting() : 0;
  stats.present = current.has_value() || !queue.empty();
}

Error FileSource::State::told(Error error) {
  if (error.message != last_error) {
    last_error = error.message;
    log.error("input-unreadable", "cannot read the log; will be tried again",
              {{"path", options.path}, {"error", error.message}});
  }
  return error;
}

}  // namespace auditship::input::file
