// SourceReader finds the logs of a stream and reads them in turn. It says what was read and when to
// look again; what becomes of the records is not its business.
//
//   if (reader.rescan_due(now)) reader.rescan(now, log.table());
//   if (reader.poll_due(now)) {
//     auto& source = reader.next_in_turn();
//     if (const auto* lines = reader.read(source)) …   // then take_counts(source), take_span(source)
//   }
//   …all of them in turn had nothing: reader.nothing_new(now), else reader.found_news()
//
// Promises: every source has its turn, so a busy one starves no other; one read is bounded by
// kReadBytes or one record. An error of a log is told once and tried again. Polling decides, a
// notification only hastens it. It knows logs by the port agent/input/source.h alone: positions are
// stored, compared and given back. Not thread-safe; all that is borrowed must outlive it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/buffer/frame.h"
#include "agent/event/batch.h"
#include "agent/event/checkpoint.h"
#include "agent/event/position.h"
#include "agent/input/source.h"
#include "agent/pipeline/pipeline_settings.h"
#include "agent/pipeline/pipeline_stats.h"
#include "agent/pipeline/records/input_counts.h"
#include "agent/pipeline/runtime_services.h"
#include "parsers/deriver.h"
#include "parsers/parser.h"

namespace auditship::pipeline {

class SourceReader {
 public:
  // Bytes of one read of one source, about.
  static constexpr std::size_t kReadBytes = 256 * 1024;

  // One log with what remembers its earlier records.
  struct Source {
    std::string name;
    std::unique_ptr<input::Source> log;
    std::unique_ptr<parsers::Parser> parser;
    // May be null.
    std::unique_ptr<parsers::Deriver> deriver;
    // Up to where its records were taken.
    event::Cursor position;
    // The same as the buffer, or the open batch, has it. Differs only when the log could not go on
    // from there.
    event::Cursor stored;
    // What of its counts was taken.
    records::InputCounts counted;
    bool present = false;
    bool failing = false;
  };

  SourceReader(const RuntimeServices& services, const PipelineSettings& settings,
               input::SourceDiscovery& input, MakeParser make_parser);

  // Looks for logs that are new, and opens each at its place in the table, with what its deriver
  // knew there.
  [[nodiscard]] bool rescan_due(TimePoint now) const { return now >= rescan_at_; }
  void rescan(TimePoint now, const buffer::CheckpointTable& table);
  // Forgets every source and looks for them at once: the buffer failed, and what was read since its
  // last sync is read again.
  void forget();

  [[nodiscard]] bool poll_due(TimePoint now) const { return now >= poll_at_; }
  [[nodiscard]] TimePoint poll_at() const { return poll_at_; }
  // Something may have changed: poll_due() from now on.
  void notify_change() { poll_at_ = TimePoint{}; }

  [[nodiscard]] std::size_t size() const { return sources_.size(); }
  // The source behind the one that was asked for last. Only when size() > 0.
  Source& next_in_turn();
  // Its next lines, valid until the next call; null while it cannot be read.
  const std::vector<event::RawLine>* read(Source& source);
  // What it counted since the last call.
  [[nodiscard]] static records::InputCounts take_counts(Source& source);
  // How far it moved since the last call, without the state there; nothing if it did not.
  [[nodiscard]] static std::optional<event::SourceSpan> take_span(Source& source);

  // What the deriver of a source remembers now; nothing if it has none.
  [[nodiscard]] std::optional<std::string> state_of(const std::string& source) const;

  // The last turn of all sources gave records: the logs are not at their end.
  void found_news();
  // It gave none: sets the time of the next poll. A run to the end looks several times at what
  // should have more before it gives up.
  void nothing_new(TimePoint now);
  // Everything that can be read was read.
  [[nodiscard]] bool at_end() const { return at_end_; }
  // Wall clock when nothing unread was seen last; 0: not yet.
  [[nodiscard]] std::int64_t at_end_ns() const { return at_end_ns_; }
  // Whether logs have more than a last record that is not complete.
  [[nodiscard]] bool has_unread() const;
  [[nodiscard]] std::uint64_t unread_bytes() const;

  void add_to(PipelineStats& stats) const;
  // Looks anew: for somebody who asks, not for every step. Replaces the unread bytes.
  void survey(std::vector<SourceStatus>& logs, PipelineStats& stats);
  // Bytes of last records that are not complete, by source.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& unterminated() const {
    return unterminated_;
  }

 private:
  void open(const std::string& name, const buffer::CheckpointTable& table);
  void restore(Source& source, const event::Checkpoint& stored);
  void report_presence(Source& source);

  const RuntimeServices& services_;
  const PipelineSettings& settings_;
  input::SourceDiscovery& input_;
  MakeParser make_parser_;
  std::map<std::string, Source> sources_;
  // Logs that could not be opened at the last look.
  std::size_t unopened_ = 0;
  // Fairness: the next read begins behind it.
  std::string last_source_;
  std::vector<event::RawLine> lines_;
  TimePoint poll_at_{}, rescan_at_{};
  bool at_end_ = false;
  std::int64_t at_end_ns_ = 0;
  // At logs that have more, and gave nothing.
  int looks_ = 0;
  std::map<std::string, std::uint64_t> unterminated_;
};

}  // namespace auditship::pipeline
