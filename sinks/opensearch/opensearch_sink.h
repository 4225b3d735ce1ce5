// OpenSearchSink ships to one target (a write alias, or dated index names) of an OpenSearch
// cluster.
//
//   resolve()   which concrete index the alias writes to: GET /TARGET*/_alias, cached for seconds
//   ship()      POST /INDEX/_bulk of `create` items; one Outcome by bulk_reply
//   look_up()   _mget over the first index and every one of the alias since
//
// With dated names resolve() answers "" and the items carry _index. "" is also the answer when the
// role may not read aliases: then bulks go to the alias itself with require_alias, ids protect
// within one index only, and a warning says so once. Version and distribution are not asked: 7.10.2
// is what OpenSearch says in compatibility mode. Does not retry. Secrets are asked for at each
// request, and are in no message. Borrowed references must outlive it; transport must stop calling
// back before the sink goes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/executor.h"
#include "agent/base/logger.h"
#include "sinks/http/authorization.h"
#include "sinks/http/host_pool.h"
#include "sinks/http/http_transport.h"
#include "sinks/opensearch/config.h"
#include "sinks/opensearch/protocol/index_lookup.h"
#include "sinks/sink.h"
#include "sinks/targeted_sink.h"

namespace auditship::sinks::opensearch {

struct OpenSearchOptions {
  std::vector<std::string> hosts;  // https://host:9200
  std::string target;              // the alias; for dated names their beginning
  IndexStyle style = IndexStyle::alias;
  std::chrono::milliseconds timeout{60000};       // of one bulk
  std::chrono::milliseconds resolve_every{5000};  // how long an answer of resolve() is believed
  std::string agent_version;                      // for the User-Agent header
};

using http::CredentialSource;

class OpenSearchSink final : public Sink, public TargetedSink {
 public:
  OpenSearchSink(OpenSearchOptions options, CredentialSource credentials,
                 http::HttpTransport& transport, const Clock& clock, Rng& rng, Logger& log,
                 Executor post);

  // Itself; nullptr with dated names, as each item names its index then.
  [[nodiscard]] TargetedSink* targets() override {
    return options_.style == IndexStyle::alias ? this : nullptr;
  }
  void resolve(std::function<void(Result<std::string>)> done) override;
  void ship(const Shipment& shipment, std::function<void(event::Outcome)> done) override;
  void look_up(const std::string& first, const std::vector<std::string>& ids,
               std::function<void(Result<Presence>)> done) override;

  [[nodiscard]] std::string trouble() const override { return trouble_; }
  [[nodiscard]] bool trouble_blocks() const override { return trouble_blocks_; }

  // In how many indices of the alias each id is, in the order asked. For reconciling; alias style
  // only.
  using Copies = std::vector<std::uint32_t>;
  void count_copies(const std::vector<std::string>& ids, std::function<void(Result<Copies>)> done);

  // Forgets the cached answer of resolve(), e.g. after index_gone.
  void forget_index() { cached_until_ = TimePoint{}; }
  // One GET / at the next host: proves network, TLS and credentials, not that writing works.
  void probe(std::function<void(Status)> done);

  [[nodiscard]] std::size_t healthy_hosts() const { return pool_.healthy(clock_.now()); }

 private:
  struct LookUp;
  using Answered = std::function<void(http::HttpResponse)>;

  void request(std::string method, const std::string& path, std::string_view body, Codec codec,
               std::chrono::milliseconds timeout, Answered done);
  [[nodiscard]] Error error_of(const http::HttpResponse& response, const char* what);
  void finish_resolve(const http::HttpResponse& response);
  void begin_look_up(const std::string& first, const std::shared_ptr<LookUp>& state);
  void look_up_next(const std::shared_ptr<LookUp>& state);
  [[nodiscard]] std::string bulk_path(const Shipment& shipment) const;

  OpenSearchOptions options_;
  CredentialSource credentials_;
  http::HttpTransport& transport_;
  const Clock& clock_;
  Logger& log_;
  Executor post_;
  http::HostPool pool_;
  protocol::AliasTarget alias_;
  std::string cached_index_;
  TimePoint cached_until_{};
  std::vector<std::function<void(Result<std::string>)>> waiting_;  // for the resolve on its way
  std::string trouble_;
  bool trouble_blocks_ = false;
  bool warned_unprotected_ = false;
};

}  // namespace auditship::sinks::opensearch
