// BlockingOpenSearchClient: OpenSearch sinks with all they need, for commands that ask a few things and
// end.
//
//   auto client = BlockingOpenSearchClient::connect(fs, config, log);
//   (*client)->run([&](std::function<void()> done) {
//     (*client)->sink("kubeaudit").probe([&, done](Status s) { …; done(); });
//   });
//
// Everything runs on the caller's thread. fs and log must outlive it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/platform/event_loop.h"
#include "agent/platform/system_clock.h"
#include "sinks/opensearch/config.h"
#include "sinks/opensearch/connection.h"
#include "sinks/opensearch/opensearch_sink.h"

namespace auditship::sinks::opensearch {

class BlockingOpenSearchClient {
 public:
  static Result<std::unique_ptr<BlockingOpenSearchClient>> connect(Fs& fs,
                                                                   const OpenSearchConfig& config,
                                                                   Logger& log);

  // The sink of a target; made at the first call.
  OpenSearchSink& sink(const std::string& target);
  // For questions that are no sink's.
  [[nodiscard]] http::HttpTransport& transport() { return connection_->transport(); }
  // Calls start on the loop and returns when the function given to it is called. False: interrupted
  // by a signal.
  bool run(const std::function<void(std::function<void()> done)>& start);

 private:
  BlockingOpenSearchClient() = default;

  platform::SystemClock clock_;
  platform::SystemRng rng_;
  std::unique_ptr<platform::EventLoop> loop_;
  std::unique_ptr<OpenSearchConnection> connection_;
  std::map<std::string, std::unique_ptr<OpenSearchSink>> sinks_;
};

}  // namespace auditship::sinks::opensearch
