#include "sinks/http/curl_http.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "agent/base/executor.h"
#include "agent/base/text.h"
#include "sinks/http/curl_errors.h"
#include "sinks/http/curl_proxy.h"

namespace auditship::sinks::http {

namespace {

constexpr std::size_t kMaxHeaders = 100;
constexpr long kConnectionSeconds = 600;
constexpr std::size_t kMaxHeaderBytes = 16 << 10;

// One request on its way. Owned by the curl thread once taken from the queue.
struct Transfer {
  HttpRequest request;
  std::function<void(HttpResponse)> done;
  HttpResponse response;
  std::string proxy;  // empty: none
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  curl_slist* connect_to = nullptr;
  std::size_t max_bytes = 0;
  std::size_t header_bytes = 0;
  bool too_long = false;
  char error[CURL_ERROR_SIZE] = {};

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    if (easy != nullptr) {
      curl_easy_cleanup(easy);
    }
    curl_slist_free_all(headers);
    curl_slist_free_all(connect_to);
  }
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (transfer.response.body.size() + bytes > transfer.max_bytes) {
    transfer.too_long = true;
    return 0;  // ends the transfer with an error
  }
  transfer.response.body.append(data, bytes);
  return bytes;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  auto& headers = transfer.response.headers;
  if (line.starts_with("HTTP/")) {
    headers.clear();  // a new answer begins: what came before was 100 Continue
    return line.size();
  }
  const std::size_t colon = line.find(':');
  transfer.header_bytes += line.size();
  if (colon == std::string_view::npos || headers.size() == kMaxHeaders ||
      transfer.header_bytes > kMaxHeaderBytes) {
    return line.size();
  }
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  headers.emplace_back(std::move(name), trim(line.substr(colon + 1)));
  return line.size();
}

}  // namespace

struct CurlHttp::State {
  CurlOptions options;
  Executor post;
  CURLM* multi = nullptr;
  std::thread thread;
  std::mutex mutex;                              // guards the two below
  std::vector<std::unique_ptr<Transfer>> queue;  // from send() to the thread
  bool stop = false;
  std::list<std::unique_ptr<Transfer>> running;  // of the thread alone
  // Shared by this and by answers posted but not yet run: those must not call back after we are
  // gone.
  std::shared_ptr<std::atomic<bool>> alive = std::make_shared<std::atomic<bool>>(true);

  void run();
  bool take_queue();
  void start(std::unique_ptr<Transfer> transfer);
  void configure(Transfer& transfer) const;
  void finish(CURL* easy, CURLcode result);
  void answer(std::unique_ptr<Transfer> transfer) const;
};

namespace {

// The words and the kind of a transfer that ended without a whole answer.
void fail(Transfer& transfer, CURLcode result) {
  HttpResponse& response = transfer.response;
  long verified = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_SSL_VERIFYRESULT, &verified);
  response.status = 0;
  response.body.clear();
  response.headers.clear();
  response.timed_out = result == CURLE_OPERATION_TIMEDOUT;
  response.no_byte = result == CURLE_GOT_NOTHING;
  response.fault = curl_fault(result, verified, transfer.error);
  if (response.timed_out && !response.connected) {
    response.fault = HttpFault::unreachable;
  }
  response.error = curl_easy_strerror(result);
  if (transfer.too_long) {
    response.error = "the answer is longer than " + std::to_string(transfer.max_bytes) + " bytes";
  } else if (transfer.error[0] != '\0') {
    response.error += ": ";
    response.error += transfer.error;
  }
}

}  // namespace

void CurlHttp::State::configure(Transfer& transfer) const {
  CURL* easy = transfer.easy;
  const HttpRequest& request = transfer.request;
  const auto set = [easy](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  const long total_ms = std::max<long>(static_cast<long>(request.timeout.count()), 1);

  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  use_proxy(easy, transfer.proxy, options.proxy_ca_file, request);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a name that is being looked up must not hold the destructor up
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, total_ms);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, std::max(total_ms / 2000, 1L));
  set(CURLOPT_ACCEPT_ENCODING, "gzip");  // answers shrink three to seven times
  set(CURLOPT_ERRORBUFFER, transfer.error);
  set(CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_MAXCONNECTS, options.max_connections_per_host * 2);
  set(CURLOPT_MAXLIFETIME_CONN, kConnectionSeconds);

  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, options.verify ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, options.verify ? 2L : 0L);
  set(CURLOPT_CA_CACHE_TIMEOUT, 0L);     // a replaced file counts for the next connection,
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);  // which no session of before cuts short
  if (!options.ca_file.empty()) {
    set(CURLOPT_CAINFO, options.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // that CA and no other
  }
  if (!options.certificate_file.empty()) {
    set(CURLOPT_SSLCERT, options.certificate_file.c_str());
    set(CURLOPT_SSLKEY, options.key_file.c_str());
  }

  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.data());
  }
  const auto header = [&transfer](const std::string& line) {
    if (curl_slist* grown = curl_slist_append(transfer.headers, line.c_str())) {
      transfer.headers = grown;
    }
  };
  header("Expect:");  // saves a round trip: bodies are small and wanted
  for (const auto& [name, value] : request.headers) {
    header(name + ": " + value);
  }
  set(CURLOPT_HTTPHEADER, transfer.headers);
}

// Where another name is expected in the certificate, the URL carries that name (so that SNI, Host
// and the check all use it) and the connection goes to the configured host.
static void apply_server_name(Transfer& transfer, const std::string& server_name) {
  if (server_name.empty() || !transfer.request.url.starts_with("https://")) {
    return;
  }
  CURLU* url = curl_url();
  char* host = nullptr;
  char* port = nullptr;
  char* changed = nullptr;
  if (url != nullptr &&
      curl_url_set(url, CURLUPART_URL, transfer.request.url.c_str(), 0) == CURLUE_OK &&
      curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
      curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
      curl_url_set(url, CURLUPART_HOST, server_name.c_str(), 0) == CURLUE_OK &&
      curl_url_get(url, CURLUPART_URL, &changed, 0) == CURLUE_OK) {
    const std::string to = "::" + std::string(host) + ":" + port;
    transfer.connect_to = curl_slist_append(nullptr, to.c_str());
    transfer.request.url = changed;
  }
  curl_free(host);
  curl_free(port);
  curl_free(changed);
  curl_url_cleanup(url);
}

void CurlHttp::State::start(std::unique_ptr<Transfer> transfer) {
  transfer->easy = curl_easy_init();
  if (transfer->easy == nullptr) {
    transfer->response.error = "libcurl is out of memory";
    answer(std::move(transfer));
    return;
  }
  transfer->max_bytes = options.max_response_bytes;
  transfer->proxy = proxy_for(options.proxies, transfer->request.url);
  apply_server_name(*transfer, options.server_name);
  configure(*transfer);
  if (transfer->connect_to != nullptr) {
    curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to);
  }
  if (curl_multi_add_handle(multi, transfer->easy) != CURLM_OK) {
    transfer->response.error = "libcurl refused the request";
    answer(std::move(transfer));
    return;
  }
  running.push_back(std::move(transfer));
}

void CurlHttp::State::answer(std::unique_ptr<Transfer> transfer) const {
  // shared_ptr only because std::function must be copyable; the posted task is its one owner.
  post([guard = alive, done = std::move(transfer->done),
        response = std::make_shared<HttpResponse>(std::move(transfer->response))] {
    if (*guard) {
      done(std::move(*response));
    }
  });
}

void CurlHttp::State::finish(CURL* easy, CURLcode result) {
  const auto found = std::find_if(running.begin(), running.end(),
                                  [easy](const auto& transfer) { return transfer->easy == easy; });
  curl_multi_remove_handle(multi, easy);
  if (found == running.end()) {
    return;
  }
  std::unique_ptr<Transfer> transfer = std::move(*found);
  running.erase(found);

  HttpResponse& response = transfer->response;
  curl_off_t connect_us = 0;
  curl_off_t tls_us = 0;
  curl_off_t sent = 0;
  long reused_or_new = 0;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect_us);
  curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &tls_us);
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &reused_or_new);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  const bool tls = transfer->request.url.starts_with("https://");
  const bool reused = reused_or_new == 0 && sent > 0;
  response.connected =
      result == CURLE_OK || reused || sent > 0 || (tls ? tls_us > 0 : connect_us > 0);
  if (result == CURLE_OK) {
    response.status = static_cast<int>(status);
  } else {
    fail(*transfer, result);
  }
  if (!transfer->proxy.empty()) {
    blame_proxy(easy, result, transfer->proxy, tls, response);
  }
  answer(std::move(transfer));
}

// Starts what send() queued. False when it is time to stop.
bool CurlHttp::State::take_queue() {
  std::vector<std::unique_ptr<Transfer>> fresh;
  {
    const std::lock_guard lock(mutex);
    if (stop) {
      return false;
    }
    fresh.swap(queue);
  }
  for (auto& transfer : fresh) {
    start(std::move(transfer));
  }
  return true;
}

void CurlHttp::State::run() {
  constexpr int kPollMs = 60'000;  // woken by curl_multi_wakeup before that
  while (take_queue()) {
    int still_running = 0;
    curl_multi_perform(multi, &still_running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg == CURLMSG_DONE) {
        finish(message->easy_handle, message->data.result);
      }
    }
    curl_multi_poll(multi, nullptr, 0, kPollMs, nullptr);
  }
  for (const auto& transfer : running) {
    curl_multi_remove_handle(multi, transfer->easy);
  }
  running.clear();
}

CurlHttp::CurlHttp(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<CurlHttp>> CurlHttp::create(CurlOptions options, Executor post) {
  const auto is_https = [](const std::string& proxy) { return proxy.starts_with("https://"); };
  if ((is_https(options.proxies.for_http) || is_https(options.proxies.for_https)) &&
      !can_use_https_proxies()) {
    return Error{Errc::invalid, "this libcurl cannot use an https:// proxy: give an http:// one"};
  }
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->post = std::move(post);
  state->multi = initialised == CURLE_OK ? curl_multi_init() : nullptr;
  if (state->multi == nullptr) {
    return Error{Errc::io, "libcurl cannot be started"};
  }
  curl_multi_setopt(state->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                    state->options.max_connections_per_host);
  curl_multi_setopt(state->multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  try {
    state->thread = std::thread([raw = state.get()] { raw->run(); });
  } catch (const std::system_error& error) {
    curl_multi_cleanup(state->multi);
    return Error{Errc::io, std::string("no thread for HTTP: ") + error.what()};
  }
  return std::unique_ptr<CurlHttp>(new CurlHttp(std::move(state)));
}

CurlHttp::~CurlHttp() {
  *state_->alive = false;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  curl_multi_wakeup(state_->multi);
  state_->thread.join();
  curl_multi_cleanup(state_->multi);
}

void CurlHttp::send(HttpRequest request, std::function<void(HttpResponse)> done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  {
    const std::lock_guard lock(state_->mutex);
    state_->queue.push_back(std::move(transfer));
  }
  curl_multi_wakeup(state_->multi);
}

}  // namespace auditship::sinks::http
