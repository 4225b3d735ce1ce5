// SetupClient asks a server one thing after the other and waits for each answer.
//
// Hosts are tried in their order until one answers. Secrets are asked for at each request and are
// in no message. Borrowed references must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/result.h"
#include "sinks/http/authorization.h"
#include "sinks/http/http_transport.h"

namespace auditship::sinks::opensearch::setup {

struct SetupClientOptions {
  std::vector<std::string> hosts;  // https://host:9200, at least one
  http::CredentialSource credentials;
  std::string agent_version;
  std::vector<std::pair<std::string, std::string>> headers;  // added to every request
  std::function<std::int64_t()> wall_ns{};                   // the time of AWS signatures
};

struct SetupAnswer {
  int status = 0;  // never 0
  std::string body;
};

class SetupClient {
 public:
  // Calls its argument on the loop, and returns when the function given to that is called. False:
  // interrupted. See SinkClient::run.
  using Run = std::function<bool(const std::function<void(std::function<void()> done)>& start)>;

  SetupClient(SetupClientOptions options, http::HttpTransport& transport, Run run)
      : options_(std::move(options)), transport_(transport), run_(std::move(run)) {}

  // Errors: network; invalid or io for the secrets.
  Result<SetupAnswer> ask(const std::string& method, const std::string& path,
                          std::string_view body = {},
                          const std::string& content_type = "application/json");

 private:
  SetupClientOptions options_;
  http::HttpTransport& transport_;
  Run run_;
};

// What an answer that is no success says, and what to do about it: "answered 403 …: …".
[[nodiscard]] std::string say_answer(const SetupAnswer& answer);

// The plug-in that the path belongs to is not installed.
[[nodiscard]] bool is_no_handler(const SetupAnswer& answer);

}  // namespace auditship::sinks::opensearch::setup
