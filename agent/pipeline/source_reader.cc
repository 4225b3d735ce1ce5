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
void count_rotations(const input::file::FileProgress& survey, PipelineStats& stats) {
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
                           MakeParser make_parser)
    : services_(services),
      settings_(settings),
      make_parser_(std::move(make_parser)),
      discovery_(services.fs, services.log, settings.paths) {}

void SourceReader::rescan(TimePoint now, const buffer::CheckpointTable& table) {
  rescan_at_ = now + settings_.rescan_every;
  for (const std::string& name : discovery_.scan()) {
    Source& source = sources_[name];
    if (!source.file) {
      open(source, name, table);
    }
  }
}

void SourceReader::open(Source& source, const std::string& name,
                        const buffer::CheckpointTable& table) {
  source.name = name;
  input::file::FileSourceOptions options = settings_.file_source;
  options.path = name;
  std::optional<input::file::FileCheckpoint> resume;
  const auto known = table.find(name);
  if (known != table.end()) {
    source.stored = known->second.position;
    resume = place_of(name, known->second);
    source.position = resume ? resume->pos : event::SourcePos{};
  }
  source.file = std::make_unique<input::file::FileSource>(
      services_.fs, services_.clock, services_.log, std::move(options), std::move(resume));
  source.parser = make_parser_();
  if (!settings_.make_deriver) {
    return;
  }
  source.deriver = settings_.make_deriver();
  if (known != table.end() && !source.deriver->restore(known->second.state)) {
    services_.log.warn("state-dropped",
                       "what was known of sessions under way cannot be read and is forgotten",
                       {{"stream", settings_.name}, {"file", name}});
  }
}

// nullopt: the bytes are not of this release, so reading begins at the beginning.
std::optional<input::file::FileCheckpoint> SourceReader::place_of(
    const std::string& name, const event::Checkpoint& stored) const {
  auto place = input::file::decode_checkpoint(stored);
  if (!place) {
    services_.log.error(
        "position-unreadable",
        "the stored position of a log file cannot be read; the file is read from its "
        "beginning, and documents that are there already are left out",
        {{"stream", settings_.name}, {"file", name}, {"error", place.error().message}});
    return std::nullopt;
  }
  return std::move(*place);
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
  auto count = source.file->read(lines_, kReadBytes);
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

InputCounts SourceReader::take_counts(Source& source) {
  const input::file::FileSourceStats& stats = source.file->stats();
  InputCounts counts;
  counts.bytes = stats.bytes - source.counted.bytes;
  counts.empty_lines = stats.empty_lines - source.counted.empty_lines;
  counts.gaps = stats.gaps - source.counted.gaps;
  counts.gap_bytes = stats.gap_bytes - source.counted.gap_bytes;
  source.counted = stats;
  return counts;
}

std::optional<event::SourceSpan> SourceReader::take_span(Source& source) {
  if (source.file->position() == source.position) {
    return std::nullopt;
  }
  event::SourceSpan span;
  span.source = source.name;
  span.before = source.stored;
  span.after = input::file::encode_checkpoint(source.file->checkpoint());
  if (source.deriver) {
    span.after.state = source.deriver->state();
  }
  source.position = source.file->position();
  source.stored = span.after.position;
  return span;
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
  return std::any_of(sources_.begin(), sources_.end(), [](const auto& each) {
    const input::file::FileSourceStats& stats = each.second.file->stats();
    return each.second.failing || stats.unread_bytes > stats.unterminated_bytes;
  });
}

std::uint64_t SourceReader::unread_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [name, source] : sources_) {
    bytes += source.file->stats().unread_bytes;
  }
  return bytes;
}

void SourceReader::add_to(PipelineStats& stats) const {
  stats.sources = sources_.size();
  for (const auto& [name, source] : sources_) {
    const input::file::FileSourceStats& file = source.file->stats();
    stats.unread_bytes += file.unread_bytes;
    stats.waiting_bytes += file.unterminated_bytes;
    stats.left_out_files += file.left_out_files;
    stats.left_out_bytes += file.left_out_bytes;
    stats.present += file.present ? 1 : 0;
    stats.failing += source.failing ? 1 : 0;
  }
}

void SourceReader::survey(std::vector<InputFileStatus>& files, PipelineStats& stats) {
  stats.unread_bytes = 0;
  for (auto& [name, source] : sources_) {
    InputFileStatus& file = files.emplace_back();
    file.path = name;
    file.present = source.file->stats().present;
    auto survey = source.file->survey();
    file.failing = source.failing || !survey;
    if (!survey) {
      stats.unread_bytes += source.file->stats().unread_bytes;
      continue;
    }
    file.survey = std::move(*survey);
    stats.unread_bytes += file.survey.unread_bytes;
    stats.files_behind += file.survey.files_behind;
    count_rotations(file.survey, stats);
  }
}

void SourceReader::report_presence(Source& source) {
  const input::file::FileSourceStats& stats = source.file->stats();
  if (stats.unterminated_bytes > 0) {
    unterminated_[source.name] = stats.unterminated_bytes;
  } else {
    unterminated_.erase(source.name);
  }
  if (stats.present == source.present) {
    return;
  }
  source.present = stats.present;
  if (source.present) {
    services_.log.info("input-found", "following a log file",
                       {{"stream", settings_.name}, {"file", source.name}});
  } else {
    services_.log.info("input-gone", "a log file is not there now; it is watched for",
                       {{"stream", settings_.name}, {"file", source.name}});
  }
}

}  // namespace auditship::pipeline
