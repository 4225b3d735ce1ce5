#include "agent/platform/http_server.h"

#include <filesystem>
#include <thread>
#include <unistd.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using namespace auditship;
using namespace auditship::test;

namespace {

// A server on a Unix socket, and a loop that runs while `ask` does on a thread of its own.
struct Rig {
  Rig() {
    std::filesystem::create_directories(directory);
    auto listening =
        platform::HttpServer::listen(loop, log, socket, [](const platform::HttpRequest& ask) {
          return ask.path == "/there" || ask.path == "/healthz"
                     ? platform::HttpResponse{200, "text/plain", "yes\n"}
                     : platform::HttpResponse{404, "text/plain", "no\n"};
        });
    REQUIRE(listening);
    server = std::move(*listening);
  }
  ~Rig() {
    server.reset();
    std::filesystem::remove_all(directory);
  }
  void run(const std::function<void()>& ask) {
    std::thread client([&] {
      ask();
      loop.post()([this] { loop.stop(); });
    });
    loop.run([](TimePoint now) { return now + std::chrono::seconds(60); }, [](int) {});
    client.join();
  }

  LogCapture log;
  platform::EventLoop loop{log};
  std::string directory =
      std::filesystem::temp_directory_path() / ("status-http-" + std::to_string(::getpid()));
  std::string socket = directory + "/status.sock";
  std::unique_ptr<platform::HttpServer> server;
};

}  // namespace

TEST_CASE("pages are answered on a Unix socket, many times", "[status]") {
  Rig rig;
  std::string got;
  std::string refused;
  rig.run([&] {
    for (int i = 0; i < 100; ++i) {
      auto page = platform::get_from_socket(rig.socket, "/there");
      got += page ? *page : page.error().message;
    }
    refused = platform::get_from_socket(rig.socket, "/elsewhere").error().message;
  });
  std::string wanted;
  for (int i = 0; i < 100; ++i) {
    wanted += "yes\n";
  }
  CHECK(got == wanted);
  CHECK_FALSE(refused.empty());
}

TEST_CASE("a socket that a crash left over is taken, one in use is not", "[status]") {
  Rig rig;
  std::string said;
  rig.run([&] {
    platform::EventLoop other(rig.log);
    auto second = platform::HttpServer::listen(
        other, rig.log, rig.socket,
        [](const platform::HttpRequest&) { return platform::HttpResponse{}; });
    said = second ? "listens" : second.error().message;
  });
  CHECK(said.find("another auditship answers there") != std::string::npos);
  rig.server.reset();
  CHECK_FALSE(std::filesystem::exists(rig.socket));
  CHECK(platform::get_from_socket(rig.socket, "/there").error().code == Errc::not_found);
}
