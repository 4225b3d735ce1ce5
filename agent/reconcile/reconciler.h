// Reconciler: reads log files again, makes the ids of the lines that the rules keep, and asks the
// destination how often each of them is there. Changes nothing.
//
//   Reconciler reconciler(files, count, std::move(rules), std::move(parser), scope, report);
//   Status status = reconciler.check_file("/var/log/auth.log.1", "/var/log/auth.log");
//   reconciler.totals();
//
// Memory is bounded: some thousand ids at a time. A last line without its newline is left out, as the
// agent has not shipped it either. Only the agent that read a file knew which of several with the same
// first line it was, so that number is found out by the ids of the first documents. Calls block. What
// is borrowed must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/result.h"
#include "agent/event/document_id.h"
#include "agent/event/event.h"
#include "agent/event/record_id.h"
#include "agent/filter/rule_set.h"
#include "agent/input/log_files.h"
#include "parsers/parser.h"

namespace auditship::reconcile {

using Copies = std::vector<std::uint32_t>;
// How often each document is at the destination, in the order asked. Errors: network, refused.
using CountCopies = std::function<Result<Copies>(const std::vector<std::string>& ids)>;

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
  // scope: of the stream that the agent read the files for.
  Reconciler(const input::LogFiles& files, CountCopies count, filter::RuleSet rules,
             std::unique_ptr<parsers::Parser> parser, event::IdScope scope,
             std::function<void(const FindingRange&)> report);

  // Reports what it finds. source: that which the agent read it as, which is in the ids. Errors: io,
  // corrupt, network, refused.
  Status check_file(const std::string& path, const std::string& source);
  // Of all files so far.
  [[nodiscard]] const ReconcileTotals& totals() const { return totals_; }

 private:
  Status read_file(const std::string& path);
  void take(const event::RawLine& read, const input::LogFile& file);
  Status ask();
  Status find_generation(const Copies& first);

  const input::LogFiles& files_;
  CountCopies count_;
  filter::RuleSet rules_;
  std::unique_ptr<parsers::Parser> parser_;
  event::IdScope scope_;
  std::function<void(const FindingRange&)> report_;
  // Which the file that is read belongs to.
  std::string source_;
  event::DocIds ids_;
  event::Records records_;
  // What is asked for next.
  std::vector<std::string> asked_;
  std::vector<std::uint64_t> offsets_;
  // LogFileRequest::generation of the file that is read, and whether it was asked for.
  std::uint32_t generation_ = 0;
  bool generation_known_ = false;
  // Ids of its first documents, by other numbers.
  std::map<std::uint32_t, std::vector<std::string>> sample_;
  std::optional<FindingRanges> missing_, more_than_once_;
  ReconcileTotals totals_;
};

}  // namespace auditship::reconcile
