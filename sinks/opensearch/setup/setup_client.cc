#include "sinks/opensearch/setup/setup_client.h"

#include <chrono>

#include "sinks/http/authorization.h"
#include "sinks/opensearch/protocol/bulk_response.h"
#include "sinks/opensearch/setup/json_tree.h"

namespace auditship::sinks::opensearch::setup {
namespace {

constexpr std::chrono::seconds kTimeout{60};

const char* hint_for(int status) {
  switch (status) {
    case 401:
      return "; check username and password_file of the configuration, or give --username and "
             "--password-file";
    case 403:
      return "; the user may not do this: give it the role auditship-setup, or run with --username "
             "and --password-file of an administrator";
    case 404:
      return "; run `auditship setup` first";
    case 429:
    case 503:
      return "; the cluster is busy or not ready: run this again later";
    default:
      return "";
  }
}

}  // namespace

Result<SetupAnswer> SetupClient::ask(const std::string& method, const std::string& path,
                                     std::string_view body, const std::string& content_type) {
  http::HttpRequest request;
  request.method = method;
  request.body = body;
  request.timeout = kTimeout;
  request.headers = options_.headers;
  request.headers.emplace_back("User-Agent", "auditship/" + options_.agent_version);
  if (!body.empty()) {
    request.headers.emplace_back("Content-Type", content_type);
  }
  // The secrets are as new as the files.
  const auto secret = options_.credentials ? options_.credentials() : http::Credentials{};
  if (!secret) {
    return secret.error();
  }
  std::string troubles;
  for (const std::string& host : options_.hosts) {
    http::HttpRequest out = request;
    out.url = host + path;
    if (auto s = http::authorize(out, *secret, options_.wall_ns ? options_.wall_ns() : 0); !s) {
      return s.error();
    }
    http::HttpResponse response;
    const bool finished = run_([&](const std::function<void()>& done) {
      transport_.send(out, [&response, done](http::HttpResponse answer) {
        response = std::move(answer);
        done();
      });
    });
    if (!finished) {
      return Error{Errc::network, "interrupted"};
    }
    if (response.status != 0) {
      return SetupAnswer{response.status, std::move(response.body)};
    }
    troubles += (troubles.empty() ? "" : "; ") + host + ": " + printable(response.error);
    if (response.connected && method != "GET") {
      break;  // it may have been done: another host must not do it twice
    }
  }
  return Error{Errc::network, "no answer from " + troubles};
}

std::string say_answer(const SetupAnswer& answer) {
  const protocol::ServerError said = protocol::read_error(answer.body);
  std::string text = "answered " + std::to_string(answer.status);
  if (!said.type.empty()) {
    text += ' ' + printable(said.type);
  }
  if (!said.reason.empty()) {
    text += ": " + printable(said.reason);
  } else if (said.type.empty() && !answer.body.empty()) {
    text += ": " + printable(std::string_view(answer.body).substr(0, 200));
  }
  return text + hint_for(answer.status);
}

bool is_no_handler(const SetupAnswer& answer) {
  return answer.status == 400 && answer.body.size() < 4096 &&
         answer.body.find("no handler found for uri") != std::string::npos;
}

}  // namespace auditship::sinks::opensearch::setup
