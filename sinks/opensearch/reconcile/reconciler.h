// Reconciler: reads log files again, makes the ids of the lines that the rules keep, and asks
// OpenSearch in how many indices each of them is. Changes nothing.
//
//   Reconciler reconciler(fs, sink, run, std::move(rules), std::move(parser), options, report);
//   Status status = reconciler.check_file("/var/log/auth.log.1", "/var/log/auth.log");
//   reconciler.totals();
//
// Memory is bounded: some thousand ids at a time. A last line without its newline is left out, as the
// agent has not shipped it either. Only the agent that read a file knew which of several with the same
// first line it was, so that number is found out by the ids of the first documents. Calls block. What
// is borrowed must outlive it. With write aliases only: dated indices are not behind one name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/base/sha256.h"
#include "agent/event/document_id.h"
#include "agent/event/event.h"
#include "agent/event/record_id.h"
#include "agent/filter/rule_set.h"
#include "agent/input/file/log_file_reader.h"
#include "parsers/parser.h"
#include "sinks/opensearch/opensearch_sink.h"

namespace auditship::sinks::opensearch::reconcile {

// Calls start on the sink's loop and returns when the function given to it was called. False: it was
// interrupted before.
using RunUntilDone = std::function<bool(const std::function<void(std::function<void()> done)>&)>;

struct ReconcileOptions {
  // Of the stream that the agent read the file for.
  event::IdScope scope;
  std::uint64_t line_max_bytes = 16u << 20;
};

enum class Finding : std::uint8_t { missing, more_than_once };

// Documents in a row of one file that share a finding; first and last are offsets of their lines.
struct FindingRange {
  std::string file;
  Finding finding = Finding::missing;
  std::uint64_t documents = 0, first = 0, last = 0;
};

struct ReconcileTotals {
  // Documents expected, and records that the rules drop.
  std::uint64_t kept = 0, filtered = 0;
  std::uint64_t missing = 0, more_than_once = 0;
};

// Gathers offsets of documents that follow each other into ranges.
class FindingRanges {
 public:
  FindingRanges(std::string file, Finding finding,
                const std::function<void(const FindingRange&)>& report)
      : report_(report) {
    range_.file = std::move(file);
    range_.finding = finding;
  }

  // hit: the document has this finding. Documents come in their order.
  void add(std::uint64_t offset, bool hit);
  // Reports the range that is open.
  void flush();
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  const std::function<void(const FindingRange&)>& report_;
  FindingRange range_;
  std::uint64_t total_ = 0;
};

class Reconciler {
 public:
  Reconciler(Fs& fs, OpenSearchSink& sink, RunUntilDone run_until_done, filter::RuleSet rules,
             std::unique_ptr<parsers::Parser> parser, ReconcileOptions options,
             std::function<void(const FindingRange&)> report);

  // Reports what it finds. live_log: the path under which the agent read it, which is in the ids.
  // Errors: io, corrupt, network, refused.
  Status check_file(const std::string& path, const std::string& live_log);
  // Of all files so far.
  [[nodiscard]] const ReconcileTotals& totals() const { return totals_; }

 private:
  using Copies = OpenSearchSink::Copies;

  Status read_file(const std::string& path);
  void take(const event::RawLine& read, std::int64_t written_until_ns);
  Status ask();
  Result<Copies> count(const std::vector<std::string>& ids);
  Status find_generation(const Copies& first);

  Fs& fs_;
  OpenSearchSink& sink_;
  RunUntilDone run_until_done_;
  filter::RuleSet rules_;
  std::unique_ptr<parsers::Parser> parser_;
  ReconcileOptions options_;
  std::function<void(const FindingRange&)> report_;
  // The path of the log that the file belongs to, and the digest of its first line.
  std::string live_log_;
  std::optional<Digest> first_line_;
  event::DocIds ids_;
  event::Records records_;
  // What is asked for next.
  std::vector<std::string> asked_;
  std::vector<std::uint64_t> offsets_;
  // FileKey::collision_index of the file that is read, and whether the server was asked about it.
  std::uint32_t generation_ = 0;
  bool generation_known_ = false;
  // Ids of its first documents, by other numbers.
  std::map<std::uint32_t, std::vector<std::string>> sample_;
  std::optional<FindingRanges> missing_, more_than_once_;
  ReconcileTotals totals_;
};

}  // namespace auditship::sinks::opensearch::reconcile
