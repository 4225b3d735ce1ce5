// The inside of FileSource: the generation being read, those that wait behind it, and what is remembered
// of those that are done. Only for tail*.cc.
//
// Order decides which generation is next; content (first line, bytes before an offset) decides
// which one a file is; inode numbers and times only break ties.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "agent/input/file/file_source.h"
#include "agent/input/file/generation.h"
#include "agent/input/file/line_reader.h"
#include "agent/input/file/rotation_names.h"

namespace auditship::input::file {

struct FileSource::State {
  using Identity = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;
  using OldFile =
      std::pair<Identity, std::int64_t>;  // with the mtime, as inode numbers are used again
  static Identity identity(const FileStat& s) { return {s.device, s.inode, s.generation}; }
  static OldFile old_file(const FileStat& s) { return {identity(s), s.modified_ns}; }

  // A file of the rotation chain. rotated is empty for the live one.
  struct Entry {
    std::string path;
    std::optional<RotatedName> rotated;
    FileStat stat;
    std::unique_ptr<Generation>
        file;             // held from when it is first seen, so that deleting it loses nothing
    bool ordered = true;  // false: not known to be newer than what was read last

    [[nodiscard]] bool live() const { return !rotated.has_value(); }
    [[nodiscard]] Codec codec() const { return rotated ? rotated->codec : Codec::none; }
  };

  // A generation that is done with, as far as it was read.
  struct Mark {
    event::Checkpoint at;
    bool rewritten = false;  // the file that `at` names was truncated since
  };

  enum class Adopt { taken, dropped, wait };
  enum class Match { none, weak, strong };  // weak: nothing but the first line was there to compare

  State(Fs& fs, const Clock& clock, Logger& log, FileSourceOptions options,
        std::optional<event::Checkpoint> resume);

  // tail.cc: reading
  std::size_t take(std::vector<event::RawLine>& lines, std::size_t max_bytes);
  void add_rest(std::vector<event::RawLine>& lines);
  void account();
  Result<ReadEnd> fill(std::size_t max_bytes);
  Result<bool> at_end(std::vector<event::RawLine>& lines);
  Result<bool> has_successor();
  Result<bool> still_live();
  Result<bool> has_begun(Entry& next);
  Result<bool> at_damage(std::vector<event::RawLine>& lines);
  bool grace_over();
  void finish(bool rewritten);
  void watch_late_writes();
  void look_ahead();
  void update_unread();
  void gap(std::string_view code, std::string_view text, std::uint64_t from, std::uint64_t bytes);
  Error told(Error error);
  [[nodiscard]] event::Checkpoint mark_here() const;

  // tail_lineage.cc: which file is next
  Result<std::vector<Entry>> scan_once();
  Result<std::optional<std::vector<Entry>>> scan();  // nullopt: files are being renamed just now
  Result<bool> refresh();  // false: files are being renamed just now, nothing new is known
  bool locate(std::vector<Entry> found);  // false: one vanished meanwhile
  void first_look(std::vector<Entry>& found);
  void drop_order(std::vector<Entry>& found);
  bool merge(std::vector<Entry> newer);
  bool leave_out(const Entry& entry);
  Result<bool> next_generation();
  Result<bool> replaced(std::vector<event::RawLine>& lines);
  struct Look {                        // the last look around of next_generation
    std::optional<Digest> first_line;  // of the live file, before it
    int count = 0;                     // of looks
  };
  Result<bool> front_is_due(Look& look);
  Result<std::optional<Digest>> first_line(Entry& entry);
  enum class Copy { none, taken, wait };
  Result<Copy> continue_in_copy();
  Result<Match> compare_copy(Entry& copy, const Mark& mark);

  // tail_adopt.cc: taking the next file
  Result<Adopt> adopt(Entry& entry);
  Result<Adopt> pass_unopened(const Entry& entry, const Error& why);
  [[nodiscard]] bool may_still_grow(const Entry& entry) const;
  Result<std::optional<Adopt>> adopt_known(Entry& entry, const Generation::Head& head);
  Result<std::optional<Adopt>> adopt_grown(Entry& entry, const Generation::Head& head);
  Result<std::optional<Adopt>> adopt_restored(Entry& entry, const Generation::Head& head);
  [[nodiscard]] static bool same_by_inode_or_time(const Entry& entry, const Mark& mark);

  // tail_resume.cc: which generation a file is
  Status open(Entry& entry);
  Result<bool> find_resume();
  Result<std::optional<std::size_t>> find_mark(std::vector<Entry>& found, const Mark& mark);
  Result<Match> compare_found(Entry& entry, const Mark& mark);
  void resume_here(std::vector<Entry> found, std::size_t at, std::uint64_t offset);
  void resume_lost(std::vector<Entry> found);
  Result<Match> compare(Entry& entry, const Generation::Head& head, const Mark& mark);
  [[nodiscard]] static bool same_file(const Entry& entry, const Mark& mark);
  Result<bool> shortened(Entry& entry, const Mark& mark);
  Result<bool> ends_at(Entry& entry, std::uint64_t offset);
  void begin(Entry entry, const event::FileKey& key, std::uint64_t offset, std::uint64_t head_hash);
  [[nodiscard]] event::FileKey new_key(const Digest& first_line) const;
  [[nodiscard]] const event::FileKey* old_key(const Digest& first_line) const;
  [[nodiscard]] bool never_repeated(const event::FileKey& key) const;

  Fs& fs;
  const Clock& clock;
  Logger& log;
  FileSourceOptions options;
  std::string directory, name;

  LineReader reader;
  event::LineSource source;
  FileSourceStats stats;
  event::SourcePos position;    // behind the last line given out
  std::uint64_t accounted = 0;  // reader.offset() that stats.bytes covers
  std::uint64_t empty_accounted = 0;

  std::optional<Entry> current;
  std::uint64_t head_hash = 0;         // of current; 0 until known
  std::string head_bytes;              // its first bytes, gathered until there are enough to hash
  bool head_known = true;              // false: began in the middle, head_bytes cannot be gathered
  std::optional<TimePoint> end_since;  // current is at its end, a successor is there
  bool drained = true;                 // no complete line waits in the reader
  bool confirmed = false;              // looked for more after the successor was seen

  std::optional<Mark> resume;                // not found again yet
  event::Checkpoint last;                    // what checkpoint() returns when nothing is being read
  std::deque<Mark> marks;                    // finished in this run, oldest first
  std::deque<event::FileKey> old_keys;       // finished in earlier runs
  std::vector<event::FileKey> finished_now;  // since the last checkpoint()
  std::deque<Entry> queue;                   // newer than current, oldest first
  std::set<OldFile> older;                   // older than current, or left out: never to be read
  bool looked = false;                       // the first scan was made
  std::optional<Entry> late;  // the generation finished last, for writes that come too late
  std::uint64_t late_offset = 0;
  std::optional<TimePoint> looked_ahead;
  int copy_failures = 0;
  std::string last_error;
  std::set<std::string> told_paths;
};

}  // namespace auditship::input::file
