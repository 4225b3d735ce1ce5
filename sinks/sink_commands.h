// What commands ask of a destination beside shipping: setting it up, and questions that they wait
// for. A SinkType offers what its destination can do (sinks/sink_type.h).
//
//   auto client = type.connect_client(config, fs, log);
//   (*client)->run([&](std::function<void()> done) {
//     (*client)->sink("kubeaudit").ship(shipment, [&, done](event::Outcome outcome) { …; done(); });
//   });
//
// Calls block, on the caller's thread, until a signal interrupts them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "sinks/sink.h"

namespace auditship::sinks {

class SinkConfig;

// A destination with its own loop, for a command that asks a few things and ends.
class SinkClient {
 public:
  SinkClient() = default;
  SinkClient(const SinkClient&) = delete;
  SinkClient& operator=(const SinkClient&) = delete;
  virtual ~SinkClient() = default;

  // The sink of a target; made at the first call, and lives as long as this.
  [[nodiscard]] virtual Sink& sink(const std::string& target) = 0;
  // Calls start on the loop and returns when the function given to it is called. False: interrupted
  // by a signal.
  virtual bool run(const std::function<void(std::function<void()> done)>& start) = 0;
  // How often each document is at the target, in the order asked. Errors: network, refused.
  [[nodiscard]] virtual Result<std::vector<std::uint32_t>> count_copies(
      const std::string& target, const std::vector<std::string>& ids) = 0;
};

// fs and log must outlive the client. Errors: what it cannot do without.
using ConnectClient = Result<std::unique_ptr<SinkClient>> (*)(const SinkConfig& config, Fs& fs,
                                                              Logger& log);

// What `setup` is asked to do.
struct SetupRequest {
  // The files that describe documents and destination: conf/opensearch.
  std::string conf_dir;
  // One part of it by its name; empty: all.
  std::string only;
  // Another user than the sink's; empty: that one. Other proofs of the sink's user, as its client
  // certificate, do not go with another user: a server believes them first.
  std::string username, password_file;
  // Tells requests and differences; sends only what reads.
  bool dry_run = false;
  // Only what is due by the conditions of the lifecycle.
  bool rollover = false;
};

// Where documents of one kind go.
struct SetupTarget {
  // streams.NAME.target.
  std::string name;
  // Which files of conf_dir describe its documents: ParserType::templates.
  std::string kind;
};

// Brings the destination to what the files say, and tells it line by line. targets: each name once.
// False when something failed. Errors: no request could be made.
using SetUp = Result<bool> (*)(const SinkConfig& config, Fs& fs, Logger& log,
                               const SetupRequest& request, std::span<const SetupTarget> targets,
                               const std::function<void(const std::string&)>& say);

}  // namespace auditship::sinks
