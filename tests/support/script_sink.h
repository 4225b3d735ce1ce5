// ScriptSink: a Sink whose answers a test gives by hand, and DeliveryRig: a Delivery over a
// BufferRig with it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/compression/unpacker.h"
#include "agent/delivery/delivery.h"
#include "sinks/framing/bulk_framing.h"
#include "sinks/targeted_sink.h"
#include "tests/support/buffer_rig.h"

namespace auditship::test {

class ScriptSink final : public sinks::Sink, public sinks::TargetedSink {
 public:
  struct Sent {
    event::FrameId frame;
    std::string index, body;
    Codec codec;
    std::uint32_t documents;
    std::function<void(event::Outcome)> done;
    bool answered = false;

    [[nodiscard]] std::vector<std::uint64_t> numbers() const {
      event::Batch batch;
      batch.body = codec == Codec::none ? body : *unpack(codec, body, 1 << 20);
      batch.documents = documents;
      return numbers_in(batch);
    }
  };
  struct Asked {
    std::string first;
    std::vector<std::string> ids;
    std::function<void(Result<sinks::Presence>)> done;
  };

  explicit ScriptSink(bool targeted = true) : targeted_(targeted) {}

  [[nodiscard]] sinks::TargetedSink* targets() override { return targeted_ ? this : nullptr; }
  void resolve(std::function<void(Result<std::string>)> done) override {
    resolving.push_back(std::move(done));
  }
  void ship(const sinks::Shipment& s, std::function<void(event::Outcome)> done) override {
    sent.push_back(
        Sent{s.frame, s.index, std::string(s.body), s.codec, s.documents, std::move(done)});
  }
  void look_up(const std::string& first, const std::vector<std::string>& ids,
               std::function<void(Result<sinks::Presence>)> done) override {
    asked.push_back(Asked{first, ids, std::move(done)});
  }

  std::deque<std::function<void(Result<std::string>)>> resolving;
  std::vector<Sent> sent;
  std::vector<Asked> asked;

 private:
  bool targeted_;
};

class RejectedList final : public delivery::dead_letters::DeadLetterWriter {
 public:
  Status write(const std::vector<delivery::dead_letters::RejectedDocument>& rejected) override {
    if (failures > 0) {
      --failures;
      return Error{Errc::no_space, "dead-letter file is full"};
    }
    documents.insert(documents.end(), rejected.begin(), rejected.end());
    return {};
  }
  std::vector<delivery::dead_letters::RejectedDocument> documents;
  int failures = 0;
};

inline event::Outcome whole(event::Verdict verdict, int status = 0,
                            const std::string& code = "test") {
  event::Outcome outcome;
  outcome.verdict = verdict;
  outcome.http_status = static_cast<std::uint16_t>(status);
  outcome.code = code;
  outcome.message = code;
  return outcome;
}
inline event::Outcome taken(std::uint32_t created, std::uint32_t duplicate = 0,
                            std::vector<event::ItemOutcome> items = {}) {
  event::Outcome outcome = whole(event::Verdict::created, 200);
  outcome.created = created;
  outcome.duplicate = duplicate;
  outcome.items = std::move(items);
  return outcome;
}
inline event::ItemOutcome item(std::uint32_t n, event::Verdict verdict, std::uint16_t status) {
  return event::ItemOutcome{n, verdict, status, "type", "reason", "test-item", "type: reason"};
}

struct DeliveryRig : BufferRig {
  DeliveryRig() : rng(1) { REQUIRE(open().ok()); }

  void start() {
    delivery.reset();
    sink = std::make_unique<ScriptSink>(targeted);
    delivery = std::make_unique<delivery::Delivery>(
        *log, *sink, rejected, repair, clock, rng, logger, [] {}, delivery_options);
  }
  // The process ends and begins again.
  void restart() {
    delivery.reset();
    log.reset();
    fs.restart();
    REQUIRE(open().ok());
    start();
  }
  TimePoint step() {
    auto next = delivery->step(clock.now());
    REQUIRE(next.ok());
    return *next;
  }
  // Steps, and answers every question for the index with `index`.
  void go() {
    step();
    while (answers_resolve && !sink->resolving.empty()) {
      auto done = std::move(sink->resolving.front());
      sink->resolving.pop_front();
      done(index);
      step();
    }
  }
  // Lets time pass in small steps, so that everything that waits gets its turn.
  void wait(Duration time) {
    const TimePoint end = clock.now() + time;
    while (clock.now() < end) {
      clock.advance(std::min<Duration>(std::chrono::milliseconds(500), end - clock.now()));
      go();
    }
  }
  // The newest request without an answer.
  ScriptSink::Sent& request(std::size_t from_end = 0) {
    for (std::size_t i = sink->sent.size(); i-- > 0;) {
      if (!sink->sent[i].answered && from_end-- == 0) {
        return sink->sent[i];
      }
    }
    FAIL("no request waits for an answer");
    abort();
  }
  [[nodiscard]] std::size_t waiting() const {
    return static_cast<std::size_t>(std::count_if(sink->sent.begin(), sink->sent.end(),
                                                  [](const auto& s) { return !s.answered; }));
  }
  void answer(ScriptSink::Sent& sent, event::Outcome outcome) {
    sent.answered = true;
    auto done = std::move(sent.done);
    done(std::move(outcome));
    go();
  }
  void answer(event::Outcome outcome) { answer(request(), std::move(outcome)); }
  [[nodiscard]] const buffer::AckState& stored() const { return log->ack(0); }

  SimRng rng;
  delivery::DeliveryOptions delivery_options{
      .stream = "test", .framing = std::make_shared<sinks::framing::BulkFraming>()};
  RejectedList rejected;
  delivery::Repair repair;
  std::string index = "app-000001";
  bool answers_resolve = true;
  bool targeted = true;
  std::unique_ptr<ScriptSink> sink;
  std::unique_ptr<delivery::Delivery> delivery;
};

inline std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> out;
  for (; from < to; ++from) {
    out.push_back(from);
  }
  return out;
}

// A rig with these frames, started, and the first requests out.
struct Started : DeliveryRig {
  explicit Started(std::initializer_list<std::uint64_t> frames, delivery::Repair with = {}) {
    repair = std::move(with);
    for (const std::uint64_t n : frames) {
      REQUIRE(add(n).ok());
    }
    start();
    go();
  }
};

}  // namespace auditship::test
