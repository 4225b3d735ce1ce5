// The input port: Source gives the records of one log, SourceDiscovery says which logs there are.
//
//   for (const std::string& name : discovery.scan()) {
//     auto source = discovery.open(name, table[name]);     // from where the last run stopped
//     auto n = (*source)->read(records, 256 << 10);        // 0: nothing new now
//     … (*source)->checkpoint() goes into the frame that has the records …
//   }
//
// An input is one implementation of both: files that rotate, the journal, … Nobody but the input
// understands its positions; everybody else stores them, compares them, and gives them back.
//
// What an input promises:
//   - Each record comes once and in order, from the given checkpoint on, however often the process
//     ends without a word. A record that comes again has the RecordId that it had, and no two
//     records of one source share one.
//   - Nothing is left out silently: what vanished before it could be read is counted as lost.
//   - Memory is bounded whatever the log holds. No byte of a log can make it fail. A record costs
//     no allocation; a cursor is made once a read, not once a record.
//   - It is right by polling alone. A change notifier only saves waiting.
// Not thread-safe: used on the loop thread. Never waits.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/result.h"
#include "agent/event/checkpoint.h"
#include "agent/event/position.h"
#include "agent/input/source_progress.h"

namespace auditship::input {

// Records one after the other.
class RecordReader {
 public:
  RecordReader() = default;
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;
  virtual ~RecordReader() = default;

  // Replaces records with the next ones, about max_bytes of them and at least one if there is one.
  // Returns how many. They, and what they point to, live until the next read. Errors: io, when the
  // log cannot be read now; the next call tries again.
  virtual Result<std::size_t> read(std::vector<event::RawLine>& records, std::size_t max_bytes) = 0;

  // What the last read knew.
  [[nodiscard]] virtual const SourceProgress& progress() const = 0;
};

// One log that is followed.
class Source : public RecordReader {
 public:
  // Behind the last record given out. It may move without a record, over what is none.
  [[nodiscard]] virtual event::Cursor position() const = 0;
  // The same place, with all that open() needs to find it again. Checkpoint::state is left empty.
  [[nodiscard]] virtual event::Checkpoint checkpoint() const = 0;

  // The progress looked at anew, with SourceProgress::file where there are files. For somebody who
  // asks, not for every read: it may list directories. Changes nothing of what is read. Errors: io.
  [[nodiscard]] virtual Result<SourceProgress> survey() = 0;

  // Looks what is new without reading, while reading has to wait, and takes hold of what may be gone
  // before its turn. What vanished is in progress(). Cheap enough for every step.
  virtual void look_around() = 0;
};

// A place where logs of an input should be, and what keeps this process from seeing them there.
struct HiddenPlace {
  // As configured.
  std::string place;
  // The part of it that shows nothing: a directory that is masked by a mount.
  std::string hidden_by;
};

// The logs of one stream.
class SourceDiscovery {
 public:
  SourceDiscovery() = default;
  SourceDiscovery(const SourceDiscovery&) = delete;
  SourceDiscovery& operator=(const SourceDiscovery&) = delete;
  virtual ~SourceDiscovery() = default;

  // Looks again, and returns the names of all sources known so far, sorted, none twice. A name is
  // the key under which checkpoints are kept: the same log has the same name in every run.
  virtual const std::vector<std::string>& scan() = 0;

  // The source of this name, from resume on; nullopt: nothing was read of it before. name: of
  // scan(), or one under which a checkpoint was kept. What is behind this must outlive the source,
  // this need not. Errors: corrupt, when resume is not a checkpoint of this input; any other, when the
  // log cannot be opened now.
  [[nodiscard]] virtual Result<std::unique_ptr<Source>> open(
      const std::string& name, const std::optional<event::Checkpoint>& resume) = 0;

  // Gives the records between two places once more, and then nothing. An empty from: from the oldest
  // record that there is. Where the log has no `to` any more, it gives what surely lies before it.
  // What is gone is counted as lost. Otherwise as open(). Errors: corrupt.
  [[nodiscard]] virtual Result<std::unique_ptr<RecordReader>> open_range(
      const std::string& name, const event::Checkpoint& from, const event::Cursor& to) = 0;

  // Whether open() can go on from it: it is a checkpoint of this input, of this or an earlier
  // release. Says nothing about whether the log still has that place.
  [[nodiscard]] virtual bool can_resume(const event::Checkpoint& checkpoint) const = 0;

  // A position as text, for a message to the operator: "offset 1234".
  [[nodiscard]] virtual std::string describe(const event::Cursor& position) const = 0;

  // Directories whose change may mean new records, for a change notifier; may be empty.
  [[nodiscard]] virtual std::vector<std::string> watch_directories() const = 0;

  // For the message that nothing was found. Empty: nothing is hidden, as far as can be seen.
  [[nodiscard]] virtual std::vector<HiddenPlace> hidden_places() const = 0;
};

}  // namespace auditship::input
