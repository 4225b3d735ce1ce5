// What a Stream tells of itself.
#include <algorithm>

#include "agent/pipeline/pipeline.h"

namespace auditship::pipeline {

StreamView Stream::view() const {
  StreamView v;
  v.read = ledger_;
  v.sources = sources_.size();
  for (const auto& [name, source] : sources_) {
    const input::file::FileSourceStats& stats = source.tail->stats();
    v.unread_bytes += stats.unread_bytes;
    v.waiting_bytes += stats.unterminated_bytes;
    v.left_out_files += stats.left_out_files;
    v.left_out_bytes += stats.left_out_bytes;
    v.present += stats.present ? 1 : 0;
    v.failing += source.failing ? 1 : 0;
  }
  v.raw_bytes = raw_bytes_;
  v.packed_bytes = packed_bytes_;
  v.full = full_;
  v.full_since_ns = full_since_ns_;
  v.unknown = unknown_;
  v.problem = problem_;
  if (log_) {
    v.open = true;
    v.delivered = delivery_->ack().ledger;
    v.lost_documents = v.delivered.lost;
    v.delivery = delivery_->stats();
    v.damage = log_->damage();
    v.buffered_bytes = log_->bytes();
    v.buffer_max_bytes = log_->max_bytes();
    const std::uint64_t made = ledger_.documents + ledger_.derived;
    const std::uint64_t gone = v.delivered.accounted();
    v.buffered_documents = made > gone ? made - gone : 0;
    v.buffer_full_seconds = full_ ? 0.0 : growth_.seconds_until(log_->max_bytes());
    v.batches = log_->last();
    v.settled_batches = delivery_->ack().settled;
  }
  measure_lag(v);
  return v;
}

namespace {

// The least of the sources that are behind, else of all.
void count_rotations(const input::file::FileProgress& survey, StreamView& v) {
  if (survey.read_path.empty()) {
    return;
  }
  const bool behind = survey.files_behind > 0;
  const bool were_behind = v.files_behind > survey.files_behind;
  if (behind == were_behind || !v.rotations_left) {
    v.rotations_left =
        std::min(v.rotations_left.value_or(survey.rotations_left), survey.rotations_left);
  } else if (behind) {
    v.rotations_left = survey.rotations_left;
  }
}

}  // namespace

StreamView Stream::survey(std::vector<FileView>& files) {
  StreamView v = view();
  v.unread_bytes = 0;
  for (auto& [name, source] : sources_) {
    FileView& file = files.emplace_back();
    file.path = name;
    file.present = source.tail->stats().present;
    auto survey = source.tail->survey();
    file.failing = source.failing || !survey;
    if (!survey) {
      v.unread_bytes += source.tail->stats().unread_bytes;
      continue;
    }
    file.survey = std::move(*survey);
    v.unread_bytes += file.survey.unread_bytes;
    v.files_behind += file.survey.files_behind;
    count_rotations(file.survey, v);
  }
  measure_lag(v);
  return v;
}

// The time of the oldest document that was read and is not settled; 0: there is none.
std::int64_t Stream::oldest_ns() const {
  std::int64_t oldest = delivery_ ? delivery_->oldest_ns() : 0;
  for (const std::int64_t other : {pending_ ? pending_->oldest_ns : 0, builder_.oldest_ns()}) {
    if (other != 0 && (oldest == 0 || other < oldest)) {
      oldest = other;
    }
  }
  return oldest;
}

// What is not read yet was written after the reader was at the end of all files last.
void Stream::measure_lag(StreamView& v) const {
  const std::uint64_t settled = delivery_ ? delivery_->settled_log_bytes() : 0;
  const std::uint64_t unsettled = v.open && ledger_.bytes > settled ? ledger_.bytes - settled : 0;
  v.lag_bytes = v.unread_bytes + unsettled;
  std::int64_t since = oldest_ns();
  if (v.unread_bytes > v.waiting_bytes && at_end_ns_ != 0 && (since == 0 || at_end_ns_ < since)) {
    since = at_end_ns_;
  }
  const std::int64_t now = env_.clock.wall_ns();
  v.lag_seconds = since != 0 && now > since ? static_cast<double>(now - since) / 1e9 : 0;
}

void Stream::tell_full(bool full) {
  if (full == full_) {
    return;
  }
  full_ = full;
  full_since_ns_ = full ? env_.clock.wall_ns() : 0;
  if (full) {
    env_.log.warn("buffer-full",
                  "the buffer has no room; reading stops until documents are delivered, the log "
                  "files keep what comes",
                  {{"stream", settings_.name},
                   {"bytes", log_->bytes()},
                   {"limit", log_->max_bytes()},
                   {"unread", view().unread_bytes}});
  } else {
    env_.log.info("buffer-room", "the buffer has room again; reading goes on",
                  {{"stream", settings_.name}});
  }
}

void Stream::tell_present(const std::string& name, Source& source) {
  const input::file::FileSourceStats& stats = source.tail->stats();
  if (stats.unterminated_bytes > 0) {
    unterminated_[name] = stats.unterminated_bytes;
  } else {
    unterminated_.erase(name);
  }
  if (stats.present != source.present) {
    source.present = stats.present;
    if (source.present) {
      env_.log.info("input-found", "following a log file",
                    {{"stream", settings_.name}, {"file", name}});
    } else {
      env_.log.info("input-gone", "a log file is not there now; it is watched for",
                    {{"stream", settings_.name}, {"file", name}});
    }
  }
}

// Whether log files have more than a last line without its end.
bool Stream::unread() const {
  return std::any_of(sources_.begin(), sources_.end(), [](const auto& each) {
    const input::file::FileSourceStats& stats = each.second.tail->stats();
    return each.second.failing || stats.unread_bytes > stats.unterminated_bytes;
  });
}

}  // namespace auditship::pipeline
