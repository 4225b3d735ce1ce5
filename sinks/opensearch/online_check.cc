#include "sinks/opensearch/online_check.h"

#include <utility>

#include "sinks/opensearch/blocking_client.h"

namespace auditship::sinks::opensearch {
namespace {

Status ask(BlockingOpenSearchClient& client, const std::string& target) {
  Status status = Error{Errc::network, "interrupted"};
  client.run([&](const std::function<void()>& done) {
    OpenSearchSink& sink = client.sink(target);
    sink.probe([&, done](Status alive) {
      if (!alive) {
        status = std::move(alive);
        done();
        return;
      }
      sink.resolve([&, done](const Result<std::string>& index) {
        status = index ? Status() : Status(index.error());
        done();
      });
    });
  });
  return status;
}

}  // namespace

bool check_online(const SinkConfig& config, Fs& fs, Logger& log,
                  std::span<const SinkStream> streams,
                  const std::function<void(const std::string&)>& say) {
  auto client =
      BlockingOpenSearchClient::connect(fs, dynamic_cast<const OpenSearchConfig&>(config), log);
  if (!client) {
    say("OpenSearch cannot be asked: " + client.error().message);
    return false;
  }
  bool good = true;
  for (const SinkStream& stream : streams) {
    const Status status = ask(**client, stream.target);
    say(stream.name + ": OpenSearch " +
        (status ? "answers, and its target is there" : status.error().message));
    good = good && status.ok();
  }
  return good;
}

}  // namespace auditship::sinks::opensearch
