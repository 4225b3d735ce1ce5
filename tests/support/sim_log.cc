// SimWorld: what happens to the log that the agent reads.
#include <algorithm>

#include "agent/pipeline/pipeline.h"
#include "tests/support/sim_parts.h"
#include "tests/support/sim_world.h"

namespace auditship::test {

using std::chrono::seconds;

void SimWorld::add_line(const std::string& text) {
  if (plan_.log == SimPlan::Log::file) {
    writer_.line(text);
  } else {
    writer_.written.push_back(text);
    journal_.append(text);
  }
}

// A part of a record as a container runtime writes it. What is written, in words of the oracle, is
// the record, once its last part is there.
void SimWorld::add_part(std::size_t stream, const std::string& text, bool last) {
  const std::string head =
      std::string("2026-11-28T19:00:00Z ") + (stream == 0 ? "stdout " : "stderr ");
  const std::string line = head + (last ? "F " : "P ") + text;
  begun_[stream] += text;
  if (plan_.log == SimPlan::Log::file) {
    writer_.line(line);
    writer_.written.pop_back();
  } else {
    journal_.append(line);
  }
  if (last) {
    writer_.written.push_back(head + "F " + begun_[stream]);
    begun_[stream].clear();
  }
}

void SimWorld::end_parts() {
  for (std::size_t stream = 0; stream < begun_.size(); ++stream) {
    if (!begun_[stream].empty()) {
      add_part(stream, "end", true);
    }
  }
}

void SimWorld::write_lines() {
  const std::size_t n = 1 + rng_.below(rng_.one_in(6) ? 60 : 9);
  note("write " + std::to_string(n) + " lines from " + std::to_string(writer_.written.size()));
  for (std::size_t i = 0; i < n; ++i) {
    if (!piece_.empty()) {
      writer_.line_end(piece_ + " end");
      piece_.clear();
      continue;
    }
    if (plan_.parts && rng_.one_in(2)) {
      const std::size_t stream = rng_.one_in(3) ? 1 : 0;
      const std::string name = begun_[stream].empty() ? "part " + std::to_string(++parts_) : "";
      add_part(stream, name + (rng_.one_in(5) ? " noise " : " ") + std::string(rng_.below(30), 'y'),
               rng_.one_in(2));
      continue;
    }
    const std::string number = "line " + std::to_string(writer_.written.size());
    add_line(number +
             (rng_.one_in(5)    ? " noise"
              : rng_.one_in(40) ? " unmappable"
                                : "") +
             std::string(rng_.below(40), 'x'));
  }
  if (plan_.log == SimPlan::Log::file && rng_.one_in(8)) {
    piece_ = "line " + std::to_string(writer_.written.size()) + " piece";
    writer_.piece(piece_);
  }
}

// A journal that removes what is not in the buffer yet loses it: so, but for a hasty one, only
// what is, after a while without faults.
void SimWorld::vacuum() {
  if (rng_.one_in(4)) {
    note("the journal cannot be read for a while");
    journal_.fail_reads(static_cast<unsigned>(1 + rng_.below(4)));
    return;
  }
  const bool hasty = plan_.log == SimPlan::Log::hasty_journal && rng_.one_in(2);
  for (int look = 0; look < 2 && !hasty; ++look) {
    fs_.clear_faults();
    fs_.set_capacity(~std::uint64_t{0});
    run_for(seconds(5));
    const pipeline::PipelineStats v = stream_->stats();
    if (!v.open || v.full || v.unread_bytes > 0 || v.failing > 0) {
      return;
    }
  }
  const std::vector<std::string> removed = journal_.vacuum(rng_.below(20));
  vacuumed_.insert(removed.begin(), removed.end());
  for (const std::string& entry : removed) {  // a first part has the number of its record
    if (const std::size_t at = entry.find("P part "); at != std::string::npos) {
      beheaded_.insert(entry.substr(0, at) + "F " +
                       entry.substr(at + 2, entry.find(' ', at + 7) - at - 1));
    }
  }
  note((hasty ? "hasty vacuum of " : "vacuum of ") + std::to_string(removed.size()) + " entries");
  if (hasty) {
    optional_.insert(removed.begin(), removed.end());
  }
}

void SimWorld::rotate() {
  if (plan_.log != SimPlan::Log::file) {
    vacuum();
    return;
  }
  if (!piece_.empty()) {
    writer_.line_end(piece_ + " end");
    piece_.clear();
  }
  if (!fs_.exists(kLog) || fs_.get(kLog).empty()) {
    return;
  }
  if (plan_.hasty_rotation) {
    rotate_hastily();
  } else if (style_ == 0) {
    note("rotate by time stamp");
    const std::string backup = writer_.rotate_stamp();
    if (codec_ != Codec::none) {
      writer_.compress(backup, codec_);
    }
  } else if (style_ == 1) {
    copytruncate();
  } else {
    note("rotate by number");
    writer_.rotate_numbers(90, codec_, delay_compress_);
  }
}

// `rotate 2`, read or not.
void SimWorld::rotate_hastily() {
  const auto& indices = server_.indices();
  const bool something_was_read = std::any_of(indices.begin(), indices.end(), [](const auto& each) {
    const auto& documents = each.second.documents;
    return std::any_of(documents.begin(), documents.end(),
                       [](const auto& document) { return !is_rules_change(document.second); });
  });
  if (!something_was_read) {
    return;  // else nobody can know that something is missing
  }
  note("rotate hastily");
  const std::string oldest = std::string(kLog) + ".2";
  if (fs_.exists(oldest)) {
    const std::string bytes = fs_.get(oldest);
    for (const std::string& line : writer_.written) {
      if (bytes.find(line + "\n") != std::string::npos) {
        optional_.insert(line);
      }
    }
  }
  writer_.rotate_numbers(2);
}

// The buffer fills, and the log goes on and is rotated.
void SimWorld::outage_with_rotations() {
  note("outage");
  server_.down = true;
  const std::uint64_t rotations = 1 + rng_.below(6);
  for (std::uint64_t i = 0; i < rotations; ++i) {
    write_lines();
    run_for(seconds(3));
    rotate();
  }
  run_for(seconds(3));
  server_.down = false;
}

// For less time than a directory is waited for that never could be listed.
void SimWorld::trouble_listing() {
  note("the directory of the log cannot be listed");
  agent_fs_->logs_unlistable = true;
  run_for(seconds(rng_.below(5)));
  agent_fs_->logs_unlistable = false;
}

// A file that is truncated before it was read, or twice between two looks, is beyond any reader: so
// only while the agent keeps up, and it gets time to see it.
void SimWorld::copytruncate() {
  fs_.clear_faults();
  fs_.set_capacity(~std::uint64_t{0});
  run_for(seconds(3));
  const pipeline::PipelineStats v = stream_->stats();
  if (!v.open || v.full || v.unread_bytes > 0) {
    return;
  }
  note("copytruncate");
  writer_.copytruncate();
  run_for(seconds(10));
}

}  // namespace auditship::test
