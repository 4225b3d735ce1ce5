#include "agent/status/numbers/agent_status.h"

#include <algorithm>
#include <utility>

#include "agent/app/identity.h"
#include "agent/buffer/ack_slot.h"
#include "agent/buffer/segment.h"
#include "agent/buffer/segment_list.h"

namespace auditship::status::numbers {
namespace {

Result<StreamStatus> read_stream(Fs& fs, const std::string& name, const std::string& directory) {
  StreamStatus status;
  status.name = name;
  auto ack = buffer::AckSlot::peek(fs, join_path(directory, "ack"));
  if (ack) {
    status.stats.delivered = buffer::furthest_behind(*ack).ledger;
  } else if (ack.error().code != Errc::not_found) {
    return ack.error();
  }
  auto segments = buffer::segments_in(fs, directory);
  if (!segments) {
    return segments.error();
  }
  if (segments->empty()) {
    return status;
  }
  for (const buffer::SegmentFile& each : *segments) {
    status.stats.buffered_bytes += each.bytes;
  }
  auto segment = buffer::Segment::open(fs, segments->back().path, OpenMode::read);
  if (!segment) {
    return segment.error();
  }
  status.stats.read = (*segment)->header().ledger;
  for (std::uint64_t at = (*segment)->header().size;;) {
    auto entry = (*segment)->front(at);
    if (!entry || !*entry) {
      break;  // the end, or a frame that is being written
    }
    status.stats.read = (*entry)->meta.batch.ledger;
    at = (*entry)->end();
  }
  const std::uint64_t made = status.stats.read.documents + status.stats.read.derived;
  const std::uint64_t gone = status.stats.delivered.accounted();
  status.stats.buffered_documents = made > gone ? made - gone : 0;
  return status;
}

}  // namespace

bool sums_hold(const pipeline::PipelineStats& v) {
  return v.read.balanced() && v.delivery.ledger_violations == 0 &&
         v.read.documents + v.read.derived == v.delivered.accounted() + v.buffered_documents;
}

std::vector<std::string> unready_reasons(const AgentStatus& status) {
  std::vector<std::string> reasons;
  if (status.draining) {
    reasons.emplace_back("it is stopping");
  }
  for (const StreamStatus& stream : status.streams) {
    if (!stream.stats.open) {
      reasons.push_back("stream " + stream.name + ": its buffer is not open" +
                        (stream.stats.problem.empty() ? "" : ": " + stream.stats.problem));
    }
  }
  return reasons;
}

Result<AgentStatus> read_status(Fs& fs, const std::string& data_dir) {
  auto names = fs.list(data_dir);
  if (!names) {
    return names.error();
  }
  AgentStatus status;
  if (auto node = app::frozen_node_name(fs, data_dir); node) {
    status.node = std::move(*node);
  }
  std::sort(names->begin(), names->end());
  for (const std::string& name : *names) {
    const std::string directory = join_path(join_path(data_dir, name), "buffer");
    auto there = fs.stat(directory);
    if (!there || !there->is_directory) {
      continue;
    }
    auto stream = read_stream(fs, name, directory);
    if (!stream) {
      return stream.error().in(directory);
    }
    status.streams.push_back(std::move(*stream));
  }
  return status;
}

}  // namespace auditship::status::numbers
