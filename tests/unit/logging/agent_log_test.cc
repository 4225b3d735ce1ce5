#include "agent/logging/agent_log.h"

#include <sys/stat.h>
#include <unistd.h>

#include "agent/cli/commands.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

// stderr as a file while it lives.
class Stderr {
 public:
  Stderr() : file_(std::tmpfile()), old_(::dup(STDERR_FILENO)) {
    ::dup2(::fileno(file_), STDERR_FILENO);
  }
  Stderr(const Stderr&) = delete;
  Stderr& operator=(const Stderr&) = delete;
  ~Stderr() {
    ::dup2(old_, STDERR_FILENO);
    ::close(old_);
    std::fclose(file_);
  }
  [[nodiscard]] std::string text() const {
    std::string all(static_cast<std::size_t>(::lseek(::fileno(file_), 0, SEEK_END)), '\0');
    all.resize(static_cast<std::size_t>(::pread(::fileno(file_), all.data(), all.size(), 0)));
    return all;
  }
  [[nodiscard]] static std::string journal_stream() {
    struct stat found {};
    ::fstat(STDERR_FILENO, &found);
    return std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino);
  }

 private:
  std::FILE* file_;
  int old_;
};

std::string written(const logging::LogOptions& options) {
  Stderr caught;
  {
    logging::AgentLog log(options);
    log.debug("quiet", "not said");
    log.info("start", "auditship starts", {{"version", "1"}});
    for (int i = 0; i < 4; ++i) {
      log.warn("buffer-full", "no \"room\"\n", {{"stream", "a b"}});
    }
    log.error(LogCode::at_run_time("made-up"), "bad");
  }
  return caught.text();
}

const std::string kHint(hint_for("buffer-full"));

}  // namespace

TEST_CASE(
    "text for the journal has priorities and no time; repeats are counted; warnings have hints",
    "[agent_log]") {
  REQUIRE_FALSE(kHint.empty());
  CHECK(written({LogLevel::info, logging::LogFormat::text, true}) ==
        "<6>info  start: auditship starts version=1\n"
        "<4>warn  buffer-full: no \\\"room\\\"\\n stream=\"a b\" hint=\"" +
            kHint +
            "\"\n"
            "<4>warn  buffer-full: no \\\"room\\\"\\n (repeated 3 times) stream=\"a b\" hint=\"" +
            kHint +
            "\"\n"
            "<3>error made-up: bad\n");
}

TEST_CASE("text elsewhere has the time, json is one object a line", "[agent_log]") {
  const std::string text = written({LogLevel::info, logging::LogFormat::text, false});
  CHECK(text.find("Z info  start: auditship starts") == 23);
  const std::string json = written({LogLevel::warn, logging::LogFormat::json, false});
  CHECK(json.find("{\"time\":\"") == 0);
  CHECK(json.find("start") == std::string::npos);
  CHECK(json.find(R"("level":"warn","code":"buffer-full","message":"no \"room\"\n","repeated":3,)"
                  R"("stream":"a b","hint":")" +
                  kHint + "\"}\n") != std::string::npos);
}

TEST_CASE("what repeats is said at the end of its window", "[agent_log]") {
  Stderr caught;
  logging::AgentLog log(logging::LogOptions{LogLevel::info, logging::LogFormat::text, true});
  log.warn(LogCode::at_run_time("a"), "b");
  CHECK(log.tick(std::chrono::steady_clock::now()) == TimePoint::max());
  log.warn(LogCode::at_run_time("a"), "b");
  const TimePoint due = log.tick(std::chrono::steady_clock::now());
  CHECK(due < std::chrono::steady_clock::now() + logging::AgentLog::kRepeatWindow);
  CHECK(caught.text() == "<4>warn  a: b\n");
  CHECK(log.tick(due) == TimePoint::max());
  CHECK(caught.text() == "<4>warn  a: b\n<4>warn  a: b (repeated 1 time)\n");
}

TEST_CASE("what answers a person is said each time: a second reload, too", "[agent_log]") {
  Stderr caught;
  logging::AgentLog log(logging::LogOptions{LogLevel::info, logging::LogFormat::text, true});
  log.info("rules-loaded", "read again");
  log.info("rules-loaded", "read again");
  CHECK(caught.text() == "<6>info  rules-loaded: read again\n<6>info  rules-loaded: read again\n");
}

TEST_CASE("auto is text for the journal, json for files and pipes", "[agent_log]") {
  const Stderr caught;
  const auto options = [](const char* format, std::optional<std::string> stream) {
    const logging::LogOptions made = cli::log_options("warn", format, stream);
    CHECK(made.least == LogLevel::warn);
    return std::pair(made.format, made.journal);
  };
  const std::string ours = Stderr::journal_stream();
  CHECK(options("auto", ours) == std::pair(logging::LogFormat::text, true));
  CHECK(options("json", ours) == std::pair(logging::LogFormat::json, true));
  CHECK(options("auto", std::nullopt) == std::pair(logging::LogFormat::json, false));
  CHECK(options("auto", "1:2") ==
        std::pair(logging::LogFormat::json, false));  // the parent's journal
  CHECK(options("text", "1:2") == std::pair(logging::LogFormat::text, false));
}
