#include "sinks/opensearch/blocking_client.h"

#include <utility>

namespace auditship::sinks::opensearch {

Result<std::unique_ptr<BlockingOpenSearchClient>> BlockingOpenSearchClient::connect(
    Fs& fs, const OpenSearchConfig& config, Logger& log) {
  std::unique_ptr<BlockingOpenSearchClient> client(new BlockingOpenSearchClient);
  client->loop_ = std::make_unique<platform::EventLoop>(log);
  auto connection = OpenSearchConnection::create(
      config, SinkServices{fs, client->clock_, client->rng_, log, client->loop_->post()});
  if (!connection) {
    return connection.error();
  }
  client->connection_ = std::move(*connection);
  return client;
}

OpenSearchSink& BlockingOpenSearchClient::sink(const std::string& target) {
  std::unique_ptr<OpenSearchSink>& sink = sinks_[target];
  if (!sink) {
    sink = connection_->open_target(target);
  }
  return *sink;
}

bool BlockingOpenSearchClient::run(const std::function<void(std::function<void()> done)>& start) {
  bool finished = false;
  bool started = false;
  loop_->run(
      [&](TimePoint now) {
        if (!started) {
          started = true;
          start([&] {
            finished = true;
            loop_->stop();
          });
        }
        return now + std::chrono::seconds(60);
      },
      [&](int) { loop_->stop(); });
  return finished;
}

Result<std::vector<std::uint32_t>> BlockingOpenSearchClient::count_copies(
    const std::string& target, const std::vector<std::string>& ids) {
  Result<OpenSearchSink::Copies> copies = Error{Errc::network, "interrupted"};
  run([&](const std::function<void()>& done) {
    sink(target).count_copies(ids, [&, done](Result<OpenSearchSink::Copies> counted) {
      copies = std::move(counted);
      done();
    });
  });
  return copies;
}

Result<std::unique_ptr<SinkClient>> connect_client(const SinkConfig& config, Fs& fs, Logger& log) {
  auto client =
      BlockingOpenSearchClient::connect(fs, dynamic_cast<const OpenSearchConfig&>(config), log);
  if (!client) {
    return client.error();
  }
  return std::unique_ptr<SinkClient>(std::move(*client));
}

}  // namespace auditship::sinks::opensearch
