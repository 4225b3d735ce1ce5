#include "agent/pipeline/source_reader.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/base/result.h"

namespace auditship::pipeline {
namespace {

// Looks of a run to the end, before what cannot be read is left.
constexpr int kLooks = 5;
constexpr std::chrono::milliseconds kLookAgain{100};

// The least of the sources that are behind, else of all.
void count_rotations(const input::FileProgress& survey, PipelineStats& stats) {
  if (survey.read_path.empty()) {
    return;
  }
  const bool behind = survey.files_behind > 0;
  const bool were_behind = stats.files_behind > survey.files_behind;
  if (behind == were_behind || !stats.rotations_left) {
    stats.rotations_left =
        std::min(stats.rotations_left.value_or(survey.rotations_left), survey.rotations_left);
  } else if (behind) {
    stats.rotations_left = survey.rotations_left;
  }
}

}  // namespace

SourceReader::SourceReader(const RuntimeServices& services, const PipelineSettings& settings,
                           input::SourceDiscovery& input, MakeParser make_parser)
    : services_(services),
      settings_(settings),
      input_(input),
      make_parser_(std::move(make_parser)) {}

void SourceReader::rescan(TimePoint now, const buffer::CheckpointTable& table) {
  rescan_at_ = now + settings_.rescan_every;
  unopened_ = 0;
  for (const std::string& name : input_.scan()) {
    if (!sources_.contains(name)) {
      open(name, table);
    }
  }
}

// A log that cannot be opened at all is tried again at the next look.
void SourceReader::open(const std::string& name, const buffer::CheckpointTable& table) {
  const auto known = table.find(name);
  const bool stored = known != table.end();
  auto log = input_.open(name, stored ? std::optional(known->second) : std::nullopt);
  if (!log && log.error().code == Errc::corrupt) {
    services_.log.error(
        "position-unreadable",
        "the stored position of a log file cannot be read; the file is read from its "
        "beginning, and documents that are there already are left out",
        {{"stream", settings_.name}, {"file", name}, {"error", log.error().message}});
    log = input_.open(name, std::nullopt);
  }
  if (!log) {
    ++unopened_;
    services_.log.warn(
        "input-error", "a log file cannot be read; it is tried again",
        {{"stream", settings_.name}, {"file", name}, {"error", log.error().message}});
    return;
  }
  Source& source = sources_[name];
  source.name = name;
  source.log = std::move(*log);
  source.position = source.log->position();
  source.stored = stored ? known->second.position : event::Cursor{};
  source.parser = make_parser_();
  if (settings_.make_deriver) {
    source.deriver = settings_.make_deriver();
    if (stored) {
      restore(source, known->second);
    }
  }
}

void SourceReader::restore(Source& source, const event::Checkpoint& stored) {
  if (!source.deriver->restore(stored.state)) {
    services_.log.warn("state-dropped",
                       "what was known of sessions under way cannot be read and is forgotten",
                       {{"stream", settings_.name}, {"file", source.name}});
  }
}

void SourceReader::forget() {
  sources_.clear();
  at_end_ = false;
  poll_at_ = rescan_at_ = TimePoint{};
}

SourceReader::Source& SourceReader::next_in_turn() {
  AUDITSHIP_CHECK(!sources_.empty(), "only an existing source can have its turn");
  auto at = sources_.upper_bound(last_source_);
  if (at == sources_.end()) {
    at = sources_.begin();
  }
  last_source_ = at->first;
  return at->second;
}

const std::vector<event::RawLine>* SourceReader::read(Source& source) {
  auto count = source.log->read(lines_, kReadBytes);
  if (!count) {
    if (!source.failing) {
      services_.log.warn(
          "input-error", "a log file cannot be read; it is tried again",
          {{"stream", settings_.name}, {"file", source.name}, {"error", count.error().message}});
    }
    source.failing = true;
    return nullptr;
  }
  source.failing = false;
  report_presence(source);
  return &lines_;
}

records::InputCounts SourceReader::take_counts(Source& source) {
  const input::SourceProgress& progress = source.log->progress();
  const records::InputCounts now{progress.bytes, progress.empty_records, progress.lost_ranges,
                                 progress.lost_bytes};
  const records::InputCounts before = std::exchange(source.counted, now);
  return {now.bytes - before.bytes, now.empty_lines - before.empty_lines, now.gaps - before.gaps,
          now.gap_bytes - before.gap_bytes};
}

std::optional<event::SourceSpan> SourceReader::take_span(Source& source) {
  event::Cursor position = source.log->position();
  if (position == source.position) {
    return std::nullopt;
  }
  event::SourceSpan span;
  span.source = source.name;
  span.before = std::move(source.stored);
  span.after = source.log->checkpoint();
  source.position = std::move(position);
  source.stored = span.after.position;
  return span;
}

std::optional<std::string> SourceReader::state_of(const std::string& source) const {
  const auto known = sources_.find(source);
  if (known == sources_.end() || !known->second.deriver) {
    return std::nullopt;
  }
  return known->second.deriver->state();
}

void SourceReader::found_news() {
  at_end_ = false;
  looks_ = 0;
}

void SourceReader::nothing_new(TimePoint now) {
  const bool more = has_unread();
  if (settings_.once && more && ++looks_ < kLooks) {
    // Files are being renamed just now, or the disk failed once.
    poll_at_ = now + kLookAgain;
    return;
  }
  at_end_ = true;
  if (!more) {
    at_end_ns_ = services_.clock.wall_ns();
  }
  poll_at_ = now + settings_.poll_every;
}

bool SourceReader::has_unread() const {
  return unopened_ > 0 || std::any_of(sources_.begin(), sources_.end(), [](const auto& each) {
           const input::SourceProgress& progress = each.second.log->progress();
           return each.second.failing || progress.backlog_bytes > progress.incomplete_bytes;
         });
}

std::uint64_t SourceReader::unread_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [name, source] : sources_) {
    bytes += source.log->progress().backlog_bytes;
  }
  return bytes;
}

void SourceReader::add_to(PipelineStats& stats) const {
  stats.sources = sources_.size() + unopened_;
  stats.failing += unopened_;
  for (const auto& [name, source] : sources_) {
    const input::SourceProgress& progress = source.log->progress();
    stats.unread_bytes += progress.backlog_bytes;
    stats.waiting_bytes += progress.incomplete_bytes;
    stats.left_out_files += progress.skipped_files;
    stats.left_out_bytes += progress.skipped_bytes;
    stats.present += progress.present ? 1 : 0;
    stats.failing += source.failing ? 1 : 0;
  }
}

void SourceReader::survey(std::vector<SourceStatus>& logs, PipelineStats& stats) {
  stats.unread_bytes = 0;
  for (auto& [name, source] : sources_) {
    SourceStatus& status = logs.emplace_back();
    status.name = name;
    auto survey = source.log->survey();
    if (survey) {
      status.progress = std::move(*survey);
    } else {
      status.progress = source.log->progress();
    }
    status.progress.failing = source.failing || !survey;
    stats.unread_bytes += status.progress.backlog_bytes;
    if (status.progress.file) {
      stats.files_behind += status.progress.file->files_behind;
      count_rotations(*status.progress.file, stats);
    }
  }
}

void SourceReader::report_presence(Source& source) {
  const input::SourceProgress& progress = source.log->progress();
  if (progress.incomplete_bytes > 0) {
    unterminated_[source.name] = progress.incomplete_bytes;
  } else {
    unterminated_.erase(source.name);
  }
  if (progress.present == source.present) {
    return;
  }
  source.present = progress.present;
  if (source.present) {
    services_.log.info("input-found", "following a log file",
                       {{"stream", settings_.name}, {"file", source.name}});
  } else {
    services_.log.info("input-gone", "a log file is not there now; it is watched for",
                       {{"stream", settings_.name}, {"file", source.name}});
  }
}

}  // namespace auditship::pipeline
