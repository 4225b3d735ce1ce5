// `auditship reconcile`: reads log files again, makes the ids of the lines that the rules keep, and
// asks OpenSearch in how many indices each of them is. Changes nothing.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <utility>

#include "agent/app/identity.h"
#include "agent/app/type_access.h"
#include "agent/cli/commands.h"
#include "agent/event/document_id.h"
#include "agent/input/file/file_cursor.h"
#include "agent/input/file/file_record.h"
#include "agent/input/file/live_log.h"
#include "agent/input/file/log_file_reader.h"
#include "agent/logging/agent_log.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/rules/rule_file.h"
#include "sinks/opensearch/blocking_client.h"

namespace auditship::cli {
namespace {

constexpr std::size_t kAsk = 5000;   // ids at a time
constexpr std::size_t kSample = 50;  // documents by which a file's twin number is found
// Generations with the same first line that are told apart. The agent remembers as many.
constexpr std::uint32_t kTwins = input::file::FileCheckpoint::kMaxFinished;

// Offsets of lines that share one fate, for a short report.
struct Range {
  std::uint64_t first = 0, last = 0, lines = 0;
};

class Ranges {
 public:
  Ranges(std::string file, const char* what) : file_(std::move(file)), what_(what) {}

  void add(std::uint64_t offset, bool hit) {
    if (hit) {
      range_.first = range_.lines == 0 ? offset : range_.first;
      range_.last = offset;
      ++range_.lines;
      ++total_;
    } else {
      flush();
    }
  }
  void flush() {
    if (range_.lines > 0) {
      std::printf("%s: %s: %llu documents, from offset %llu to %llu\n", file_.c_str(), what_,
                  static_cast<unsigned long long>(range_.lines),
                  static_cast<unsigned long long>(range_.first),
                  static_cast<unsigned long long>(range_.last));
    }
    range_ = Range{};
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  std::string file_;
  const char* what_;
  Range range_;
  std::uint64_t total_ = 0;
};

class Reconciler {
 public:
  Reconciler(Fs& fs, const config::Config& config,
             sinks::opensearch::BlockingOpenSearchClient& client,
             const config::StreamConfig& stream, filter::RuleSet rules,
             std::unique_ptr<parsers::Parser> parser, const std::string& node)
      : fs_(fs),
        line_max_bytes_(stream.input->line_max_bytes()),
        client_(client),
        sink_(client.sink(stream.target)),
        rules_(std::move(rules)),
        parser_(std::move(parser)),
        scope_{config.cluster_name, node, stream.name} {}

  // Errors: io, corrupt, network, refused.
  // live_log: the path that the agent read it under.
  Status file(const std::string& path, const std::string& live_log) {
    live_log_ = live_log;
    twin_ = 0;
    twin_known_ = false;
    sample_.clear();
    Status status = read_file(path);
    if (!status &&
        twin_ != 0) {  // its ids were made for another generation: once more, from its beginning
      status = read_file(path);
    }
    if (missing_) {
      missing_->flush();
      doubled_->flush();
      lacking_ += missing_->total();
      surplus_ += doubled_->total();
    }
    return status;
  }

  [[nodiscard]] std::uint64_t kept() const { return kept_; }
  [[nodiscard]] std::uint64_t filtered() const { return filtered_; }
  [[nodiscard]] std::uint64_t missing() const { return lacking_; }
  [[nodiscard]] std::uint64_t doubled() const { return surplus_; }

 private:
  Status read_file(const std::string& path) {
    const std::uint64_t kept_before = kept_;
    const std::uint64_t filtered_before = filtered_;
    const std::uint32_t twin_before = twin_;
    auto opened = fs_.open(path, OpenMode::read);
    if (!opened) {
      return opened.error();
    }
    first_line_.reset();
    event::RecordOrigin origin = input::file::origin_of_lines(live_log_);
    auto stat = (*opened)->stat();
    origin.written_until_ns = stat ? stat->modified_ns : 0;
    input::file::LogFileReader bytes(std::move(*opened), input::file::codec_by_name(path));
    missing_.emplace(path, "MISSING");
    doubled_.emplace(path, "MORE THAN ONCE");
    Status status = read(bytes, origin);
    if (status) {
      status = ask();
    }
    if (twin_ != twin_before) {
      kept_ = kept_before;
      filtered_ = filtered_before;
      asked_.clear();
      offsets_.clear();
    }
    return status;
  }

  // A last line without its newline is left out: the agent has not shipped it either.
  Status read(input::file::LogFileReader& bytes, const event::RecordOrigin& origin) {
    input::file::LineCalls calls;
    calls.each = [&](const event::RawLine& line) {
      take(line, *origin.written_until_ns);
      return asked_.size() >= kAsk ? ask() : Status();
    };
    input::file::LineReading reading{origin, scope_, twin_};
    reading.line_max_bytes = line_max_bytes_;
    return input::file::each_line(bytes, reading, calls);
  }

  void take(const event::RawLine& read, std::int64_t written_until_ns) {
    event::RawLine line = read;
    if (!first_line_) {
      first_line_ = line.digest ? *line.digest : Sha256().of(line.text);
    }
    parser_->parse(line, written_until_ns, records_);
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (rules_.apply(records_[i]).action == filter::Action::drop) {
        ++filtered_;
        continue;
      }
      ++kept_;
      asked_.emplace_back(ids_.of(line, records_[i]).view());
      offsets_.push_back(line.id.sequence + records_[i].offset_in_line);
      for (std::uint32_t twin = 1; !twin_known_ && twin < kTwins && offsets_.size() <= kSample;
           ++twin) {
        line.id.prefix =
            input::file::line_id_prefix(scope_, live_log_, event::FileKey{*first_line_, twin});
        sample_[twin].emplace_back(ids_.of(line, records_[i]).view());
      }
      line.id.prefix = read.id.prefix;
    }
  }

  Status ask() {
    if (asked_.empty()) {
      return {};
    }
    auto copies = count(asked_);
    if (!copies) {
      return copies.error();
    }
    if (auto s = find_twin(*copies); !s) {
      return s;
    }
    for (std::size_t i = 0; i < copies->size(); ++i) {
      missing_->add(offsets_[i], (*copies)[i] == 0);
      doubled_->add(offsets_[i], (*copies)[i] > 1);
    }
    asked_.clear();
    offsets_.clear();
    return {};
  }

  Result<sinks::opensearch::OpenSearchSink::Copies> count(const std::vector<std::string>& ids) {
    Result<sinks::opensearch::OpenSearchSink::Copies> copies = Error{Errc::network, "interrupted"};
    client_.run([&](const std::function<void()>& done) {
      sink_.count_copies(ids, [&, done](Result<sinks::opensearch::OpenSearchSink::Copies> counted) {
        copies = std::move(counted);
        done();
      });
    });
    return copies;
  }

  // Only the agent that read a file knew which of several with the same first line it was: asks for
  // its first documents under each number, unless they are there under none. Errors: as count();
  // invalid when another number than that of this reading is right.
  Status find_twin(const sinks::opensearch::OpenSearchSink::Copies& first) {
    const auto there = [](const sinks::opensearch::OpenSearchSink::Copies& copies,
                          std::size_t size) {
      return static_cast<std::size_t>(
          std::count_if(copies.begin(), copies.begin() + static_cast<std::ptrdiff_t>(size),
                        [](auto n) { return n > 0; }));
    };
    twin_known_ = true;
    const auto samples = std::exchange(sample_, {});
    if (samples.empty()) {
      return {};
    }
    const std::size_t size = samples.begin()->second.size();
    std::size_t most = there(first, size);
    std::uint32_t best = 0;
    for (const auto& [twin, ids] : samples) {
      if (most == size) {
        break;
      }
      auto copies = count(ids);
      if (!copies) {
        return copies.error();
      }
      if (there(*copies, size) > most) {
        most = there(*copies, size);
        best = twin;
      }
    }
    twin_ = best;
    return best == 0 ? Status() : Status(Error{Errc::invalid, "the file is a later generation"});
  }

  Fs& fs_;
  std::size_t line_max_bytes_;
  sinks::opensearch::BlockingOpenSearchClient& client_;
  sinks::opensearch::OpenSearchSink& sink_;
  filter::RuleSet rules_;
  std::unique_ptr<parsers::Parser> parser_;
  event::IdScope scope_;
  // The path of the log that the file belongs to, and the digest of its first line.
  std::string live_log_;
  std::optional<Digest> first_line_;
  event::DocIds ids_;
  event::Records records_;
  std::vector<std::string> asked_;
  std::vector<std::uint64_t> offsets_;
  std::uint32_t twin_ = 0;   // FileKey::collision_index of the file that is read
  bool twin_known_ = false;  // the server was asked for its first documents
  std::map<std::uint32_t, std::vector<std::string>> sample_;  // ids of its first documents, by twin
  std::optional<Ranges> missing_, doubled_;
  std::uint64_t kept_ = 0, filtered_ = 0, lacking_ = 0, surplus_ = 0;
};

// The path that is in the ids of the file's lines.
std::optional<std::string> live_log_for(const std::string& file, const std::string& path,
                                        const std::vector<std::string>& patterns) {
  if (!path.empty()) {
    return path;
  }
  return input::file::live_log_of(std::filesystem::absolute(file).lexically_normal().string(),
                                  patterns, input::file::FilePlace::anywhere);
}

int fail(const std::string& message) {
  std::fprintf(stderr, "auditship: %s\n", message.c_str());
  return kExitFailed;
}

}  // namespace

int reconcile_command(const ReconcileArguments& arguments) {
  platform::PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  const config::StreamConfig* stream = nullptr;
  for (const config::StreamConfig& each : config->streams) {
    stream = each.name == arguments.stream ? &each : stream;
  }
  if (stream == nullptr) {
    return fail("--stream: no stream is named " + arguments.stream);
  }
  filter::RuleSet rules;
  if (!stream->filters.empty()) {
    auto file = rules::load_rule_file(fs, stream->filters);
    if (!file) {
      return fail(file.error().message);
    }
    rules = std::move(file->rules);
  }
  auto parsers = stream->parser->make_factory(parsers::ParserServices{fs});
  if (!parsers) {
    return fail(parsers.error().message);
  }
  auto node = app::frozen_node_name(fs, config->data_dir);
  if (!node) {
    return fail(node.error().message);
  }
  logging::AgentLog log(LogLevel::warn, logging::LogFormat::text);
  const auto opensearch = app::opensearch_config(*config);
  if (!opensearch) {
    return fail(opensearch.error().message);
  }
  auto client = sinks::opensearch::BlockingOpenSearchClient::connect(fs, *opensearch, log);
  if (!client) {
    return fail(client.error().message);
  }
  Reconciler reconciler(fs, *config, **client, *stream, std::move(rules), (*parsers)->make_parser(),
                        *node);
  for (const std::string& file : arguments.files) {
    const auto live_log = live_log_for(file, arguments.path, stream->input->places());
    if (!live_log) {
      return fail(file + ": is no log of stream " + stream->name +
                  " and none that was rotated from one: say with --path under which path the agent "
                  "read it");
    }
    if (auto s = reconciler.file(file, *live_log); !s) {
      return fail(file + ": " + s.error().message);
    }
  }
  std::printf("%llu documents expected, %llu records filtered; %llu missing, %llu more than once\n",
              static_cast<unsigned long long>(reconciler.kept()),
              static_cast<unsigned long long>(reconciler.filtered()),
              static_cast<unsigned long long>(reconciler.missing()),
              static_cast<unsigned long long>(reconciler.doubled()));
  return reconciler.missing() == 0 && reconciler.doubled() == 0 ? 0 : kExitFailed;
}

}  // namespace auditship::cli
