#include "agent/buffer/segment_recovery.h"

#include <algorithm>
#include <utility>

#include "agent/buffer/segment_list.h"
#include "agent/buffer/segment_replay.h"

namespace auditship::buffer {
namespace {

Status check_destinations(std::vector<std::string> names) {
  const bool sized = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return !name.empty() && name.size() <= kMaxDestinationNameBytes;
  });
  std::sort(names.begin(), names.end());
  const bool each_once = std::adjacent_find(names.begin(), names.end()) == names.end();
  return !names.empty() && sized && each_once
             ? Status()
             : Error{Errc::invalid, "a destination needs a name of its own, of 1 to " +
                                        std::to_string(kMaxDestinationNameBytes) + " bytes"};
}

// One recovery, from the files to what a SegmentLog is made of.
class Recovery {
 public:
  Recovery(Fs& fs, Logger& log, SegmentLogOptions options)
      : fs_(fs), log_(log), options_(std::move(options)), segments_(fs) {}

  Result<Recovered> run();

 private:
  Status open_files();
  Status refuse_foreign();
  Status replay();
  Status settle_doubts();
  [[nodiscard]] bool sent_is_gone(const AckState& state) const;
  Status add_destinations(AckStates& states);
  void count_gone_frames(const AckStates& states);
  Status store(const AckStates& states);
  Result<std::uint64_t> made_before_oldest();
  Status make_durable();

  Fs& fs_;
  Logger& log_;
  SegmentLogOptions options_;
  std::unique_ptr<File> lock_;
  AckSlot ack_;
  SegmentList segments_;
  // The newest segment, when it can be appended to.
  std::unique_ptr<Segment> active_;
  LogState state_;
  // Sources may stand before what was settled: damage hides frames.
  bool places_unsure_ = false;
  RecoveryDamage damage_;
};

Result<Recovered> Recovery::run() {
  if (auto s = check_destinations(options_.destinations); !s) {
    return s.error();
  }
  if (auto s = open_files(); !s) {
    return s.error();
  }
  if (auto s = replay(); !s) {
    return s.error();
  }
  const event::FrameId found = state_.last;
  if (auto s = settle_doubts(); !s) {
    return s.error();
  }
  if (auto s = make_durable(); !s) {
    return s.error();
  }
  const bool begin_segment =
      !active_ || state_.last != found || is_complete(*active_, options_.segment_bytes);
  Recovered out;
  out.writer = std::make_unique<SegmentWriter>(
      fs_, log_, SegmentWriterOptions{options_.directory, options_.segment_bytes, options_.new_id},
      std::move(segments_), std::move(active_), std::move(state_));
  if (begin_segment) {
    if (auto s = out.writer->roll(); !s) {
      return s.error();
    }
  }
  out.writer->remove_settled(settled_by_all(ack_.states()));
  for (const std::string& name : options_.destinations) {
    const AckState& ack = ack_.states().find(name)->second;
    auto reader = SegmentReader::open(fs_, log_, *out.writer, ack.settled, ack.ledger.accounted());
    if (!reader) {
      return reader.error();
    }
    out.readers.push_back(std::move(*reader));
  }
  out.lock = std::move(lock_);
  out.ack = std::move(ack_);
  out.damage = damage_;
  return out;
}

// Nothing is written before it is known that the buffer is of this version.
Status Recovery::open_files() {
  options_.segment_bytes =
      std::min(options_.segment_bytes, std::max<std::uint64_t>(options_.max_bytes / 8, 4096));
  if (auto s = fs_.make_dirs(options_.directory); !s) {
    return s;
  }
  auto lock = fs_.lock(join_path(options_.directory, "lock"));
  if (!lock) {
    return lock.error().code == Errc::busy
               ? Error{Errc::busy, "another auditship is using this data directory"}
               : lock.error();
  }
  lock_ = std::move(*lock);
  auto segments = SegmentList::in_directory(fs_, options_.directory);
  if (!segments) {
    return segments.error();
  }
  segments_ = std::move(*segments);
  if (auto s = refuse_foreign(); !s) {
    return s;
  }
  auto ack = AckSlot::open(fs_, join_path(options_.directory, "ack"));
  if (!ack) {
    return ack.error();
  }
  ack_ = std::move(*ack);
  return {};
}

// So that table, ledger and last frame are known.
Status Recovery::replay() {
  auto replayed = replay_newest(fs_, log_, segments_, settled_by_all(ack_.states()));
  if (!replayed) {
    return replayed.error();
  }
  active_ = std::move(replayed->active);
  state_ = std::move(replayed->state);
  options_.new_id = replayed->buffer.value_or(options_.new_id);
  places_unsure_ = replayed->places_unsure;
  damage_.cut_bytes = replayed->cut_bytes;
  damage_.skipped_bytes = replayed->skipped_bytes;
  return {};
}

// What an earlier run wrote or named without a sync may be sent now (B4).
Status Recovery::make_durable() {
  if (!active_) {
    return {};
  }
  Status durable = active_->sync();
  return durable ? fs_.sync_dir(options_.directory) : durable;
}

// Brings slot and frames to one story after a crash or damage, and writes it down. Frames that may
// have been sent although nobody knows where to are doubted: their ids will be looked up first.
Status Recovery::settle_doubts() {
  AckStates states = ack_.states();
  damage_.ack_damaged = ack_.damaged() || (ack_.empty() && !segments_.empty());
  for (auto& [name, state] : states) {
    if (damage_.ack_damaged || sent_is_gone(state) || places_unsure_) {
      state.doubted = AckState::kAllDoubted;
    }
    std::erase_if(state.targets, [&, settled = state.settled](const auto& target) {
      return target.first <= settled || target.first > state_.last;
    });
  }
  count_gone_frames(states);
  if (auto s = add_destinations(states); !s) {
    return s;
  }
  count_gone_frames(states);
  return store(states);
}

// Frames that were sent to it are not there any more.
bool Recovery::sent_is_gone(const AckState& state) const {
  return state.settled > state_.last ||
         (!state.targets.empty() && state.targets.rbegin()->first > state_.last);
}

// Gives a state to each destination that has none. A new one begins at the oldest frame that is
// there. Where both slots are lost nobody knows what it got: all is looked up and sent again.
Status Recovery::add_destinations(AckStates& states) {
  const bool ack_lost = ack_.empty() && !segments_.empty();
  if (ack_lost) {
    log_.error("buffer-ack-lost",
               "it is not known which frames were delivered: all are looked up and sent again",
               {{"buffer", options_.directory}});
  }
  for (const std::string& name : options_.destinations) {
    if (states.contains(name)) {
      continue;
    }
    auto made = made_before_oldest();
    if (!made) {
      return made.error();
    }
    AckState state;
    state.settled = segments_.empty() ? state_.last : segments_.front().first - 1;
    if (ack_lost) {
      state.ledger.unattributed = *made;  // a segment goes only when it is settled
      state.doubted = AckState::kAllDoubted;
    } else {
      state.ledger.before_added = *made;
      state.doubted = damage_.ack_damaged || places_unsure_ ? AckState::kAllDoubted : 0;
    }
    states.emplace(name, std::move(state));
  }
  return states.size() <= kMaxDestinations
             ? Status()
             : Error{Errc::invalid, "a stream has at most " + std::to_string(kMaxDestinations) +
                                        " destinations, those of earlier runs counted"};
}

// Settled frames may be gone, and their ledger with them. B2: numbers of frames that may have been
// sent are not used again. Sent are at most kMaxTargets behind `settled`.
void Recovery::count_gone_frames(const AckStates& states) {
  const event::FrameId slack =
      damage_.cut_bytes + damage_.skipped_bytes > 0 ? AckState::kMaxTargets : 0;
  for (const auto& [name, state] : states) {
    state_.last = std::max(state_.last, state.settled + slack);
    const std::uint64_t made = documents_made(state_.ledger);
    if (made < state.ledger.accounted()) {
      state_.ledger.documents += state.ledger.accounted() - made;
      state_.ledger.lines += state.ledger.accounted() - made;
    }
  }
}

Status Recovery::store(const AckStates& states) {
  const AckStates& stored = ack_.states();
  const bool changed =
      ack_.empty() || stored.size() != states.size() ||
      !std::equal(states.begin(), states.end(), stored.begin(), [](const auto& a, const auto& b) {
        return a.first == b.first && a.second.doubted == b.second.doubted &&
               a.second.targets == b.second.targets;
      });
  Status status = changed ? ack_.store(states) : Status();
  if (status && ack_.empty()) {
    status = ack_.store(states);  // so that a blank slot is never in order
  }
  return status;
}

// Documents in all frames before the oldest segment.
Result<std::uint64_t> Recovery::made_before_oldest() {
  if (segments_.empty()) {
    return documents_made(state_.ledger);
  }
  auto oldest = Segment::open(fs_, segments_.front().path, OpenMode::read);
  if (oldest) {
    return documents_made((*oldest)->header().ledger);
  }
  if (oldest.error().code != Errc::corrupt) {
    return oldest.error();
  }
  oldest = Segment::open_damaged(fs_, segments_.front().path);
  if (!oldest) {
    return oldest.error();
  }
  auto first = (*oldest)->front((*oldest)->header().size);
  if (!first) {
    return first.error();
  }
  const event::ReadLedger& ledger = *first ? (*first)->meta.batch.ledger : state_.ledger;
  return documents_made(ledger) - (*first ? (*first)->meta.batch.documents : 0);
}

// Before anything is written. The newest segment tells; where its header is damaged, the one before.
Status Recovery::refuse_foreign() {
  for (std::size_t i = segments_.size(); i-- > 0;) {
    auto opened = Segment::open(fs_, segments_.at(i).path, OpenMode::read);
    if (opened) {
      return {};
    }
    if (opened.error().code != Errc::corrupt) {
      return opened.error();
    }
  }
  return {};
}

}  // namespace

Result<Recovered> recover(Fs& fs, Logger& log, SegmentLogOptions options) {
  const std::string directory = options.directory;
  auto recovered = Recovery(fs, log, std::move(options)).run();
  if (!recovered) {
    return recovered.error().in("buffer " + directory);
  }
  return recovered;
}

}  // namespace auditship::buffer
