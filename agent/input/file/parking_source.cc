#include "agent/input/file/parking_source.h"

#include <utility>

#include "agent/input/file/generations/file_cursor.h"

namespace auditship::input::file {

ParkingSource::ParkingSource(Fs& fs, const Clock& clock, Logger& log,
                             follow::FileSourceOptions options,
                             const std::optional<generations::FileCheckpoint>& resume,
                             std::shared_ptr<ScarcityNotice> scarcity)
    : fs_(fs),
      clock_(clock),
      log_(log),
      options_(std::move(options)),
      source_(std::make_unique<follow::FileSource>(fs, clock, log, options_, resume)),
      scarcity_(std::move(scarcity)),
      refused_(fs.refused_opens()) {}

Result<std::size_t> ParkingSource::read(std::vector<event::RawLine>& lines, std::size_t max_bytes) {
  lines.clear();
  if (parked_ && !something_new()) {
    return std::size_t{0};
  }
  wake();
  auto count = source_->read(lines, max_bytes);
  update_progress();
  if (!count && count.error().code == Errc::exhausted) {
    give_back();
    lines.clear();
    return std::size_t{0};
  }
  if (count) {
    park_if_scarce(*count);
  }
  return count;
}

event::Cursor ParkingSource::position() const {
  return parked_ ? generations::encode_position(parked_->place.pos) : source_->position();
}

event::Checkpoint ParkingSource::checkpoint() const {
  return parked_ ? generations::encode_checkpoint(parked_->place) : source_->checkpoint();
}

Result<SourceProgress> ParkingSource::survey() {
  if (!parked_) {
    auto survey = source_->survey();
    if (!survey) {
      return survey;
    }
    SourceProgress out = progress_;
    out.backlog_bytes = survey->backlog_bytes;
    out.file = std::move(survey->file);
    return out;
  }
  SourceProgress out = progress_;
  FileProgress file;
  file.read_path = options_.name;
  file.offset = parked_->place.pos.offset;
  const auto now = fs_.stat(options_.path);
  file.size = now ? now->size : file.offset;
  out.backlog_bytes = file.size > file.offset ? file.size - file.offset : out.backlog_bytes;
  out.file = std::move(file);
  return out;
}

void ParkingSource::look_around() {
  if (parked_ && !something_new()) {
    return;
  }
  wake();
  source_->look_around();
  update_progress();
}

bool ParkingSource::scarce() {
  const TimePoint now = clock_.now();
  if (const std::uint64_t refused = fs_.refused_opens(); refused != refused_) {
    refused_ = refused;
    scarce_since_ = now;
  }
  return scarce_since_ && now - *scarce_since_ < kScarce;
}

// Whether the log is another one, or another size, than when it was closed. What cannot be told now
// is not new.
bool ParkingSource::something_new() {
  if (!parked_->seen) {
    return true;
  }
  const bool renamed = parked_->path != options_.path;
  if (renamed) {
    const auto successor = fs_.stat(options_.path);
    if (successor || successor.error().code != Errc::not_found) {
      return successor.ok();
    }
  }
  const auto now = fs_.stat(parked_->path);
  if (!now) {
    return now.error().code == Errc::not_found;
  }
  return !now->same_file(*parked_->seen) || now->size != parked_->seen->size ||
         now->modified_ns != parked_->seen->modified_ns;
}

void ParkingSource::wake() {
  if (!parked_) {
    return;
  }
  before_ = progress_;
  source_ = std::make_unique<follow::FileSource>(fs_, clock_, log_, options_, parked_->place);
  parked_.reset();
}

// A file that is needed was not opened: others may wait for those that this log holds.
void ParkingSource::give_back() {
  scarcity_->refused(options_.name.empty() ? options_.path : options_.name);
  source_->let_go_of_waiting();
  if (source_->seeks_at_no_cost()) {
    park(Rests::no);
  }
}

void ParkingSource::park_if_scarce(std::size_t lines) {
  if (!scarce()) {
    return;
  }
  const bool rests = lines == 0 && source_->at_rest();
  if (rests && source_->leave_nameless()) {
    update_progress();
  } else if (rests || (lines > 0 && source_->seeks_at_no_cost())) {
    park(rests ? Rests::yes : Rests::no);
  }
}

void ParkingSource::park(Rests rests) {
  if (!source_->all_named()) {
    return;  // what only our descriptor keeps is read first
  }
  Parked parked{source_->file_checkpoint(), std::nullopt, source_->current_path()};
  if (rests == Rests::yes) {
    parked.seen = source_->current_stat();
  }
  source_->close();
  update_progress();
  parked_ = std::move(parked);
}

void ParkingSource::update_progress() {
  const SourceProgress& now = source_->progress();
  progress_ = now;
  progress_.records += before_.records;
  progress_.empty_records += before_.empty_records;
  progress_.bytes += before_.bytes;
  progress_.cut_records += before_.cut_records;
  progress_.lost_ranges += before_.lost_ranges;
  progress_.lost_bytes += before_.lost_bytes;
  progress_.skipped_files += before_.skipped_files;
  progress_.skipped_bytes += before_.skipped_bytes;
}

}  // namespace auditship::input::file
