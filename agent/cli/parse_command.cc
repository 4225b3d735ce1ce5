#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "agent/app/registered_types.h"
#include "agent/app/stream_settings.h"
#include "agent/cli/commands.h"
#include "agent/event/document_encoder.h"
#include "agent/event/document_id.h"
#include "agent/event/event_summary.h"
#include "agent/input/log_files.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/platform/system_clock.h"

namespace auditship::cli {
namespace {

struct Job {
  config::Config config;
  config::StreamConfig stream;
  std::unique_ptr<input::LogFiles> logs;
  std::unique_ptr<parsers::ParserFactory> parsers;
  std::int64_t now_ns = 0;
  bool pretty = false, fixed_time = false;
};

// Prints the documents of one input. False when stdout is gone or the input cannot be read.
class Printer {
 public:
  Printer(const Job& job, event::DocumentEncoder& encoder, event::DocIds& ids)
      : job_(job), encoder_(encoder), ids_(ids), parser_(job.parsers->make_parser()) {}

  Status print(input::LogFile& file) {
    input::LineCalls calls;
    calls.each = [this](const event::RawLine& line) { return take(line); };
    // With each read: behind `tail -f` lines are to be seen as they come.
    calls.after_read = [this] { return flush(); };
    return file.each_line(calls);
  }

 private:
  Status flush() {
    const bool whole = std::fwrite(out_.data(), 1, out_.size(), stdout) == out_.size();
    out_.clear();
    return whole && std::fflush(stdout) == 0 ? Status()
                                             : Error{Errc::io, "standard output is closed"};
  }

  Status take(const event::RawLine& line) {
    parser_->parse(line, job_.now_ns, records_);
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (job_.pretty) {
        event::append_pretty(out_, records_[i], job_.now_ns, true);
        continue;
      }
      encoder_.append(records_[i], line, ids_.of(line, records_[i]), job_.now_ns, out_);
      out_ += '\n';
    }
    return {};
  }

  const Job& job_;
  event::DocumentEncoder& encoder_;
  event::DocIds& ids_;
  std::unique_ptr<parsers::Parser> parser_;
  event::Records records_;
  std::string out_;
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

// name: a path, or - for standard input.
Status print_input(const std::string& name, const Job& job, event::DocumentEncoder& encoder,
                   event::DocIds& ids) {
  input::LogFileRequest request;
  request.file = name;
  // A file in its place is shown as the agent ships it.
  request.source = job.logs
                       ->source_of(std::filesystem::absolute(name).lexically_normal().string(),
                                   input::FilePlace::beside_log)
                       .value_or("");
  request.scope = {job.config.cluster_name, app::wanted_node_name(job.config), job.stream.name};
  request.last = input::LastLine::take_unterminated;
  request.time = job.fixed_time ? input::FileTime::ignored : input::FileTime::counts;
  auto file = job.logs->open(request);
  if (!file) {
    return file.error();
  }
  Printer printer(job, encoder, ids);
  auto printed = printer.print(**file);
  return printed ? printed : printed.error().in(name);
}

}  // namespace

int parse_command(const ParseArguments& arguments) {
  platform::PosixFs fs;
  platform::SystemClock clock;
  Job job;
  job.pretty = arguments.pretty;
  job.now_ns = clock.wall_ns();
  job.config = config::default_config(app::registered_types());
  if (!arguments.config.empty()) {
    auto config = config_for(fs, arguments.config);
    if (!config) {
      return kExitFailed;
    }
    job.config = std::move(*config);
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
  auto logs = log_files_of(fs, job.config, job.stream);
  if (!logs) {
    return fail(logs.error().message, kExitFailed);
  }
  job.logs = std::move(*logs);
  if (!arguments.time_zone.empty()) {
    if (auto s = config::set_parser_key(fs, job.stream, "time_zone", arguments.time_zone); !s) {
      return fail("--time-zone: " + s.error().message, kExitFailed);
    }
  }
  auto parsers = job.stream.parser->make_factory(parsers::ParserServices{fs});
  if (!parsers) {
    return fail(parsers.error().message, kExitFailed);
  }
  job.parsers = std::move(*parsers);
  if (arguments.full) {
    job.stream.documents = event::DocumentForm::full;
  }
  event::EncoderOptions options =
      app::encoder_options(job.config, job.stream, app::wanted_node_name(job.config));
  options.id_place = event::IdPlace::member;
  event::DocumentEncoder encoder(options);
  event::DocIds ids;

  const std::vector<std::string> files =
      arguments.files.empty() ? std::vector<std::string>{"-"} : arguments.files;
  for (const std::string& name : files) {
    if (auto s = print_input(name, job, encoder, ids); !s) {
      return fail(s.error().message, kExitFailed);
    }
  }
  return std::fflush(stdout) == 0 ? 0 : fail("standard output is closed", kExitFailed);
}

}  // namespace auditship::cli
