#include <cstdio>
#include <cstring>
#include <ctime>

#include "agent/app/agent.h"
#include "agent/app/cli.h"
#include "agent/app/log_bytes.h"
#include "agent/app/pretty.h"
#include "agent/app/system.h"
#include "agent/app/version.h"
#include "agent/core/codec.h"
#include "agent/core/posix_fs.h"
#include "sinks/bulk_encoder.h"
#include "sinks/doc_id.h"

namespace auditship {
namespace {

struct Job {
  Config config;
  StreamConfig stream;
  MakeParser make_parser;
  std::int64_t now_ns = 0;
  bool pretty = false, fixed_time = false;
};

// Prints the documents of one input. False when stdout is gone or the input cannot be read.
class Printer {
 public:
  Printer(const Job& job, BulkEncoder& encoder, DocIds& ids)
      : job_(job), encoder_(encoder), ids_(ids), parser_(job.make_parser()) {}

  Status print(LogBytes& bytes, const LineSource& source) {
    LineCalls calls;
    calls.each = [this](const RawLine& line) { return take(line); };
    // With each read: behind `tail -f` lines are to be seen as they come.
    calls.after_read = [this] { return flush(); };
    return each_line(bytes, source, job_.config.line_max_bytes, LastLine::take_unterminated, calls);
  }

 private:
  Status flush() {
    const bool whole = std::fwrite(out_.data(), 1, out_.size(), stdout) == out_.size();
    out_.clear();
    return whole && std::fflush(stdout) == 0 ? Status()
                                             : Error{Errc::io, "standard output is closed"};
  }

  Status take(const RawLine& line) {
    parser_->parse(line, job_.now_ns, records_);
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (job_.pretty) {
        append_pretty(out_, records_[i], job_.now_ns, true);
        continue;
      }
      bulk_.clear();
      encoder_.append(records_[i], line, ids_.of(line, records_[i]), job_.now_ns, bulk_);
      out_.append(bulk_, bulk_.find('\n') + 1);
    }
    return {};
  }

  const Job& job_;
  BulkEncoder& encoder_;
  DocIds& ids_;
  std::unique_ptr<Parser> parser_;
  Records records_;
  std::string out_, bulk_;
};

std::optional<std::int64_t> parse_reference(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) {
    return std::nullopt;
  }
  if (*rest == '.') {
    rest += 1 + std::strspn(rest + 1, "0123456789");
  }
  std::int64_t offset = 0;
  if (*rest == '+' || *rest == '-') {
    int hours = 0;
    int minutes = 0;
    if (std::sscanf(rest + 1, "%2d:%2d", &hours, &minutes) != 2 || std::strlen(rest) != 6) {
      return std::nullopt;
    }
    offset = (hours * 3600 + minutes * 60) * (*rest == '-' ? -1 : 1);
  } else if (std::strcmp(rest, "Z") != 0 && std::strcmp(rest, "z") != 0) {
    return std::nullopt;
  }
  return (std::int64_t{::timegm(&parts)} - offset) * 1'000'000'000;
}

int fail(const std::string& message, int code) {
  std::fprintf(stderr, "auditship: %s\n", message.c_str());
  return code;
}

EncoderOptions encoder_options(const Job& job) {
  EncoderOptions options;
  options.cluster = job.config.cluster_name;
  options.node = wanted_node_name(job.config);
  options.stream = job.stream.name;
  options.orchestrated = job.stream.parser == ParserType::kube_audit;
  options.agent_version = kVersion;
  options.body_max_bytes = job.config.body_max_bytes;
  return options;
}

// name: a path, or - for standard input.
Status print_input(Fs& fs, const std::string& name, const Job& job, BulkEncoder& encoder,
                   DocIds& ids) {
  LineSource source;
  auto file = open_log(fs, name, source);
  if (!file) {
    return file.error();
  }
  if (job.fixed_time) {
    source.live = true;
  }
  LogBytes bytes(std::move(*file), codec_by_name(name));
  Printer printer(job, encoder, ids);
  auto printed = printer.print(bytes, source);
  return printed ? printed : printed.error().in(name);
}

}  // namespace

int parse_command(const ParseArguments& arguments) {
  PosixFs fs;
  SystemClock clock;
  Job job;
  job.pretty = arguments.pretty;
  job.now_ns = clock.wall_ns();
  job.config = default_config();
  if (!arguments.config.empty()) {
    auto config = config_for(fs, arguments.config);
    if (!config) {
      return kExitFailed;
    }
    job.config = std::move(*config);
  }
  if (!arguments.time_zone.empty()) {
    job.config.time_zone = arguments.time_zone;
  }
  if (!arguments.reference_time.empty()) {
    const auto reference = parse_reference(arguments.reference_time);
    if (!reference) {
      return fail("--reference-time: expected RFC 3339, e.g. 2026-11-23T12:00:00Z", kExitUsage);
    }
    job.now_ns = *reference;
    job.fixed_time = true;
  }
  auto stream = stream_named(arguments.stream, job.config);
  if (!stream) {
    return kExitUsage;
  }
  job.stream = std::move(*stream);
  auto make_parser = make_parser_factory(fs, job.config, job.stream.parser);
  if (!make_parser) {
    return fail(make_parser.error().message, kExitFailed);
  }
  job.make_parser = std::move(*make_parser);
  const EncoderOptions options = encoder_options(job);
  BulkEncoder encoder(options);
  DocIds ids(options.cluster, options.node);

  const std::vector<std::string> files =
      arguments.files.empty() ? std::vector<std::string>{"-"} : arguments.files;
  for (const std::string& name : files) {
    if (auto s = print_input(fs, name, job, encoder, ids); !s) {
      return fail(s.error().message, kExitFailed);
    }
  }
  return std::fflush(stdout) == 0 ? 0 : fail("standard output is closed", kExitFailed);
}

}  // namespace auditship
