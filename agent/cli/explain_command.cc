// `auditship explain`: runs filter rules over existing logs and says what they would do. Nothing is
// shipped or kept.
#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include "agent/app/registered_types.h"
#include "agent/base/human_readable.h"
#include "agent/cli/commands.h"
#include "agent/explain/explain.h"
#include "agent/explain/explain_report.h"
#include "agent/explain/for_each_log_line.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/platform/system_clock.h"
#include "agent/rules/rule_file.h"

namespace auditship::cli {
namespace {

constexpr std::size_t kOutput = 64 * 1024;

int fail(const std::string& message, int code) {
  std::fprintf(stderr, "auditship: %s\n", message.c_str());
  return code;
}

Status write_out(std::string& out) {
  const bool written =
      std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0;
  out.clear();
  return written ? Status() : Error{Errc::io, "standard output is closed"};
}

// A bar on stderr, rewritten a few times a second; nothing where that is no terminal.
class Progress {
 public:
  Progress(bool wanted, std::uint64_t total)
      : total_(total), shown_(wanted && ::isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (drawn_) {
      std::fputs("\r\033[K", stderr);
    }
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void file_done(std::uint64_t bytes) { before_ += bytes; }
  void show(std::uint64_t in_file) {
    if (!shown_ || ++calls_ % 1024 != 1) {
      return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (drawn_ && now - last_ < std::chrono::milliseconds(200)) {
      return;
    }
    last_ = now;
    drawn_ = true;
    draw(before_ + in_file);
  }

 private:
  void draw(std::uint64_t done) const {
    constexpr std::size_t width = 40;
    if (total_ == 0) {  // standard input
      std::fprintf(stderr, "\r\033[K%s read", human_bytes(done).c_str());
      return;
    }
    const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
    const std::string bar(static_cast<std::size_t>(part * width), '#');
    std::fprintf(stderr, "\r\033[K[%-*s] %3.0f %% of %s", static_cast<int>(width), bar.c_str(),
                 part * 100, human_bytes(total_).c_str());
  }

  std::uint64_t total_, before_ = 0, calls_ = 0;
  bool shown_, drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

struct Job {
  platform::PosixFs fs;
  config::Config config;
  config::StreamConfig stream;
  std::unique_ptr<input::LogFiles> logs;
  std::unique_ptr<parsers::ParserFactory> parsers;
  filter::RuleSet rules;
  std::string rules_file;
};

// The sum of the files' sizes, for the bar; 0 when one is not known.
std::uint64_t total_size(Fs& fs, const std::vector<std::string>& files) {
  std::uint64_t total = 0;
  for (const std::string& name : files) {
    auto stat = fs.stat(name);
    if (name == "-" || !stat) {
      return 0;
    }
    total += stat->size;
  }
  return total;
}

Status read_file(Job& job, const std::string& name, Progress& progress,
                 const explain::UseLine& use) {
  auto file = job.logs->open({.file = name, .last = input::LastLine::take_unterminated});
  if (!file) {
    return file.error();
  }
  const auto parser = job.parsers->make_parser();
  auto status =
      explain::for_each_log_line(**file, *parser, platform::SystemClock().wall_ns(),
                                 [&](const event::RawLine& line, const event::Records& records) {
                                   progress.show((*file)->taken());
                                   return use(line, records);
                                 });
  progress.file_done((*file)->taken());
  return status ? Status() : Status(status.error().in(name));
}

Status read_files(Job& job, const ExplainArguments& arguments, const explain::UseLine& use) {
  // Decisions on the same terminal would be written over the bar.
  Progress progress(!arguments.decisions || ::isatty(STDOUT_FILENO) == 0,
                    total_size(job.fs, arguments.files));
  for (const std::string& name : arguments.files) {
    if (auto s = read_file(job, name, progress, use); !s) {
      return s;
    }
  }
  return {};
}

Result<filter::RuleSet> load_rules(Fs& fs, const std::string& path) {
  auto file = rules::load_rule_file(fs, path);
  if (!file) {
    return file.error();
  }
  for (const std::string& warning : file->warnings) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  return std::move(file->rules);
}

// Fills job. 0, or the exit code; it is said why.
int prepare(const ExplainArguments& arguments, Job& job) {
  if (arguments.config.empty() && arguments.rules.empty()) {
    return fail("one of --config and --rules is required", kExitUsage);
  }
  job.config = config::default_config(app::registered_types());
  if (!arguments.config.empty()) {
    auto config = config_for(job.fs, arguments.config);
    if (!config) {
      return kExitFailed;
    }
    job.config = std::move(*config);
  }
  auto stream = stream_named(arguments.stream, job.config);
  if (!stream) {
    return kExitUsage;
  }
  job.stream = std::move(*stream);
  auto logs = log_files_of(job.fs, job.config, job.stream);
  if (!logs) {
    return fail(logs.error().message, kExitFailed);
  }
  job.logs = std::move(*logs);
  job.rules_file = arguments.rules.empty() ? job.stream.filters : arguments.rules;
  if (!job.rules_file.empty()) {
    auto rules = load_rules(job.fs, job.rules_file);
    if (!rules) {
      return fail(rules.error().message, kExitFailed);
    }
    job.rules = std::move(*rules);
  }
  auto parsers = job.stream.parser->make_factory(parsers::ParserServices{job.fs});
  if (!parsers) {
    return fail(parsers.error().message, kExitFailed);
  }
  job.parsers = std::move(*parsers);
  return 0;
}

Status decide(Job& job, const ExplainArguments& arguments) {
  std::string out;
  std::uint64_t number = 0;
  auto status = read_files(
      job, arguments, [&](const event::RawLine&, const event::Records& records) -> Status {
        explain::append_decision(out, ++number, explain::decide_line(job.rules, records));
        return out.size() < kOutput ? Status() : write_out(out);
      });
  auto written = write_out(out);  // the decisions before an error are good
  return status ? written : status;
}

Status report(Job& job, const ExplainArguments& arguments) {
  explain::Explainer explainer(job.rules);
  auto status =
      read_files(job, arguments, [&](const event::RawLine& line, const event::Records& records) {
        explainer.add(line, records);
        return Status();
      });
  if (!status) {
    return status;
  }
  const explain::ExplainAbout about{job.stream.name, job.rules_file};
  std::string out = arguments.json ? explain::render_explain_json(explainer, about)
                                   : explain::render_explain_text(explainer, about);
  return write_out(out);
}

Status compare(Job& job, const ExplainArguments& arguments, const filter::RuleSet& other) {
  explain::Comparison comparison(job.rules, other);
  auto status =
      read_files(job, arguments, [&](const event::RawLine& line, const event::Records& records) {
        comparison.add(line, records);
        return Status();
      });
  if (!status) {
    return status;
  }
  const std::string a = job.rules_file.empty() ? "no rules" : job.rules_file;
  std::string out = arguments.json
                        ? explain::render_comparison_json(comparison, a, arguments.other)
                        : explain::render_comparison_text(comparison, a, arguments.other);
  return write_out(out);
}

}  // namespace

int explain_command(const ExplainArguments& arguments) {
  Job job;
  if (const int code = prepare(arguments, job); code != 0) {
    return code;
  }
  Status status;
  if (!arguments.other.empty()) {
    auto other = load_rules(job.fs, arguments.other);
    if (!other) {
      return fail(other.error().message, kExitFailed);
    }
    status = compare(job, arguments, *other);
  } else {
    status = arguments.decisions ? decide(job, arguments) : report(job, arguments);
  }
  return status ? 0 : fail(status.error().message, kExitFailed);
}

}  // namespace auditship::cli
