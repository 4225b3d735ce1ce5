// BlockingOpenSearchClient: OpenSearch sinks with all they need, for commands that ask a few things and
// end (sinks/sink_commands.h).
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
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/platform/event_loop.h"
#include "agent/platform/system_clock.h"
#include "sinks/opensearch/config.h"
#include "sinks/opensearch/connection.h"
#include "sinks/opensearch/opensearch_sink.h"

namespace auditship::sinks::opensearch {

class BlockingOpenSearchClient final : public SinkClient {
 public:
  static Result<std::unique_ptr<BlockingOpenSearchClient>> connect(Fs& fs,
                                                                   const OpenSearchConfig& config,
                                                                   Logger& log);

  [[nodiscard]] OpenSearchSink& sink(const std::string& target) override;
  // For questions that are no sink's.
  [[nodiscard]] http::HttpTransport& transport() { return connection_->transport(); }
  bool run(const std::function<void(std::function<void()> done)>& start) override;
  // With write aliases only: dated indices are not behind one name.
  [[nodiscard]] Result<std::vector<std::uint32_t>> count_copies(
      const std::string& target, const std::vector<std::string>& ids) override;

 private:
  BlockingOpenSearchClient() = default;

  platform::SystemClock clock_;
  platform::SystemRng rng_;
  std::unique_ptr<platform::EventLoop> loop_;
  std::unique_ptr<OpenSearchConnection> connection_;
  std::map<std::string, std::unique_ptr<OpenSearchSink>> sinks_;
};

// See sinks::ConnectClient. config is an OpenSearchConfig.
[[nodiscard]] Result<std::unique_ptr<SinkClient>> connect_client(const SinkConfig& config, Fs& fs,
                                                                 Logger& log);

}  // namespace auditship::sinks::opensearch
