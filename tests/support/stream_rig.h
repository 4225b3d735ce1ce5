// StreamRig: a Stream on a simulated disk whose documents a Store gathers, told apart by id.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "agent/input/file/file_input.h"
#include "agent/pipeline/pipeline.h"
#include "parsers/auth_log/auth_log_parser.h"
#include "parsers/auth_log/ssh_sessions/session_tracker.h"
#include "tests/support/log_capture.h"
#include "tests/support/script_sink.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship::test {

struct Store {
  std::map<std::string, std::string> documents;  // by id
  std::deque<std::function<void()>> tasks;
  std::string wrong;

  // One bulk body: what is there already must be the same.
  event::Outcome take(const std::string& body) {
    event::Outcome outcome;
    outcome.verdict = event::Verdict::created;
    outcome.http_status = 200;
    std::istringstream in(body);
    std::string action;
    std::string document;
    while (std::getline(in, action) && std::getline(in, document)) {
      const std::string id = action.substr(action.find("_id\":\"") + 6, event::DocId::kSize);
      const auto [at, fresh] = documents.emplace(id, document);
      ++(fresh ? outcome.created : outcome.duplicate);
      if (at->second != document) {
        wrong += "\n" + id + ":\n" + at->second + "\n" + document;
      }
    }
    return outcome;
  }
  [[nodiscard]] std::size_t count(std::string_view text) const {
    std::size_t n = 0;
    for (const auto& [id, document] : documents) {
      n += document.find(text) != std::string::npos ? 1 : 0;
    }
    return n;
  }
};

class StoreSink final : public sinks::Sink {
 public:
  explicit StoreSink(Store& store) : store_(store) {}
  void ship(const sinks::Shipment& shipment, std::function<void(event::Outcome)> done) override {
    store_.tasks.push_back([this, body = std::string(shipment.body), done = std::move(done)] {
      done(store_.take(body));
    });
  }

 private:
  Store& store_;
};

// A stream of auth.log lines into a Store, on a simulated disk.
struct StreamRig {
  static constexpr const char* kLog = "/var/log/auth.log";

  explicit StreamRig(std::uint64_t seed) : fs(clock), rng(seed) { (void)fs.make_dirs("/var/log"); }

  void start(
      pipeline::MakeDeriver deriver =
          [] {
            return std::make_unique<parsers::auth_log::ssh_sessions::SessionTracker>(
                parsers::auth_log::ssh_sessions::SessionTrackerOptions{true});
          },
      filter::RuleSet rules = filter::RuleSet()) {
    pipeline::PipelineSettings s;
    s.batch.max_age = s.batch.min_age;  // tests wait for single documents
    s.name = "authlog";
    s.make_deriver = std::move(deriver);
    s.codec = Codec::none;
    s.buffer.directory = "/data/buffer";
    s.buffer.segment_bytes = 20'000;
    s.encoder.cluster = "c";
    s.encoder.node = "n";
    s.encoder.stream = "authlog";
    s.delivery.framing = std::make_shared<sinks::framing::BulkFraming>();
    adjust(s);
    input::file::FileInputOptions files;
    files.paths = paths;
    files.host_root = host_root;
    files.source.scope = s.id_scope();
    files.source.backfill_ns = std::nullopt;
    stream = std::make_unique<pipeline::Pipeline>(
        pipeline::RuntimeServices{fs, clock, rng, log, [] {}}, s,
        std::make_unique<input::file::FileInput>(fs, clock, log, files), std::move(rules),
        [] {
          return std::make_unique<parsers::auth_log::AuthLogParser>(
              parsers::auth_log::AuthLogOptions{});
        },
        [this](const buffer::BufferId&) -> Result<std::unique_ptr<sinks::Sink>> {
          return std::unique_ptr<sinks::Sink>(std::make_unique<StoreSink>(store));
        },
        rejected, delivery::Repair());
  }
  void run(int steps, bool answers) {
    for (int i = 0; i < steps; ++i) {
      clock.advance(std::chrono::milliseconds(700));
      stream->notify_change();
      (void)stream->step(clock.now());
      while (answers && !store.tasks.empty()) {
        auto task = std::move(store.tasks.front());
        store.tasks.pop_front();
        task();
      }
    }
  }
  void die(bool power) {
    stream.reset();
    store.tasks.clear();
    if (power) {
      fs.power_cut(rng);
    } else {
      fs.restart();
    }
  }

  std::vector<std::string> paths = {kLog};
  std::string host_root;
  std::function<void(pipeline::PipelineSettings&)> adjust = [](pipeline::PipelineSettings&) {};
  SimClock clock;
  SimFs fs;
  SimRng rng;
  LogCapture log;
  RejectedList rejected;
  Store store;
  std::unique_ptr<pipeline::Pipeline> stream;
};

}  // namespace auditship::test
