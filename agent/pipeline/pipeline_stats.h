// PipelineStats: what a pipeline tells of itself, for status and metrics. Plain values, filled in by
// Pipeline::stats() and Pipeline::survey(). Bytes, documents or seconds as the names say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/buffer/segment_log.h"
#include "agent/delivery/delivery_options.h"
#include "agent/event/accounting.h"
#include "agent/input/source_progress.h"

namespace auditship::pipeline {

struct PipelineStats {
  // With what the open batch holds.
  event::ReadLedger read;
  // With what is settled but not yet stored.
  event::DeliveryLedger delivered;

  std::uint64_t buffered_documents = 0;
  std::uint64_t buffered_bytes = 0;
  std::uint64_t buffer_max_bytes = 0;

  // Of logs: known to be ahead of the reader, and of them the last records that are not complete.
  std::uint64_t unread_bytes = 0;
  std::uint64_t waiting_bytes = 0;
  // Log files older than the backfill limit at the first start.
  std::uint64_t left_out_files = 0;
  std::uint64_t left_out_bytes = 0;

  // Of documents put into frames by this run, before and after compression.
  std::uint64_t raw_bytes = 0;
  std::uint64_t packed_bytes = 0;

  // Logs that are followed, those of them that exist, and those that cannot be read now.
  std::size_t sources = 0;
  std::size_t present = 0;
  std::size_t failing = 0;

  // Lost to damage of the buffer, ever. Lines were read again for them: ReadLedger::reread.
  std::uint64_t lost_documents = 0;
  // Records of this run that are of the format, but of no known form.
  std::uint64_t unknown = 0;
  // Of the lines of the last hour: not of the format; nullopt: there were no lines. And how one of them begins.
  std::optional<double> unparsed_share;
  std::string unparsed_example;

  // Of logs: not read, or read and not settled.
  std::uint64_t lag_bytes = 0;
  // docs/metrics.md says of what.
  double lag_seconds = 0;
  // Until the buffer is full, while it grows.
  std::optional<double> buffer_full_seconds;

  // Frames ever.
  std::uint64_t batches = 0;
  std::uint64_t settled_batches = 0;

  // Of survey() only: files that wait behind another one, and the number of rotations after which
  // something unread is deleted: the least of the sources that are behind, else of all.
  std::uint64_t files_behind = 0;
  std::optional<std::uint64_t> rotations_left;

  // Why the buffer is not open; empty: it is.
  std::string problem;
  bool open = false;
  // The buffer has no room, and reading stops. Wall clock since when, 0 = it has room.
  bool full = false;
  std::int64_t full_since_ns = 0;

  delivery::DeliveryStats delivery;
  buffer::DamageStats damage;
};

// One source, looked at anew.
struct SourceStatus {
  // The name of the source; of a log file its path.
  std::string name;
  // With what a survey tells; without SourceProgress::file where that failed.
  input::SourceProgress progress;
};

}  // namespace auditship::pipeline
