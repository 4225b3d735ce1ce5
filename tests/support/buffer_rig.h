// BufferRig: a SegmentLog over a SimFs whose documents are the numbers 0, 1, 2 …, one a record of
// its source. So positions, ledger and content of every frame
// can be checked against each other.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/buffer/segment_log.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship::test {

// Where document begins, in an encoding that only this rig knows. 0 is the beginning.
inline event::Cursor place_of(std::uint64_t document) {
  return document == 0 ? event::Cursor{} : event::Cursor{"document " + std::to_string(document)};
}

inline std::uint64_t document_at(const event::Cursor& place) {
  return place.empty() ? 0 : std::stoull(place.bytes.substr(std::string("document ").size()));
}

inline std::string bulk_lines(std::uint64_t document) {
  const std::string n = std::to_string(document);
  return "{\"create\":{\"_id\":\"" + n + "\"}}\n{\"n\":" + n + "}\n";
}

// The documents [from, to) of one source as a batch that follows on `made` documents of all
// sources.
inline event::Batch numbered_batch(std::uint64_t from, std::uint64_t to, std::uint64_t made,
                                   const std::string& source = "/log") {
  event::Batch batch;
  event::SourceSpan span;
  span.source = source;
  span.before = place_of(from);
  span.after.position = place_of(to);
  batch.spans.push_back(span);
  for (std::uint64_t n = from; n < to; ++n) {
    batch.body += bulk_lines(n);
  }
  batch.documents = static_cast<std::uint32_t>(to - from);
  batch.raw_bytes = batch.body.size();
  batch.framing = "bulk";
  batch.ledger.lines = batch.ledger.documents = made + batch.documents;
  return batch;
}

// The numbers in a body, or {~0} when it is not what numbered_batch wrote.
inline std::vector<std::uint64_t> numbers_in(const event::Batch& batch) {
  std::vector<std::uint64_t> numbers;
  std::string again;
  for (std::size_t at = 0; (at = batch.body.find("\"n\":", at)) != std::string::npos; ++at) {
    numbers.push_back(std::stoull(batch.body.substr(at + 4)));
    again += bulk_lines(numbers.back());
  }
  const bool whole = again == batch.body && numbers.size() == batch.documents;
  return whole ? numbers : std::vector<std::uint64_t>{~std::uint64_t{0}};
}

struct BufferRig {
  BufferRig() : fs(clock) {
    options.directory = "/data/buffer";
    options.new_id.fill(9);
    options.max_bytes = 1 << 20;
    options.segment_bytes = 600;
  }

  Status open() {
    log.reset();
    auto opened = buffer::SegmentLog::open(fs, logger, options);
    if (!opened) {
      return opened.error();
    }
    log = std::move(*opened);
    return {};
  }
  // Appends n documents that follow on the last ones, and syncs.
  Status add(std::uint64_t n) {
    const auto at = log->table().find("/log");
    const std::uint64_t from = at == log->table().end() ? 0 : document_at(at->second.position);
    return add(numbered_batch(from, from + n, log->ledger().documents));
  }
  Status add(const event::Batch& batch) {
    auto id = log->append(batch);
    if (!id) {
      return id.error();
    }
    return log->sync();
  }
  // Settles the frames up to id as created.
  Status settle(event::FrameId id, std::uint64_t documents, buffer::DestinationId destination = 0) {
    buffer::AckState ack = log->ack(destination);
    ack.settled = id;
    ack.ledger.created += documents;
    return log->store(destination, ack);
  }

  // What is in the log to be sent, read to its end.
  struct Drained {
    std::set<std::uint64_t> documents;
    bool wrong = false;  // a body that was never written, or a document twice
    std::uint64_t lost = 0;
    std::vector<buffer::LostRange> lost_ranges;
    event::FrameId last = 0;
    std::string error;
  };
  Drained drain(buffer::DestinationId destination = 0) {
    Drained out;
    while (true) {
      auto frame = log->next(destination);
      if (!frame) {
        out.error = frame.error().message;
        return out;
      }
      if (!*frame) {
        return out;
      }
      out.last = (*frame)->id;
      out.lost += (*frame)->lost_documents;
      out.lost_ranges.insert(out.lost_ranges.end(), (*frame)->lost_ranges.begin(),
                             (*frame)->lost_ranges.end());
      for (const std::uint64_t n : numbers_in((*frame)->batch)) {
        out.wrong = out.wrong || n == ~std::uint64_t{0} || !out.documents.insert(n).second;
      }
    }
  }
  // How many files the buffer has.
  [[nodiscard]] std::size_t segments() {
    return buffer::segments_in(fs, options.directory).value().size();
  }
  [[nodiscard]] std::uint64_t resume() const {
    const auto at = log->table().find("/log");
    return at == log->table().end() ? 0 : document_at(at->second.position);
  }

  SimClock clock;
  SimFs fs;
  LogCapture logger;
  buffer::SegmentLogOptions options;
  std::unique_ptr<buffer::SegmentLog> log;
};

}  // namespace auditship::test
