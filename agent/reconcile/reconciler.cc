#include "agent/reconcile/reconciler.h"

#include <algorithm>
#include <utility>

namespace auditship::reconcile {
namespace {

// Ids that are asked for at a time.
constexpr std::size_t kAsk = 5000;
// Documents by which a file's generation is found.
constexpr std::size_t kSample = 50;

std::size_t found_of(const Copies& copies, std::size_t size) {
  return static_cast<std::size_t>(std::count_if(copies.begin(),
                                                copies.begin() + static_cast<std::ptrdiff_t>(size),
                                                [](auto n) { return n > 0; }));
}

}  // namespace

void FindingRanges::add(std::uint64_t offset, bool hit) {
  if (!hit) {
    flush();
    return;
  }
  range_.first = range_.documents == 0 ? offset : range_.first;
  range_.last = offset;
  ++range_.documents;
  ++total_;
}

void FindingRanges::flush() {
  if (range_.documents > 0) {
    report_(range_);
  }
  range_.documents = range_.first = range_.last = 0;
}

Reconciler::Reconciler(const input::LogFiles& files, CountCopies count, filter::RuleSet rules,
                       std::unique_ptr<parsers::Parser> parser, event::IdScope scope,
                       std::function<void(const FindingRange&)> report)
    : files_(files),
      count_(std::move(count)),
      rules_(std::move(rules)),
      parser_(std::move(parser)),
      scope_(std::move(scope)),
      report_(std::move(report)) {}

Status Reconciler::check_file(const std::string& path, const std::string& source) {
  source_ = source;
  generation_ = 0;
  generation_known_ = false;
  sample_.clear();
  asked_.clear();
  offsets_.clear();
  missing_.reset();
  more_than_once_.reset();
  Status status = read_file(path);
  if (!status && generation_ != 0) {
    // Its ids were made for another generation: once more, from its beginning.
    status = read_file(path);
  }
  if (missing_) {
    missing_->flush();
    more_than_once_->flush();
    totals_.missing += missing_->total();
    totals_.more_than_once += more_than_once_->total();
  }
  return status;
}

Status Reconciler::read_file(const std::string& path) {
  const ReconcileTotals before = totals_;
  const std::uint32_t generation_before = generation_;
  // A last line without its newline is left out: the agent has not shipped it either.
  auto file =
      files_.open({.file = path, .source = source_, .scope = scope_, .generation = generation_});
  if (!file) {
    return file.error();
  }
  missing_.emplace(path, Finding::missing, report_);
  more_than_once_.emplace(path, Finding::more_than_once, report_);
  input::LineCalls calls;
  calls.each = [&](const event::RawLine& line) {
    take(line, **file);
    return asked_.size() >= kAsk ? ask() : Status();
  };
  Status status = (*file)->each_line(calls);
  if (status) {
    status = ask();
  }
  if (generation_ != generation_before) {
    totals_ = before;
    asked_.clear();
    offsets_.clear();
  }
  return status;
}

void Reconciler::take(const event::RawLine& read, const input::LogFile& file) {
  event::RawLine line = read;
  parser_->parse(line, line.origin->written_until_ns.value_or(0), records_);
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (rules_.apply(records_[i]).action == filter::Action::drop) {
      ++totals_.filtered;
      continue;
    }
    ++totals_.kept;
    asked_.emplace_back(ids_.of(line, records_[i]).view());
    offsets_.push_back(line.id.sequence + records_[i].offset_in_line);
    for (std::uint32_t other = 1;
         !generation_known_ && other < files_.generations() && offsets_.size() <= kSample;
         ++other) {
      line.id.prefix = file.id_prefix(other);
      sample_[other].emplace_back(ids_.of(line, records_[i]).view());
    }
    line.id.prefix = read.id.prefix;
  }
}

Status Reconciler::ask() {
  if (asked_.empty()) {
    return {};
  }
  auto copies = count_(asked_);
  if (!copies) {
    return copies.error();
  }
  if (auto s = find_generation(*copies); !s) {
    return s;
  }
  for (std::size_t i = 0; i < copies->size(); ++i) {
    missing_->add(offsets_[i], (*copies)[i] == 0);
    more_than_once_->add(offsets_[i], (*copies)[i] > 1);
  }
  asked_.clear();
  offsets_.clear();
  return {};
}

// Asks for the first documents of a file under each number, unless they are there under none. Errors:
// as of CountCopies; invalid when another number than that of this reading is right.
Status Reconciler::find_generation(const Copies& first) {
  generation_known_ = true;
  const auto samples = std::exchange(sample_, {});
  if (samples.empty()) {
    return {};
  }
  const std::size_t size = samples.begin()->second.size();
  std::size_t most = found_of(first, size);
  std::uint32_t best = 0;
  for (const auto& [generation, ids] : samples) {
    if (most == size) {
      break;
    }
    auto copies = count_(ids);
    if (!copies) {
      return copies.error();
    }
    if (found_of(*copies, size) > most) {
      most = found_of(*copies, size);
      best = generation;
    }
  }
  generation_ = best;
  return best == 0 ? Status() : Status(Error{Errc::invalid, "the file is a later generation"});
}

}  // namespace auditship::reconcile
