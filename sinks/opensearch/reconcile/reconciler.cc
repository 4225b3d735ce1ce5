#include "sinks/opensearch/reconcile/reconciler.h"

#include <algorithm>
#include <utility>

#include "agent/input/file/file_cursor.h"
#include "agent/input/file/file_record.h"

namespace auditship::sinks::opensearch::reconcile {
namespace {

// Ids that are asked for at a time.
constexpr std::size_t kAsk = 5000;
// Documents by which a file's generation is found.
constexpr std::size_t kSample = 50;
// Generations with the same first line that are told apart. The agent remembers as many.
constexpr std::uint32_t kGenerations = input::file::FileCheckpoint::kMaxFinished;

std::size_t found_of(const OpenSearchSink::Copies& copies, std::size_t size) {
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

Reconciler::Reconciler(Fs& fs, OpenSearchSink& sink, RunUntilDone run_until_done,
                       filter::RuleSet rules, std::unique_ptr<parsers::Parser> parser,
                       ReconcileOptions options, std::function<void(const FindingRange&)> report)
    : fs_(fs),
      sink_(sink),
      run_until_done_(std::move(run_until_done)),
      rules_(std::move(rules)),
      parser_(std::move(parser)),
      options_(std::move(options)),
      report_(std::move(report)) {}

Status Reconciler::check_file(const std::string& path, const std::string& live_log) {
  live_log_ = live_log;
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
  auto opened = fs_.open(path, OpenMode::read);
  if (!opened) {
    return opened.error();
  }
  first_line_.reset();
  event::RecordOrigin origin = input::file::origin_of_lines(live_log_);
  auto stat = (*opened)->stat();
  origin.written_until_ns = stat ? stat->modified_ns : 0;
  input::file::LogFileReader bytes(std::move(*opened), input::file::codec_by_name(path));
  missing_.emplace(path, Finding::missing, report_);
  more_than_once_.emplace(path, Finding::more_than_once, report_);
  input::file::LineCalls calls;
  calls.each = [&](const event::RawLine& line) {
    take(line, *origin.written_until_ns);
    return asked_.size() >= kAsk ? ask() : Status();
  };
  // A last line without its newline is left out: the agent has not shipped it either.
  input::file::LineReading reading{origin, options_.scope, generation_};
  reading.line_max_bytes = options_.line_max_bytes;
  Status status = input::file::each_line(bytes, reading, calls);
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

void Reconciler::take(const event::RawLine& read, std::int64_t written_until_ns) {
  event::RawLine line = read;
  if (!first_line_) {
    first_line_ = line.digest ? *line.digest : Sha256().of(line.text);
  }
  parser_->parse(line, written_until_ns, records_);
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (rules_.apply(records_[i]).action == filter::Action::drop) {
      ++totals_.filtered;
      continue;
    }
    ++totals_.kept;
    asked_.emplace_back(ids_.of(line, records_[i]).view());
    offsets_.push_back(line.id.sequence + records_[i].offset_in_line);
    for (std::uint32_t other = 1;
         !generation_known_ && other < kGenerations && offsets_.size() <= kSample; ++other) {
      line.id.prefix = input::file::line_id_prefix(options_.scope, live_log_,
                                                   input::file::FileKey{*first_line_, other});
      sample_[other].emplace_back(ids_.of(line, records_[i]).view());
    }
    line.id.prefix = read.id.prefix;
  }
}

Status Reconciler::ask() {
  if (asked_.empty()) {
    return {};
  }
  auto copies = count(asked_);
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

Result<Reconciler::Copies> Reconciler::count(const std::vector<std::string>& ids) {
  Result<Copies> copies = Error{Errc::network, "interrupted"};
  run_until_done_([&](const std::function<void()>& done) {
    sink_.count_copies(ids, [&, done](Result<Copies> counted) {
      copies = std::move(counted);
      done();
    });
  });
  return copies;
}

// Asks for the first documents of a file under each number, unless they are there under none. Errors:
// as count(); invalid when another number than that of this reading is right.
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
    auto copies = count(ids);
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

}  // namespace auditship::sinks::opensearch::reconcile
