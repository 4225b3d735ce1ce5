// Stream: files → parser → filter → encoder → batch → buffer → delivery, for one kind of log.
//
//   Stream stream(env, settings, rules, sink, dead_letters);
//   next = stream.step(now);      // does what can be done now, says when to call again
//
// Promises (see docs/architecture.md): a record is in exactly one place of the ledger; a full
// buffer stops reading; an error of the disk closes the buffer and recovers it anew, nothing is
// guessed. One step reads at most kStepBytes, so that a loop stays responsive. A stream shares
// nothing with another one. Everything borrowed must outlive it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/buffer/batch_builder.h"
#include "agent/buffer/segment_log.h"
#include "agent/delivery/delivery.h"
#include "agent/event/document_encoder.h"
#include "agent/event/document_id.h"
#include "agent/filter/rule_set.h"
#include "agent/input/file/file_cursor.h"
#include "agent/input/file/file_discovery.h"
#include "agent/input/file/file_source.h"
#include "agent/pipeline/growth_rate.h"
#include "agent/pipeline/recent_events.h"
#include "parsers/deriver.h"
#include "parsers/parser.h"
#include "sinks/sink.h"

namespace auditship::pipeline {

// The source whose lines are the changes of the rule file: position = number of the next change (8
// bytes, little-endian; empty: 0),
// state = the hash of the rules in force, in hex.
inline constexpr std::string_view kRulesSource = "auditship:rules";
// Which change comes next at a position of it; 0: none was made yet.
[[nodiscard]] std::uint64_t rule_change_number(const event::Cursor& position);

struct Env {
  Fs& fs;
  const Clock& clock;
  Rng& rng;
  Logger& log;
  std::function<void()> wake;  // call step() soon; on the loop thread
};

using MakeDeriver = std::function<std::unique_ptr<parsers::Deriver>()>;

struct StreamSettings {
  std::string name;
  std::string rules_file;    // where the rules come from, for the record of a change
  MakeDeriver make_deriver;  // empty: no documents are derived
  std::vector<std::string> paths;
  input::file::FileSourceOptions tail;  // path is filled in for each source
  buffer::BatchLimits batch;
  Codec codec = Codec::gzip;
  buffer::SegmentLogOptions buffer;
  std::optional<unsigned>
      buffer_max_percent;  // of what the file system has free, with what the buffer holds itself
  event::EncoderOptions encoder;
  delivery::DeliveryOptions delivery;
  std::chrono::milliseconds poll_every{1000};
  std::chrono::milliseconds rescan_every{5000};
  bool once = false;  // read to the end, close batches at once, then be finished()
};

using MakeParser = std::function<std::unique_ptr<parsers::Parser>()>;
using MakeSink =
    std::function<Result<std::unique_ptr<sinks::Sink>>(const buffer::BufferId& buffer)>;

// What is not in the ledgers, for status and metrics.
struct StreamView {
  event::ReadLedger read;           // with what the open batch holds
  event::DeliveryLedger delivered;  // with what is settled but not yet stored
  std::uint64_t buffered_documents = 0, buffered_bytes = 0, buffer_max_bytes = 0;
  std::uint64_t unread_bytes = 0, waiting_bytes = 0, left_out_files = 0, left_out_bytes = 0;
  std::uint64_t raw_bytes = 0, packed_bytes = 0;  // of documents put into frames by this run
  std::size_t sources = 0, present = 0;
  std::uint64_t lost_documents =
      0;  // to damage of the buffer, ever; ReadLedger::reread lines were read again for them
  std::size_t failing = 0;      // sources that cannot be read now
  std::uint64_t unknown = 0;    // records of this run that are of the format, but of no known form
  std::uint64_t lag_bytes = 0;  // of log files: not read, or read and not settled
  double lag_seconds = 0;       // docs/metrics.md says of what
  std::optional<double> buffer_full_seconds;       // until it is full, while it grows
  std::uint64_t batches = 0, settled_batches = 0;  // frames ever
  std::uint64_t files_behind = 0;                  // of survey(): files that wait behind another
  std::optional<std::uint64_t>
      rotations_left;   // of survey(): the least of the sources behind, else of all
  std::string problem;  // why the buffer is not open; empty: it is
  bool full = false, open = false;
  std::int64_t full_since_ns = 0;
  delivery::DeliveryStats delivery;
  buffer::DamageStats damage;
};

// One log file, looked at anew.
struct FileView {
  std::string path;  // as configured
  bool present = false, failing = false;
  input::file::FileProgress survey;
};

class Stream {
 public:
  static constexpr std::size_t kReadBytes = 256 * 1024;
  static constexpr std::size_t kStepBytes = 4 * 1024 * 1024;
  static constexpr std::size_t kPackBytes =
      512 * 1024;  // of documents, between two calls of the compressor

  Stream(Env env, StreamSettings settings, filter::RuleSet rules, MakeParser make_parser,
         MakeSink make_sink, delivery::DeadLetterBox& dead_letters, delivery::Repair repair);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Opens the buffer, if it is not open: recovery. step() does it too; call it to see errors at
  // start-up.
  Status open();
  TimePoint step(TimePoint now);
  // Stops reading; what is in the batch goes to the buffer. step() goes on delivering.
  void stop_reading();
  // Writes what is settled to disk. For the end of a run.
  void flush();
  // From the next line on. The change becomes a document (docs/architecture.md, "Rules on record").
  void set_rules(filter::RuleSet rules);
  // Something may have changed: look at the files at the next step.
  void hint() { poll_at_ = TimePoint{}; }

  // Everything that can be read now is read, and all of it is settled.
  [[nodiscard]] bool finished() const;
  // Nothing of what was read waits for delivery.
  [[nodiscard]] bool delivered() const;
  [[nodiscard]] StreamView view() const;
  // With what listing directories tells: unread bytes also while a full buffer stops reading, and
  // how far rotation is. For somebody who asks, not for every step.
  [[nodiscard]] StreamView survey(std::vector<FileView>& files);
  [[nodiscard]] const RecentEvents& recent_events() const { return events_; }
  [[nodiscard]] const StreamSettings& settings() const { return settings_; }
  [[nodiscard]] std::vector<std::string> watch_directories() const {
    return source_set_.directories();
  }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& unterminated() const {
    return unterminated_;
  }

 private:
  struct Source {
    std::unique_ptr<input::file::FileSource> tail;
    std::unique_ptr<parsers::Parser> parser;
    std::unique_ptr<parsers::Deriver> deriver;  // may be null
    event::SourcePos position;
    event::Cursor stored;  // what the buffer, or the open batch, has as its position
    input::file::FileSourceStats counted;  // what of its stats is in the ledger
    bool present = false;
    bool failing = false;
  };

  Status doubt_unreadable_positions();
  void close_all(const Error& why, TimePoint now);
  void rescan(TimePoint now);
  bool read_some(TimePoint now);
  void wait_for_news(TimePoint now);
  bool read_source(const std::string& name, Source& source, TimePoint now);
  void take(const event::RawLine& line, Source& source, std::int64_t now_ns);
  void take_derived(const event::RawLine& line, std::int64_t now_ns);
  void record_rules(TimePoint now);
  void add_rules_document(const event::RawLine& place, const std::string& before);
  void count_form(const event::Record& record);
  void count_document(const event::Record& record);
  [[nodiscard]] std::int64_t oldest_ns() const;
  void measure_lag(StreamView& view) const;
  void pack(TimePoint now);
  void clear_bulk();
  void count_dropped(const filter::FilterDecision& decision, const event::Record& record);
  void count_moved(Source& source);
  Status append_all(TimePoint now);
  Status end_doubt();
  Status reread_lost_ranges();
  Status reread(const std::vector<buffer::LostRange>& lost_ranges);
  Status reread(const buffer::LostRange& range);
  Status reread(const std::string& file, const input::file::FileCheckpoint& from,
                const event::SourcePos& to);
  [[nodiscard]] std::unique_ptr<input::file::FileSource> tail_from(
      const std::string& file, const input::file::FileCheckpoint& from) const;
  [[nodiscard]] bool end_is_there(const std::string& file, const input::file::FileCheckpoint& from,
                                  const event::SourcePos& to);
  Status append_repair(buffer::BatchBuilder& builder);
  void measure_limit();
  Status close_batch(buffer::Room room = buffer::Room::limited);
  Status append_pending(buffer::Room room = buffer::Room::limited);
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] bool unread() const;
  void tell_full(bool full);
  void tell_present(const std::string& name, Source& source);
  [[nodiscard]] std::optional<input::file::FileCheckpoint> place_of(
      const std::string& name, const event::Checkpoint& stored) const;

  Env env_;
  StreamSettings settings_;
  filter::RuleSet rules_;
  bool rules_recorded_ = false;  // the batch or the buffer says which rules are in force
  MakeParser make_parser_;
  MakeSink make_sink_;
  delivery::DeadLetterBox& dead_letters_;
  delivery::Repair repair_;

  input::file::FileDiscovery source_set_;
  std::map<std::string, Source> sources_;
  event::DocIds ids_;
  event::BulkEncoder encoder_;
  buffer::BatchBuilder builder_;
  event::ReadLedger ledger_;
  std::optional<event::Batch> pending_;  // closed, but the buffer had no room
  std::unique_ptr<buffer::SegmentLog> log_;
  buffer::BufferId sink_buffer_{};  // whose frames sink_ knows
  std::unique_ptr<sinks::Sink> sink_;
  std::vector<std::unique_ptr<sinks::Sink>>
      old_sinks_;  // of a buffer that vanished; answers may still come
  std::unique_ptr<delivery::Delivery> delivery_;

  std::vector<event::RawLine> lines_;
  event::Records records_;
  parsers::DerivedRecords derived_;
  std::string bulk_;  // reused: the documents of one read
  std::uint32_t bulk_documents_ = 0;
  std::int64_t bulk_oldest_ns_ = 0;
  std::string last_source_;  // fairness: the next read begins behind it
  TimePoint poll_at_{}, rescan_at_{}, reopen_at_{}, repair_at_{};
  std::uint32_t reopen_failures_ = 0;
  std::uint64_t raw_bytes_ = 0, packed_bytes_ = 0;
  std::map<std::string, std::uint64_t> unterminated_;
  int looks_ = 0;  // at files that have more, and gave nothing
  bool reading_ = true, at_end_ = false, full_ = false;
  std::int64_t full_since_ns_ = 0;
  std::uint64_t unknown_ = 0;
  std::int64_t at_end_ns_ = 0;  // when nothing unread was seen last; 0: not yet
  std::string problem_;
  GrowthMeter growth_;
  RecentEvents events_;
  bool showing_ = false;  // the line in hand is one of those that events_ wants
};

}  // namespace auditship::pipeline
