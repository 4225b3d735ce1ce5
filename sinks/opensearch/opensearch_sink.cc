#include "sinks/opensearch/opensearch_sink.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "agent/base/executor.h"
#include "sinks/opensearch/protocol/bulk_response.h"

namespace auditship::sinks::opensearch {

namespace {

constexpr std::string_view kBulkFilter =
    "filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason";
constexpr std::chrono::seconds kAskTimeout{20};  // of everything but a bulk
constexpr std::size_t kIdsPerMget = 1000;

// A host that answers so is not the one to ask next.
bool host_is_ill(const http::HttpResponse& response) {
  return response.status == 0 || response.status >= 500;
}

std::string trouble_of_alias(const Error& error) {
  switch (error.code) {
    case Errc::not_found:
      return "opensearch-alias-missing";
    case Errc::invalid:
      return "opensearch-no-write-index";
    case Errc::refused:
      return "opensearch-alias-is-index";
    default:
      return "opensearch-reply-malformed";
  }
}

}  // namespace

OpenSearchSink::OpenSearchSink(OpenSearchOptions options, CredentialSource credentials,
                               http::HttpTransport& transport, const Clock& clock, Rng& rng,
                               Logger& log, Executor post)
    : options_(std::move(options)),
      credentials_(std::move(credentials)),
      transport_(transport),
      clock_(clock),
      log_(log),
      post_(std::move(post)),
      pool_(options_.hosts, rng) {}

void OpenSearchSink::request(std::string method, const std::string& path, std::string_view body,
                             Codec codec, std::chrono::milliseconds timeout, Answered done) {
  const std::size_t host = pool_.pick(clock_.now());
  http::HttpRequest out;
  out.method = std::move(method);
  out.url = pool_.url(host) + path;
  out.body = body;
  out.timeout = timeout;
  out.headers.emplace_back("User-Agent", "auditship/" + options_.agent_version);
  if (!body.empty()) {
    out.headers.emplace_back("Content-Type", "application/x-ndjson");
  }
  if (codec != Codec::none) {
    out.headers.emplace_back("Content-Encoding", std::string(codec_name(codec)));
  }
  Result<http::Credentials> secret = credentials_ ? credentials_() : http::Credentials{};
  const Status authorized =
      secret ? http::authorize(out, *secret, clock_.wall_ns()) : Status(secret.error());
  if (!authorized) {
    http::HttpResponse none;
    none.error = "no credentials: " + authorized.error().message;
    none.fault = http::HttpFault::secret;
    post_([none = std::move(none), done = std::move(done)]() mutable { done(std::move(none)); });
    return;
  }
  transport_.send(std::move(out),
                  [this, host, done = std::move(done)](http::HttpResponse response) {
                    if (host_is_ill(response)) {
                      pool_.failed(host, clock_.now());
                    } else {
                      pool_.succeeded(host);
                    }
                    done(std::move(response));
                  });
}

// What went wrong, and its word for trouble().
Error OpenSearchSink::error_of(const http::HttpResponse& response, const char* what) {
  trouble_ = protocol::trouble_of(response);
  trouble_blocks_ = protocol::blocks(response);
  const protocol::ServerError said = protocol::read_error(response.body);
  if (response.status == 0) {
    return Error{Errc::network, std::string(what) + ": " + response.error};
  }
  std::string message = std::string(what) + " was answered " + std::to_string(response.status);
  if (!said.type.empty() || !said.reason.empty()) {
    message += ' ' + said.type + ": " + protocol::brief_reason(said.reason);
  }
  return Error{Errc::refused, std::move(message)};
}

// --- resolve
// ---------------------------------------------------------------------------------------

void OpenSearchSink::resolve(std::function<void(Result<std::string>)> done) {
  if (options_.style == IndexStyle::dated || clock_.now() < cached_until_) {
    std::string index = options_.style == IndexStyle::dated ? std::string() : cached_index_;
    post_([index = std::move(index), done = std::move(done)] { done(index); });
    return;
  }
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1) {
    return;
  }
  request("GET", '/' + protocol::url_segment(options_.target) + "*/_alias", {}, Codec::none,
          kAskTimeout, [this](const http::HttpResponse& response) { finish_resolve(response); });
}

void OpenSearchSink::finish_resolve(const http::HttpResponse& response) {
  Result<std::string> answer = std::string();
  if (response.status == 200) {
    Result<protocol::AliasTarget> target = protocol::read_alias(response.body, options_.target);
    if (target) {
      alias_ = std::move(*target);
      answer = alias_.write_index;
    } else {
      answer = target.error();
      trouble_ = trouble_of_alias(target.error());
      trouble_blocks_ = true;
    }
  } else if (response.status == 403) {
    if (!std::exchange(warned_unprotected_, true)) {
      log_.warn(
          "opensearch-alias-unreadable",
          "the role may not read aliases: a document retried across a rollover can be there twice",
          {{"target", options_.target}});
    }
  } else {
    answer = error_of(response, "reading the alias");
  }
  if (answer) {
    cached_index_ = *answer;
    cached_until_ = clock_.now() + options_.resolve_every;
  }
  for (auto& done : std::exchange(waiting_, {})) {
    done(answer);
  }
}

// --- ship
// ------------------------------------------------------------------------------------------

std::string OpenSearchSink::bulk_path(const Shipment& shipment) const {
  // The server's own patience ends before ours: a third, since without a cluster manager it takes
  // twice its timeout to say so.
  const auto server = std::max<std::int64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(options_.timeout).count() / 3, 1);
  std::string path;
  if (!shipment.index.empty()) {
    path = '/' + protocol::url_segment(shipment.index) + "/_bulk?";
  } else if (options_.style == IndexStyle::alias) {
    path = '/' + protocol::url_segment(options_.target) + "/_bulk?require_alias=true&";
  } else {
    path = "/_bulk?";
  }
  return path + "timeout=" + std::to_string(server) + "s&" + std::string(kBulkFilter);
}

void OpenSearchSink::ship(const Shipment& shipment, std::function<void(event::Outcome)> done) {
  protocol::SentBulk sent;
  sent.documents = shipment.documents;
  sent.codec = shipment.codec;
  sent.binding =
      shipment.index.empty() ? protocol::IndexBinding::open : protocol::IndexBinding::concrete;
  request("POST", bulk_path(shipment), shipment.body, shipment.codec, options_.timeout,
          [this, sent, done = std::move(done)](const http::HttpResponse& response) {
            done(protocol::read_bulk_reply(response, sent, clock_.wall_ns()));
          });
}

// --- look_up
// ---------------------------------------------------------------------------------------

// Asks one index after the other for the ids not found yet, some hundreds at a time.
// Owned by the callback of the request on its way, and by nobody else.
struct OpenSearchSink::LookUp {
  std::vector<std::string> ids;
  std::vector<std::string> indices;
  bool every = false;  // ask each index for all ids: to count copies
  Presence presence;
  Copies copies;
  std::function<void(Result<Presence>)> done;
  std::function<void(Result<Copies>)> counted;  // instead of done
  std::size_t index = 0;                        // of indices, asked now
  std::size_t next = 0;                         // of ids, first not asked of that index
  std::vector<std::size_t> asked;               // positions in ids
  std::vector<std::string> asked_ids;
  std::string body;

  void finish() { every ? counted(std::move(copies)) : done(std::move(presence)); }
  void fail(const Error& error) { every ? counted(error) : done(error); }

  // Sets asked to the ids that are asked next, of indices[index]; none: all is known.
  void choose() {
    asked.clear();
    asked_ids.clear();
    while (index < indices.size() && asked.empty()) {
      for (; next < ids.size() && asked.size() < kIdsPerMget; ++next) {
        if (every || !presence.found[next]) {
          asked.push_back(next);
          asked_ids.push_back(ids[next]);
        }
      }
      if (asked.empty()) {
        ++index;
        next = 0;
      }
    }
  }

  // What the index says of those asked.
  void take(const std::vector<bool>& found) {
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (found[i]) {
        presence.found[asked[i]] = true;
        ++copies[asked[i]];
      }
    }
  }
};

void OpenSearchSink::count_copies(const std::vector<std::string>& ids,
                                  std::function<void(Result<Copies>)> done) {
  auto state = std::make_shared<LookUp>();
  state->ids = ids;
  state->every = true;
  state->counted = std::move(done);
  begin_look_up({}, state);
}

void OpenSearchSink::look_up(const std::string& first, const std::vector<std::string>& ids,
                             std::function<void(Result<Presence>)> done) {
  auto state = std::make_shared<LookUp>();
  state->ids = ids;
  state->done = std::move(done);
  begin_look_up(first, state);
}

void OpenSearchSink::begin_look_up(const std::string& first, const std::shared_ptr<LookUp>& state) {
  state->presence.found.assign(state->ids.size(), false);
  state->copies.assign(state->ids.size(), 0);
  forget_index();  // the list of indices must be as new as the question
  resolve([this, first, state](const Result<std::string>& current) {
    if (!current) {
      state->fail(current.error());
      return;
    }
    if (current->empty()) {
      state->fail(Error{Errc::refused, "the indices of the target are not known"});
      return;
    }
    state->indices = protocol::indices_since(first, alias_.indices);
    look_up_next(state);
  });
}

void OpenSearchSink::look_up_next(const std::shared_ptr<LookUp>& state) {
  state->choose();
  if (state->asked.empty()) {
    state->finish();
    return;
  }
  state->body = protocol::mget_body(state->asked_ids);
  const std::string path = '/' + protocol::url_segment(state->indices[state->index]) +
                           "/_mget?_source=false&filter_path=docs._id,docs.found,docs.error.type";
  const std::string_view body = state->body;
  request("POST", path, body, Codec::none, kAskTimeout,
          [this, state](const http::HttpResponse& response) {
            const bool gone = response.status == 404 && protocol::read_error(response.body).type ==
                                                            "index_not_found_exception";
            if (response.status != 200 && !gone) {
              state->fail(error_of(response, "looking ids up"));
              return;
            }
            if (!gone) {
              const Result<std::vector<bool>> found =
                  protocol::read_mget(response.body, state->asked_ids);
              if (!found) {
                trouble_ = "opensearch-reply-malformed";
                trouble_blocks_ = false;
                state->fail(found.error());
                return;
              }
              state->take(*found);
            }
            look_up_next(state);
          });
}

// --- probe
// -----------------------------------------------------------------------------------------

void OpenSearchSink::probe(std::function<void(Status)> done) {
  request("GET", "/", {}, Codec::none, kAskTimeout,
          [this, done = std::move(done)](const http::HttpResponse& response) {
            done(response.status == 200 ? Status() : Status(error_of(response, "GET /")));
          });
}

}  // namespace auditship::sinks::opensearch
