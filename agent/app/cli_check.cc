#include <cstdio>

#include "agent/app/agent.h"
#include "agent/app/cli.h"
#include "agent/app/loop.h"
#include "agent/app/own_log.h"
#include "agent/app/rule_file.h"
#include "agent/app/system.h"
#include "agent/core/posix_fs.h"
#include "agent/input/source_set.h"
#include "sinks/curl_http.h"
#include "sinks/opensearch_sink.h"

namespace auditship {
namespace {

void tell_inputs(Fs& fs, Logger& log, const StreamConfig& stream) {
  SourceSet sources(fs, log, stream.paths);
  for (const std::string& path : sources.scan()) {
    auto file = fs.open(path, OpenMode::read);
    if (file) {
      std::printf("%s: %s is readable\n", stream.name.c_str(), path.c_str());
    } else if (file.error().code == Errc::not_found) {
      std::printf("%s: %s is not there; it is watched for\n", stream.name.c_str(), path.c_str());
    } else {
      std::printf("%s: %s\n", stream.name.c_str(), file.error().message.c_str());
    }
  }
}

// Runs the tests that the rule files of the streams bring. False when one fails.
bool test_rules(Fs& fs, const Config& config) {
  bool good = true;
  for (const StreamConfig& stream : config.streams) {
    if (stream.filters.empty()) {
      continue;
    }
    auto file = load_rule_file(fs, stream.filters);
    if (!file) {
      continue;  // load_config has refused it already
    }
    for (const std::string& warning : file->warnings) {
      std::fprintf(stderr, "warning: %s\n", warning.c_str());
    }
    for (const std::string& failure : run_rule_tests(*file)) {
      std::fprintf(stderr, "%s\n", failure.c_str());
      good = false;
    }
  }
  return good;
}

// One small question to the sink; the answer in words.
Status ask_sink(Fs& fs, const Config& config, Logger& log) {
  SystemClock clock;
  SystemRng rng;
  Loop loop(log);
  CurlOptions tls;
  tls.ca_file = config.opensearch.ca_file;
  tls.certificate_file = config.opensearch.certificate_file;
  tls.key_file = config.opensearch.key_file;
  tls.server_name = config.opensearch.server_name;
  tls.verify = config.opensearch.tls_verify;
  auto http = CurlHttp::create(tls, loop.post());
  if (!http) {
    return http.error();
  }
  Status status;
  std::vector<std::unique_ptr<OpenSearchSink>> sinks;
  std::size_t left = config.streams.size();
  for (const StreamConfig& stream : config.streams) {
    OpenSearchOptions options;
    options.hosts = config.opensearch.hosts;
    options.target = stream.target;
    options.style = config.opensearch.style == TargetStyle::dated ? IndexStyle::dated : IndexStyle::alias;
    const auto credentials = [&]() -> Result<Credentials> {
      auto secrets = load_secrets(fs, config.opensearch);
      if (!secrets) {
        return secrets.error();
      }
      return Credentials{config.opensearch.username, secrets->password, secrets->bearer_token};
    };
    sinks.push_back(std::make_unique<OpenSearchSink>(options, credentials, **http, clock, rng, log, loop.post()));
    OpenSearchSink& sink = *sinks.back();
    const auto done = [&, name = stream.name](Status s) {
      std::printf("%s: OpenSearch %s\n", name.c_str(), s ? "answers" : s.error().message.c_str());
      if (!s) {
        status = s.error().in(name);
      }
      if (--left == 0) {
        loop.stop();
      }
    };
    sink.probe([&sink, done](Status s) {
      if (!s) {
        done(s);
        return;
      }
      sink.resolve([done](Result<std::string> index) { done(index ? Status() : Status(index.error())); });
    });
  }
  loop.run([](TimePoint now) { return now + std::chrono::seconds(1); }, [&](int) { loop.stop(); });
  http->reset();
  return left == 0 ? status : Status(Error{Errc::network, "interrupted"});
}

}  // namespace

int check_command(const CheckArguments& arguments) {
  PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  OwnLog log(LogLevel::warn, LogFormat::text);
  for (const std::string& warning : config->warnings) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  if (arguments.effective) {
    std::fputs(render_effective(*config).c_str(), stdout);
  }
  bool good = test_rules(fs, *config);
  for (const StreamConfig& stream : config->streams) {
    if (auto factory = make_parser_factory(fs, *config, stream.parser); !factory) {
      std::fprintf(stderr, "auditship: %s\n", factory.error().message.c_str());
      good = false;
    }
    tell_inputs(fs, log, stream);
  }
  if (arguments.online && config->sink == SinkType::opensearch) {
    if (auto s = ask_sink(fs, *config, log); !s) {
      std::fprintf(stderr, "auditship: %s\n", s.error().message.c_str());
      good = false;
    }
  }
  std::printf("%s: %s\n", arguments.config.c_str(), good ? "good" : "NOT good");
  return good ? 0 : kExitFailed;
}

}  // namespace auditship
