// OneShot: an OpenSearch sink with all it needs, for commands that ask a few things and end.
//
//   auto shot = OneShot::connect(fs, config, log);
//   shot->run([&](std::function<void()> done) { shot->sink(stream).probe([&, done](Status s) { …;
//   done(); }); });
//
// Everything runs on the caller's thread. fs and log must outlive it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/config/config.h"
#include "agent/platform/event_loop.h"
#include "agent/platform/system_clock.h"
#include "sinks/http/curl_http.h"
#include "sinks/opensearch/opensearch_sink.h"

namespace auditship::sinks::opensearch {

class OneShot {
 public:
  static Result<std::unique_ptr<OneShot>> connect(Fs& fs, const config::Config& config,
                                                  Logger& log);

  // The sink of a stream's target; made at the first call.
  OpenSearchSink& sink(const config::StreamConfig& stream);
  // For questions that are no sink's.
  [[nodiscard]] http::HttpTransport& transport() { return *http_; }
  // Calls start on the loop and returns when the function given to it is called. False: interrupted
  // by a signal.
  bool run(const std::function<void(std::function<void()> done)>& start);

 private:
  OneShot(Fs& fs, const config::Config& config, Logger& log)
      : fs_(fs), config_(config), log_(log) {}

  Fs& fs_;
  const config::Config& config_;
  Logger& log_;
  platform::SystemClock clock_;
  platform::SystemRng rng_;
  std::unique_ptr<platform::Loop> loop_;
  std::unique_ptr<http::CurlHttp> http_;
  std::map<std::string, std::unique_ptr<OpenSearchSink>> sinks_;
};

// The TLS options of a configuration.
[[nodiscard]] http::CurlOptions curl_options(const config::OpenSearchConfig& opensearch);
// Asks the files of a configuration for the secrets, each time anew. fs and opensearch must outlive
// it.
[[nodiscard]] CredentialSource credential_source(Fs& fs,
                                                 const config::OpenSearchConfig& opensearch);
[[nodiscard]] OpenSearchOptions opensearch_options(const config::Config& config,
                                                   const config::StreamConfig& stream);

}  // namespace auditship::sinks::opensearch
