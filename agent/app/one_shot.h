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

#include "agent/app/config.h"
#include "agent/app/loop.h"
#include "agent/app/system.h"
#include "agent/core/fs.h"
#include "agent/core/log.h"
#include "sinks/curl_http.h"
#include "sinks/opensearch_sink.h"

namespace auditship {

class OneShot {
 public:
  static Result<std::unique_ptr<OneShot>> connect(Fs& fs, const Config& config, Logger& log);

  // The sink of a stream's target; made at the first call.
  OpenSearchSink& sink(const StreamConfig& stream);
  // For questions that are no sink's.
  [[nodiscard]] HttpTransport& transport() { return *http_; }
  // Calls start on the loop and returns when the function given to it is called. False: interrupted
  // by a signal.
  bool run(const std::function<void(std::function<void()> done)>& start);

 private:
  OneShot(Fs& fs, const Config& config, Logger& log) : fs_(fs), config_(config), log_(log) {}

  Fs& fs_;
  const Config& config_;
  Logger& log_;
  SystemClock clock_;
  SystemRng rng_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<CurlHttp> http_;
  std::map<std::string, std::unique_ptr<OpenSearchSink>> sinks_;
};

// The TLS options of a configuration.
[[nodiscard]] CurlOptions curl_options(const OpenSearchConfig& opensearch);
// Asks the files of a configuration for the secrets, each time anew. fs and opensearch must outlive
// it.
[[nodiscard]] CredentialSource credential_source(Fs& fs, const OpenSearchConfig& opensearch);
[[nodiscard]] OpenSearchOptions opensearch_options(const Config& config,
                                                   const StreamConfig& stream);

}  // namespace auditship
