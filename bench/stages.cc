// What each stage costs alone, on one thread: bench_stages audit|auth FILE
// Prints a line a stage: MB/s and CPU-seconds per GB, both of *input* bytes, so that the figures
// add up.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/base/logger.h"
#include "agent/event/document_encoder.h"
#include "agent/event/document_id.h"
#include "agent/filter/rule_set.h"
#include "agent/input/file/follow/file_record.h"
#include "agent/input/file/follow/file_source.h"
#include "agent/platform/posix_filesystem.h"
#include "parsers/auth_log/auth_log_parser.h"
#include "parsers/kube_audit/kube_audit_parser.h"
#include "sinks/framing/bulk_framing.h"

namespace {

using namespace auditship;

constexpr std::size_t kBlockLines = 64;
constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::int64_t kNow = 1'795'500'000'000'000'000;

class NoLog final : public Logger {
 public:
  void write(LogLevel, std::string_view, std::string_view, Values) override {}
};

class NoClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return TimePoint{}; }
  [[nodiscard]] std::int64_t wall_ns() const override { return kNow; }
};

// Sums up CPU time of this thread between start() and stop().
class Stopwatch {
 public:
  void start() { since_ = cpu(); }
  void stop() { total_ += cpu() - since_; }
  [[nodiscard]] double seconds() const { return total_; }

 private:
  static double cpu() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
  }
  double since_ = 0, total_ = 0;
};

void report(std::string_view stage, double bytes, double seconds) {
  std::cout << std::left << std::setw(24) << stage << std::right << std::fixed
            << std::setprecision(0) << std::setw(8) << bytes / 1e6 / seconds << " MB/s"
            << std::setprecision(2) << std::setw(8) << seconds / (bytes / 1e9) << " CPU-s/GB\n";
}

double time_reading(const std::string& path) {
  platform::PosixFs fs;
  const NoClock clock;
  NoLog log;
  input::file::follow::FileSourceOptions options;
  options.path = path;
  options.final_pass = true;
  options.backfill_ns = std::nullopt;
  input::file::follow::FileSource tail(fs, clock, log, options, std::nullopt);
  std::vector<event::RawLine> lines;
  Stopwatch watch;
  watch.start();
  for (auto n = tail.read(lines, kReadBytes); n && *n > 0; n = tail.read(lines, kReadBytes)) {
  }
  watch.stop();
  return watch.seconds();
}

std::unique_ptr<parsers::Parser> make_parser(std::string_view kind) {
  if (kind == "auth") {
    return std::make_unique<parsers::auth_log::AuthLogParser>(parsers::auth_log::AuthLogOptions{});
  }
  auto parser = parsers::kube_audit::KubeAuditParser::make({});
  AUDITSHIP_CHECK(parser.ok(), "default options are valid");
  return std::move(*parser);
}

// Cuts text into lines the way FileSource does, all held in memory.
std::vector<event::RawLine> lines_of(std::string_view text, const event::RecordOrigin& origin) {
  std::vector<event::RawLine> lines;
  std::uint64_t offset = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    event::RawLine line;
    line.text = text.substr(0, end);
    line.length = end;
    line.id.sequence = offset;
    line.size_in_log = end + 1;
    offset += end + 1;
    line.origin = &origin;
    lines.push_back(line);
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Compresses what comes and forgets it, batch by batch.
class PackStage {
 public:
  explicit PackStage(Codec codec) : packer_(codec) {}
  void add(const std::string& bulk) {
    watch_.start();
    packer_.append(bulk);
    if (packer_.raw_bytes() > kBatchBytes) {
      bytes_ += packer_.finish().size();
    }
    watch_.stop();
  }
  std::uint64_t finish() { return bytes_ += packer_.finish().size(); }
  [[nodiscard]] double seconds() const { return watch_.seconds(); }

 private:
  static constexpr std::uint64_t kBatchBytes = 5U << 20U;
  Packer packer_;
  Stopwatch watch_;
  std::uint64_t bytes_ = 0;
};

event::EncoderOptions encoder_options() {
  event::EncoderOptions options;
  options.cluster = "bench-cluster";
  options.node = "bench-node";
  options.stream = "bench";
  return options;
}

template <typename Work>
void timed(Stopwatch& watch, std::size_t count, Work work) {
  watch.start();
  for (std::size_t i = 0; i < count; ++i) {
    work(i);
  }
  watch.stop();
}

void time_stages(std::string_view kind, const std::string& text) {
  const event::RecordOrigin origin = input::file::follow::origin_of_lines("/var/log/bench.log");
  const std::vector<event::RawLine> lines = lines_of(text, origin);
  const std::unique_ptr<parsers::Parser> parser = make_parser(kind);
  const filter::RuleSet rules;
  event::DocIds ids;
  event::DocumentEncoder encoder(encoder_options());
  const sinks::framing::BulkFraming framing;
  PackStage gzip(Codec::gzip);
  PackStage zstd(Codec::zstd);
  Stopwatch parse, filter, id, encode;
  std::deque<event::Records> records(kBlockLines);
  std::vector<event::DocId> doc_ids(kBlockLines);
  std::string bulk;
  std::uint64_t kept = 0, bulk_bytes = 0;
  for (std::size_t at = 0; at < lines.size(); at += kBlockLines) {
    const std::size_t n = std::min(kBlockLines, lines.size() - at);
    timed(parse, n, [&](std::size_t i) { parser->parse(lines[at + i], kNow, records[i]); });
    timed(filter, n, [&](std::size_t i) {
      kept += rules.apply(records[i][0]).action == filter::Action::keep ? 1U : 0U;
    });
    timed(id, n, [&](std::size_t i) { doc_ids[i] = ids.of(lines[at + i], records[i][0]); });
    bulk.clear();
    timed(encode, n, [&](std::size_t i) {
      framing.begin_item({doc_ids[i].view(), {}, kNow}, bulk);
      encoder.append(records[i][0], lines[at + i], doc_ids[i], kNow, bulk);
      sinks::framing::ItemFraming::end_item(bulk);
    });
    bulk_bytes += bulk.size();
    gzip.add(bulk);
    zstd.add(bulk);
  }
  const auto bytes = static_cast<double>(text.size());
  report("parse", bytes, parse.seconds());
  report("filter (no rules)", bytes, filter.seconds());
  report("id (SHA-256 of a line)", bytes, id.seconds());
  report("encode", bytes, encode.seconds());
  report("compress gzip", bytes, gzip.seconds());
  report("compress zstd", bytes, zstd.seconds());
  std::cout << lines.size() << " lines, " << kept << " kept, " << text.size() << " bytes in, "
            << bulk_bytes << " bulk bytes, gzip " << gzip.finish() << ", zstd " << zstd.finish()
            << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc == 3 ? argv[1] : "";
  if (kind != "audit" && kind != "auth") {
    std::cerr << "usage: bench_stages audit|auth FILE\n";
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.empty()) {
    std::cerr << "bench_stages: " << argv[2] << " cannot be read or is empty\n";
    return 1;
  }
  std::cout << kind << '\n';
  report("read and split", static_cast<double>(text.size()), time_reading(argv[2]));
  time_stages(kind, text);
  return 0;
}
