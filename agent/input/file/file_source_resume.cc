// FileSource: recognising a generation by its content, and finding the place of a Checkpoint again.
#include <algorithm>

#include "agent/input/file/file_source_state.h"

namespace auditship::input::file {

using Entry = FileSource::State::Entry;

namespace {

// The files whose content fits a mark, by their place in found.
class Candidates {
 public:
  explicit Candidates(const std::vector<Entry>& found) : found_(found) {}

  // In order of age, oldest first.
  void add(std::size_t i, FileSource::State::Match match) {
    if (match == FileSource::State::Match::weak) {
      weak_.push_back(i);
    }
    if (match == FileSource::State::Match::strong && !(strong_ && packed(i) && !packed(*strong_))) {
      strong_ = i;
    }
  }

  // The newest; but a compressed one does not take the place of a plain one.
  [[nodiscard]] std::optional<std::size_t> strong() const { return strong_; }
  [[nodiscard]] std::optional<std::size_t> first_weak_since(std::int64_t ns) const {
    const auto at = std::find_if(weak_.begin(), weak_.end(),
                                 [&](std::size_t i) { return found_[i].stat.modified_ns >= ns; });
    return at == weak_.end() ? std::nullopt : std::optional(*at);
  }
  [[nodiscard]] std::optional<std::size_t> only_weak() const {
    return weak_.size() == 1 ? std::optional(weak_.front()) : std::nullopt;
  }

 private:
  [[nodiscard]] bool packed(std::size_t i) const { return found_[i].file->compressed(); }

  const std::vector<Entry>& found_;
  std::optional<std::size_t> strong_;
  std::vector<std::size_t> weak_;
};

}  // namespace

FileSource::State::State(Fs& f, const Clock& c, Logger& l, FileSourceOptions o,
                         std::optional<event::Checkpoint> r)
    : fs(f),
      clock(c),
      log(l),
      options(std::move(o)),
      directory(directory_of(options.path)),
      name(file_name_of(options.path)),
      reader(options.line_max_bytes, options.cut_tail_bytes) {
  if (!r) {
    return;
  }
  old_keys.assign(r->finished.begin(), r->finished.end());
  r->finished.clear();
  position = r->pos;
  last = *r;
  if (r->pos != event::SourcePos{}) {
    resume = Mark{std::move(*r), false};
  }
}

Status FileSource::State::open(Entry& entry) {
  if (entry.file) {
    return {};
  }
  auto file = Generation::open(fs, entry.path, entry.codec());
  if (!file) {
    return file.error();
  }
  // The name may mean another file by now than when it was listed.
  auto stat = (*file)->stat();
  if (!stat) {
    return stat.error();
  }
  if (!stat->same_file(entry.stat)) {
    return Error{Errc::not_found, entry.path + ": replaced meanwhile"};
  }
  entry.stat = *stat;
  entry.file = std::move(*file);
  return {};
}

bool FileSource::State::same_file(const Entry& entry, const Mark& mark) {
  return identity(entry.stat) == Identity{mark.at.device, mark.at.inode, mark.at.generation};
}

// Whether entry holds what mark remembers; then it stands at mark's offset.
Result<FileSource::State::Match> FileSource::State::compare(Entry& entry,
                                                            const Generation::Head& head,
                                                            const Mark& mark) {
  if (!head.complete || head.digest != mark.at.pos.file.first_line) {
    return Match::none;
  }
  auto found = entry.file->seek(mark.at.pos.offset);
  if (!found) {
    return found.error().in(entry.path);
  }
  if (!*found || hash64(entry.file->window()) != mark.at.tail_hash) {
    return Match::none;
  }
  // Empty lines behind a constant header prove nothing.
  const std::string_view window = entry.file->window();
  const std::uint64_t behind_head = mark.at.pos.offset - std::min(mark.at.pos.offset, head.end);
  const std::string_view proof =
      window.substr(window.size() - std::min<std::uint64_t>(window.size(), behind_head));
  return proof.find_first_not_of(std::string_view("\r\n\0", 3)) != std::string_view::npos
             ? Match::strong
             : Match::weak;
}

// A shorter file with the same beginning: an older copy, restored.
Result<bool> FileSource::State::shortened(Entry& entry, const Mark& mark) {
  if (mark.at.head_hash == 0) {
    return false;
  }
  auto hash = entry.file->head_hash();
  if (!hash) {
    return hash.error().in(entry.path);
  }
  return *hash == mark.at.head_hash;
}

Result<bool> FileSource::State::ends_at(Entry& entry, std::uint64_t offset) {
  auto more = entry.file->seek(offset + 1);
  if (!more) {
    return more.error().in(entry.path);
  }
  if (!entry.file->compressed()) {
    more = entry.stat.size > offset;
  }
  auto back = entry.file->seek(offset);
  if (!back) {
    return back.error().in(entry.path);
  }
  return !*more;
}

event::FileKey FileSource::State::new_key(const Digest& first_line) const {
  event::FileKey key{first_line, 0};
  const auto behind = [&](const event::FileKey& known) {
    if (known.first_line == first_line) {
      key.collision_index = std::max(key.collision_index, known.collision_index + 1);
    }
  };
  std::for_each(old_keys.begin(), old_keys.end(), behind);
  std::for_each(marks.begin(), marks.end(), [&](const Mark& m) { behind(m.at.pos.file); });
  return key;
}

const event::FileKey* FileSource::State::old_key(const Digest& first_line) const {
  const auto same = [&](const event::FileKey& key) { return key.first_line == first_line; };
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    if (same(mark->at.pos.file)) {
      return &mark->at.pos.file;
    }
  }
  const auto key = std::find_if(old_keys.rbegin(), old_keys.rend(), same);
  return key == old_keys.rend() ? nullptr : &*key;
}

void FileSource::State::begin(Entry entry, const event::FileKey& key, std::uint64_t offset,
                              std::uint64_t hash) {
  head_hash = offset == 0 ? 0 : hash;
  head_known = offset == 0;
  head_bytes.clear();
  if (!head_known && head_hash == 0 && !entry.file->compressed()) {
    if (auto computed = entry.file->head_hash()) {
      head_hash = *computed;
    }
  }
  reader.restart(key, offset, entry.file->window());
  position = event::SourcePos{key, offset};
  accounted = offset;
  end_since.reset();
  confirmed = false;
  source = event::LineSource{options.path, entry.path, entry.stat.modified_ns, entry.live()};
  current = std::move(entry);
}

Result<bool> FileSource::State::find_resume() {
  auto scanned = scan();
  if (!scanned) {
    return scanned.error();
  }
  if (!*scanned || (*scanned)->empty()) {
    return false;  // nothing there (yet): the place may come back
  }
  std::vector<Entry> found = std::move(**scanned);
  const auto at = find_mark(found, *resume);
  if (!at) {
    return at.error().code == Errc::not_found ? Result<bool>(false) : at.error();
  }
  if (*at) {
    resume_here(std::move(found), **at, resume->at.pos.offset);
    return true;
  }
  for (std::size_t i = found.size(); i-- > 0;) {
    if (!found[i].file) {
      continue;
    }
    auto head = found[i].file->head(Generation::LastLine::needs_newline);
    if (!head || !head->complete || head->digest != resume->at.pos.file.first_line) {
      continue;
    }
    auto shorter = shortened(found[i], *resume);
    if (shorter && *shorter && found[i].file->seek(0)) {
      log.warn("restored-shorter",
               "the log is shorter than what was read of it; read again under the same ids",
               {{"path", found[i].path}, {"read_up_to", resume->at.pos.offset}});
      resume_here(std::move(found), i, 0);
      return true;
    }
  }
  resume_lost(std::move(found));
  return true;
}

// Which of the files is the one that mark remembers: the same inode with the same content, else the
// newest with the same content, else (nothing but a first line to compare) the one whose time fits,
// else the only one with that line: times say little after a clock was set back.
Result<std::optional<std::size_t>> FileSource::State::find_mark(std::vector<Entry>& found,
                                                                const Mark& mark) {
  Candidates fit(found);
  std::optional<Error> unreadable;
  for (std::size_t i = 0; i < found.size(); ++i) {
    Entry& e = found[i];
    if (auto s = open(e); !s) {
      if (s.error().code == Errc::not_found || e.live()) {
        return s.error();
      }
      unreadable = s.error();
      continue;  // met again, and told, when it is this file's turn
    }
    const auto match = compare_found(e, mark);
    if (!match) {
      return match.error();
    }
    if (*match != Match::none && same_file(e, mark)) {
      return std::optional(i);
    }
    fit.add(i, *match);
  }
  if (fit.strong()) {
    return fit.strong();
  }
  if (const auto timely = fit.first_weak_since(mark.at.modified_ns)) {
    return timely;
  }
  if (unreadable) {
    return *unreadable;  // it may be the one: nothing is lost as long as we have not looked
  }
  return never_repeated(mark.at.pos.file) ? fit.only_weak() : std::nullopt;
}

Result<FileSource::State::Match> FileSource::State::compare_found(Entry& entry, const Mark& mark) {
  auto head = entry.file->head(entry.live() ? Generation::LastLine::needs_newline
                                            : Generation::LastLine::may_end_without);
  if (!head) {
    return head.error().in(entry.path);
  }
  return compare(entry, *head, mark);
}

// No other generation is known to begin with the same line: it is no constant header.
bool FileSource::State::never_repeated(const event::FileKey& key) const {
  return key.collision_index == 0 && old_key(key.first_line) == nullptr;
}

void FileSource::State::resume_here(std::vector<Entry> found, std::size_t at,
                                    std::uint64_t offset) {
  for (std::size_t i = 0; i < at; ++i) {
    older.insert(old_file(found[i].stat));
  }
  for (std::size_t i = at + 1; i < found.size(); ++i) {
    queue.push_back(std::move(found[i]));
  }
  const Mark mark = std::move(*resume);
  resume.reset();
  looked = true;
  begin(std::move(found[at]), mark.at.pos.file, offset, mark.at.head_hash);
}

void FileSource::State::resume_lost(std::vector<Entry> found) {
  gap("generation-vanished",
      "the file that was read last is gone or was rewritten; its unread rest is lost",
      resume->at.pos.offset, 0);
  for (Entry& e : found) {
    if (leave_out(e)) {
      continue;
    }
    e.ordered = false;
    queue.push_back(std::move(e));
  }
  const bool rewritten = std::any_of(queue.begin(), queue.end(),
                                     [this](const Entry& e) { return same_file(e, *resume); });
  finished_now.push_back(resume->at.pos.file);
  marks.push_back(Mark{resume->at, rewritten});
  resume.reset();
  looked = true;
}

}  // namespace auditship::input::file
