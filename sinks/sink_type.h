// SinkType: a destination, as the registry lists it, and the ports behind which it keeps what is its own: its section of
// the configuration (SinkConfig) and what the sinks of all streams share (SinkConnection).
//
// A sink is added by a folder that defines one SinkType and by one line in sinks/registry.cc. Nobody
// else names it. Types are constants; configurations are values; a connection belongs to one agent and to
// its loop thread, and must outlive the sinks that it opened.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/compression/codec.h"
#include "agent/base/executor.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/event/delivery_result.h"
#include "agent/yaml/section.h"
#include "sinks/framing/item_framing.h"
#include "sinks/sink.h"
#include "sinks/sink_commands.h"

namespace auditship::sinks {

struct SinkType;

// What a sink is told about the stream that it is for.
struct SinkStream {
  std::string name;
  // streams.NAME.target. Sinks without indices have no use for it.
  std::string target;
  // Of the buffer that frame numbers belong to, in hex. Empty for commands.
  std::string buffer_id;
};

// All of it must outlive the connection.
struct SinkServices {
  Fs& fs;
  const Clock& clock;
  Rng& rng;
  Logger& log;
  Executor post;
};

// What the sinks of all streams share, such as an HTTP client.
class SinkConnection {
 public:
  SinkConnection() = default;
  SinkConnection(const SinkConnection&) = delete;
  SinkConnection& operator=(const SinkConnection&) = delete;
  virtual ~SinkConnection() = default;

  // The sink of one stream. Errors: what its opening needs.
  [[nodiscard]] virtual Result<std::unique_ptr<Sink>> open(const SinkStream& stream) = 0;
  // No callback of any of its sinks runs after this. Called before the sinks go.
  virtual void stop() {}
};

// How a stream makes and keeps the batches for this sink.
struct SinkNeeds {
  // How frames are compressed: as they go out.
  Codec codec = Codec::zstd;
  // After it was sent a request is executed by then or never.
  std::chrono::milliseconds settle_late{120000};
};

// A certificate that the configuration names, for the alert before it ends.
struct CertificateFile {
  // "client", "ca".
  std::string use;
  std::string file;
  // The last of several that ends counts, as any of them may serve; else the first.
  bool any_serves = false;
};

// The section of one sink type with its values.
class SinkConfig : public yaml::Section {
 public:
  [[nodiscard]] virtual const SinkType& type() const = 0;
  [[nodiscard]] virtual std::unique_ptr<SinkConfig> clone() const = 0;
  // Where the agent's own state is: defaults that lie there follow. Called before read().
  virtual void use_data_dir(const std::string& /*data_dir*/) {}
  // Whether there is enough in it to be used; if not, it is not shown.
  [[nodiscard]] virtual bool is_given() const { return true; }
  // For logs, the summary and the status: "OpenSearch at https://a:9200".
  [[nodiscard]] virtual std::string destination() const = 0;
  [[nodiscard]] virtual SinkNeeds needs() const = 0;
  // How documents for a stream with this target stand in a batch. Owners: whoever asks.
  [[nodiscard]] virtual std::shared_ptr<const sinks::framing::ItemFraming> framing(
      const std::string& target) const = 0;
  [[nodiscard]] virtual std::vector<CertificateFile> certificates() const { return {}; }
  // Errors: what it cannot do without.
  [[nodiscard]] virtual Result<std::unique_ptr<SinkConnection>> connect(
      const SinkServices& services) const = 0;
};

// Asks the destination whether it answers and the streams' targets are there, and tells each answer as a
// line. Blocks. False when one is bad.
using OnlineCheck = bool (*)(const SinkConfig& config, Fs& fs, Logger& log,
                             std::span<const SinkStream> streams,
                             const std::function<void(const std::string&)>& say);

// Makes a document acceptable that was refused for its content, or returns nothing.
using DocumentRepair = std::optional<std::string> (*)(std::string_view document,
                                                      const event::ItemOutcome& why);

struct SinkType {
  // sink.type, and the name of its section: "opensearch".
  std::string_view name;
  // For documentation: "OpenSearch by its bulk API".
  std::string_view summary;
  // What its section must have at least: "hosts". Empty: the section may be absent.
  std::string_view required = {};
  // With the defaults.
  std::unique_ptr<SinkConfig> (*make_config)() = nullptr;
  // Of `check --online`; nullptr: there is nothing to ask.
  OnlineCheck check_online = nullptr;
  // Of `reconcile` and `dead-letter replay`; nullptr: it answers no questions and takes no document again.
  ConnectClient connect_client = nullptr;
  // Of `setup`; nullptr: there is nothing to set up.
  SetUp set_up = nullptr;
  // nullptr: it refuses no document for its content, or nothing could be changed.
  DocumentRepair repair = nullptr;
  // What `check` says to `documents: full`; empty: it takes them.
  std::string_view why_no_full_documents = {};
};

}  // namespace auditship::sinks
