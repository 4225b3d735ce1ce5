#include "agent/delivery/delivery.h"

#include "agent/delivery/policy/send_rate.h"
#include "sinks/framing/line_framing.h"
#include "tests/support/catch.h"
#include "tests/support/script_sink.h"

using namespace auditship;
using namespace auditship::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a frame that is taken is settled, and its segment's slot says so", "[delivery]") {
  Started rig({3});
  CHECK(rig.request().numbers() == range(0, 3));
  CHECK(rig.request().index == "app-000001");
  rig.answer(taken(2, 1));
  CHECK(rig.delivery->idle());
  CHECK(rig.stored().settled == 1);
  CHECK(rig.stored().ledger.created == 2);
  CHECK(rig.stored().ledger.duplicate == 1);
  CHECK(rig.stored().targets.empty());
}

TEST_CASE("the index is synced in the slot before the first attempt (B4)", "[delivery]") {
  DeliveryRig rig;
  REQUIRE(rig.add(3).ok());
  rig.start();
  rig.step();
  REQUIRE(rig.sink->resolving.size() == 1);
  CHECK(rig.sink->sent.empty());
  rig.fs.fail_call(rig.fs.calls() + 2);  // write, then sync of the slot
  rig.sink->resolving.front()(rig.index);
  CHECK_FALSE(rig.delivery->step(rig.clock.now()).ok());
  CHECK(rig.sink->sent.empty());
  rig.restart();
  rig.go();
  CHECK(rig.stored().targets.at(1) == "app-000001");
  CHECK(rig.sink->sent.size() == 1);
}

TEST_CASE("a full disk below the slot puts sending off and is not an error", "[delivery]") {
  DeliveryRig rig;
  REQUIRE(rig.add(3).ok());
  rig.start();
  rig.step();
  rig.fs.fail_call(rig.fs.calls() + 1, {Error{Errc::no_space, "full"}, false});
  rig.sink->resolving.front()(rig.index);
  rig.sink->resolving.clear();
  rig.step();
  CHECK(rig.sink->sent.empty());
  rig.wait(seconds(3));
  CHECK(rig.sink->sent.size() == 1);
}

TEST_CASE("retries and a restart keep the index, however the alias moves", "[delivery]") {
  Started rig({3});
  rig.index = "app-000002";
  rig.answer(whole(event::Verdict::retry, 503));
  rig.wait(minutes(2));
  CHECK(rig.request().index == "app-000001");
  rig.answer(whole(event::Verdict::retry, 0));
  rig.wait(minutes(2));
  CHECK(rig.request().index == "app-000001");
  rig.restart();
  rig.go();
  CHECK(rig.request().index == "app-000001");
  rig.answer(taken(0, 3));
  REQUIRE(rig.add(1).ok());
  rig.wait(seconds(10));
  CHECK(rig.request().index == "app-000002");
}

TEST_CASE("frames are settled in order, whichever is answered first", "[delivery]") {
  Started rig({2, 3});
  REQUIRE(rig.waiting() == 2);
  rig.answer(rig.request(0), taken(3));
  CHECK(rig.delivery->ack().settled == 0);
  rig.answer(rig.request(0), taken(2));
  CHECK(rig.delivery->ack().settled == 2);
  CHECK(rig.delivery->ack().ledger.created == 5);
  CHECK(rig.delivery->stats().ledger_violations == 0);
}

TEST_CASE("only the items that need it are sent again", "[delivery]") {
  Started rig({5});
  rig.answer(
      taken(2, 1, {item(1, event::Verdict::retry, 429), item(3, event::Verdict::retry, 503)}));
  CHECK(rig.waiting() == 0);
  rig.wait(seconds(5));
  CHECK(rig.request().numbers() == std::vector<std::uint64_t>{1, 3});
  CHECK(rig.request().index == "app-000001");
  rig.answer(taken(1, 1));
  CHECK(rig.delivery->idle());
  CHECK(rig.delivery->ack().ledger.created == 3);
  CHECK(rig.delivery->ack().ledger.duplicate == 2);
}

TEST_CASE("what the server refuses for its content goes to the dead letters, once, with its words",
          "[delivery]") {
  Started rig({3});
  rig.answer(taken(2, 0, {item(1, event::Verdict::rejected, 400)}));
  REQUIRE(rig.rejected.documents.size() == 1);
  const delivery::dead_letters::RejectedDocument& letter = rig.rejected.documents[0];
  CHECK(letter.id == "1");
  CHECK(letter.document == "{\"n\":1}");
  CHECK(letter.index == "app-000001");
  CHECK(letter.status == 400);
  CHECK(letter.reason == "reason");
  CHECK(rig.delivery->idle());
  CHECK(rig.delivery->ack().ledger.dead_lettered == 1);
}

TEST_CASE("a dead letter that cannot be written is not settled (B5)", "[delivery]") {
  Started rig({2});
  rig.rejected.failures = 1;
  rig.answer(taken(1, 0, {item(0, event::Verdict::rejected, 400)}));
  CHECK(rig.delivery->ack().settled == 0);
  CHECK_FALSE(rig.delivery->idle());
  rig.wait(seconds(30));
  CHECK(rig.request().numbers() == range(0, 1));
  rig.answer(taken(0, 0, {item(0, event::Verdict::rejected, 400)}));
  CHECK(rig.rejected.documents.size() == 1);
  CHECK(rig.delivery->ack().settled == 1);
}

TEST_CASE("a refused document is repaired once, under the same id", "[delivery]") {
  int asked = 0;
  Started rig(
      {2},
      [&](std::string_view document, const event::ItemOutcome& why) -> std::optional<std::string> {
        ++asked;
        CHECK(document == "{\"n\":1}");
        CHECK(why.status == 400);
        return "{\"n\":1}";
      });
  rig.answer(taken(1, 0, {item(1, event::Verdict::rejected, 400)}));
  CHECK(rig.request().numbers() == range(1, 2));
  CHECK(rig.rejected.documents.empty());
  SECTION("and taken") {
    rig.answer(taken(1));
    CHECK(rig.rejected.documents.empty());
  }
  SECTION("and refused for good") {
    rig.answer(taken(0, 0, {item(0, event::Verdict::rejected, 400)}));
    REQUIRE(rig.rejected.documents.size() == 1);
  }
  CHECK(asked == 1);
  CHECK(rig.delivery->idle());
}

TEST_CASE("a letter holds the document as it was before repair, and what the server said of that",
          "[delivery]") {
  Started rig({4}, [](std::string_view, const event::ItemOutcome&) -> std::optional<std::string> {
    return R"({"n":7,"event.repaired":true})";
  });
  event::ItemOutcome first = item(1, event::Verdict::rejected, 400);
  first.reason = "of the whole document";
  rig.answer(taken(2, 0, {first, item(3, event::Verdict::rejected, 400)}));
  CHECK(rig.request().documents == 2);
  SECTION("refused at once") {
    rig.answer(taken(
        0, 0, {item(0, event::Verdict::rejected, 400), item(1, event::Verdict::rejected, 400)}));
  }
  SECTION("sent again and halved meanwhile") {
    rig.answer(
        taken(0, 0, {item(0, event::Verdict::retry, 429), item(1, event::Verdict::retry, 429)}));
    rig.wait(minutes(1));
    rig.answer(whole(event::Verdict::split, 413));
    rig.answer(taken(0, 0, {item(0, event::Verdict::rejected, 400)}));
    rig.answer(taken(0, 0, {item(0, event::Verdict::rejected, 400)}));
  }
  REQUIRE(rig.rejected.documents.size() == 2);
  CHECK(rig.rejected.documents[0].id == "1");
  CHECK(rig.rejected.documents[0].document == "{\"n\":1}");
  CHECK(rig.rejected.documents[0].reason == "of the whole document");
  CHECK(rig.rejected.documents[1].id == "3");
  CHECK(rig.rejected.documents[1].document == "{\"n\":3}");
  CHECK(rig.delivery->idle());
}

TEST_CASE("the letter of a document with a dated index names that index", "[delivery]") {
  DeliveryRig rig;
  rig.targeted = false;
  event::Batch batch = numbered_batch(0, 1, 0);
  batch.body = R"({"create":{"_index":"app-2026.11.23","_id":"a"}})"
               "\n{\"n\":1}\n";
  REQUIRE(rig.add(batch).ok());
  rig.start();
  rig.step();
  rig.answer(taken(0, 0, {item(0, event::Verdict::rejected, 400)}));
  REQUIRE(rig.rejected.documents.size() == 1);
  CHECK(rig.rejected.documents[0].index == "app-2026.11.23");
}

TEST_CASE("what is too large is halved, and later bodies are made smaller before they are sent",
          "[delivery]") {
  Started rig({8});
  rig.answer(whole(event::Verdict::split, 413));
  rig.wait(seconds(1));
  CHECK(rig.waiting() == 2);
  CHECK(rig.request(0).documents + rig.request(1).documents == 8);
  rig.answer(taken(4));
  rig.answer(taken(4));
  CHECK(rig.delivery->idle());
  CHECK(rig.delivery->stats().split == 1);
}

// One document in a hundred refused with 429 is no sign that the server is pressed: smaller bodies
// would only cost both sides.
TEST_CASE("bodies are made smaller when many items are pushed back, not when a few are",
          "[delivery]") {
  const std::uint64_t documents = 8000;
  DeliveryRig rig;
  rig.options.max_bytes = 64 << 20;
  REQUIRE(rig.open().ok());
  for (int i = 0; i < 4; ++i) {
    REQUIRE(rig.add(documents).ok());
  }
  rig.start();
  rig.go();
  const std::uint32_t refused = GENERATE(80u, 8000u);
  for (int i = 0; i < 2; ++i) {
    std::vector<event::ItemOutcome> items;
    for (std::uint32_t n = 0; n < refused; ++n) {
      items.push_back(item(n, event::Verdict::retry, 429));
    }
    rig.answer(rig.request(rig.waiting() - 1), taken(documents - refused, 0, items));
  }
  const bool pressed = refused == documents;
  std::vector<std::uint32_t> sizes;
  std::uint64_t settled = 2 * (documents - refused);
  while (!rig.delivery->idle()) {
    while (rig.waiting() == 0) {
      rig.wait(seconds(1));
    }
    sizes.push_back(rig.request().documents);
    settled += rig.request().documents;
    rig.answer(taken(rig.request().documents));
  }
  CHECK(settled == 4 * documents);
  CHECK(std::count(sizes.begin(), sizes.end(), documents) == (pressed ? 0 : 2));
  CHECK(rig.delivery->stats().split == (pressed ? 4 : 0));  // each of the four in one go
  CHECK((sizes.size() > 8) == pressed);
}

TEST_CASE("what is sent again is counted by class", "[delivery]") {
  Started rig({4});
  const std::vector<std::pair<event::Outcome, std::string>> answers = {
      {whole(event::Verdict::retry, 0), "no_answer"},
      {whole(event::Verdict::retry, 429), "pressure"},
      {whole(event::Verdict::retry, 503), "server_error"},
      {whole(event::Verdict::blocked, 403), "blocked"},
      {whole(event::Verdict::recode, 415), "compression"},
      {taken(2, 0, {item(1, event::Verdict::retry, 429), item(3, event::Verdict::retry, 429)}),
       "pressure"},
      {whole(event::Verdict::rejected, 400), "refused"}};
  std::map<std::string, std::uint64_t> wanted;
  for (const auto& [outcome, name] : answers) {
    INFO(name);
    rig.answer(outcome);
    ++wanted[name];
    CHECK(rig.delivery->stats().retries == wanted);
    rig.wait(minutes(2));
  }
  rig.answer(whole(event::Verdict::rejected, 400));  // one document: buried, not sent again
  CHECK(rig.delivery->stats().retries == wanted);
}

TEST_CASE("a compression that is refused is changed for good", "[delivery]") {
  Started rig({2});
  rig.answer(whole(event::Verdict::recode, 415));
  rig.wait(seconds(5));
  CHECK(rig.request().codec == Codec::none);
  CHECK(rig.request().numbers() == range(0, 2));
}

TEST_CASE("a failure is told once with its code, and that it is over; not once a retry",
          "[delivery]") {
  Started rig({2});
  for (int i = 0; i < 8; ++i) {
    event::Outcome refused = whole(event::Verdict::blocked, 403, "opensearch-forbidden");
    refused.message = "after " + std::to_string(i) + " ms";  // words that differ each time
    rig.answer(refused);
    rig.wait(seconds(31));
  }
  CHECK(rig.logger.count("opensearch-forbidden") == 1);
  CHECK(rig.logger.count("delivery-recovered") == 0);
  CHECK(rig.delivery->stats().failures.at("opensearch-forbidden") == 8);
  event::ItemOutcome busy = item(0, event::Verdict::retry, 429);
  busy.code = "opensearch-busy";
  rig.answer(taken(1, 0, {busy}));
  rig.wait(seconds(31));
  REQUIRE(rig.logger.count("opensearch-busy") == 1);
  rig.answer(taken(1));
  CHECK(rig.logger.count("delivery-recovered") == 1);
  CHECK(rig.delivery->ack().settled == 1);
}

TEST_CASE("a mapping that does not fit is told apart from a document's fault", "[delivery]") {
  Started rig({2});
  event::ItemOutcome full = item(0, event::Verdict::rejected, 400);
  full.code = "opensearch-mapping-full";
  full.schema_mismatch = true;
  rig.answer(taken(0, 0, {full, item(1, event::Verdict::rejected, 400)}));
  CHECK(rig.logger.count("opensearch-mapping-full") == 1);
  REQUIRE(rig.logger.count("dead-letter") == 1);
  CHECK(rig.logger.find("dead-letter")->value("documents") == "2");
  CHECK(rig.delivery->stats().failures.at("opensearch-mapping-full") == 1);
}

TEST_CASE("blocked waits, for ever if it must, and nothing is dropped", "[delivery]") {
  Started rig({2});
  for (int i = 0; i < 30; ++i) {
    rig.answer(whole(event::Verdict::blocked, 403, "forbidden"));
    CHECK(rig.delivery->stats().blocked);
    rig.wait(minutes(1));
    REQUIRE(rig.waiting() == 1);
  }
  rig.answer(taken(2));
  CHECK(rig.delivery->ack().settled == 1);
  CHECK_FALSE(rig.delivery->stats().blocked);
}

TEST_CASE("a server that answers nobody gets every document again, and none is dead-lettered",
          "[delivery]") {
  Started rig({4});
  rig.answers_resolve = false;
  for (int i = 0; i < 20; ++i) {
    rig.clock.advance(seconds(60));
    rig.answer(whole(event::Verdict::split, 0, "no-answer"));
    rig.wait(seconds(70));
    REQUIRE(rig.waiting() == 1);
  }
  rig.answer(taken(4));
  CHECK(rig.rejected.documents.empty());
}

namespace {

// Answers what is looked up: all of it is there, or nothing.
void answer_look_ups(DeliveryRig& rig, bool there) {
  for (ScriptSink::Asked& asked : std::exchange(rig.sink->asked, {})) {
    CHECK(asked.first == "app-000001");
    asked.done(sinks::Presence{std::vector<bool>(asked.ids.size(), there)});
  }
  rig.go();
}

// Answers for some rounds like a server that falls silent over one document, which it takes or not.
void serve_all_but(DeliveryRig& rig, std::uint64_t poison, int rounds, bool takes_it = false) {
  for (int i = 0; i < rounds; ++i) {
    rig.wait(seconds(40));
    answer_look_ups(rig, takes_it);
    while (rig.waiting() > 0) {
      ScriptSink::Sent& sent = rig.request();
      const auto numbers = sent.numbers();
      if (std::find(numbers.begin(), numbers.end(), poison) != numbers.end()) {
        rig.clock.advance(seconds(60));
        rig.answer(sent, whole(event::Verdict::split, 0, "no-answer"));
        break;
      }
      rig.answer(sent, taken(sent.documents));
    }
  }
}

}  // namespace

TEST_CASE("a document that silences the server is found by halving, and buried alone",
          "[delivery]") {
  Started rig({8});
  serve_all_but(rig, 5, 40);
  REQUIRE(rig.rejected.documents.size() == 1);
  CHECK(rig.rejected.documents[0].id == "5");
  CHECK(rig.rejected.documents[0].type == "no_answer");
  CHECK(rig.delivery->ack().ledger.created == 7);
  CHECK(rig.delivery->ack().settled == 1);
}

TEST_CASE("a lone document that is never answered waits until others are taken meanwhile",
          "[delivery]") {
  Started rig({1});
  serve_all_but(rig, 0, 60);
  CHECK(rig.rejected.documents.empty());  // it may be the server
  REQUIRE(rig.add(2).ok());
  serve_all_but(rig, 0, 20);
  CHECK(rig.rejected.documents.size() == 1);
  CHECK(rig.delivery->ack().ledger.created == 2);
  CHECK(rig.delivery->ack().settled == 2);
}

TEST_CASE("a document that is taken but never answered for is no dead letter: it was looked up",
          "[delivery]") {
  Started rig({8});
  serve_all_but(rig, 5, 40, true);
  CHECK(rig.rejected.documents.empty());
  CHECK(rig.delivery->ack().ledger.created == 7);
  CHECK(rig.delivery->ack().ledger.duplicate == 1);
  CHECK(rig.delivery->ack().settled == 1);
}

TEST_CASE("what is refused after a silence is given up only when it is not there", "[delivery]") {
  Started rig({4});
  rig.answer(whole(event::Verdict::retry, 0));
  const TimePoint silent_at = rig.clock.now();
  rig.wait(seconds(2));
  rig.answer(taken(
      2, 0, {item(1, event::Verdict::rejected, 400), item(3, event::Verdict::rejected, 400)}));
  rig.wait(seconds(60));
  CHECK(rig.sink->asked.empty());  // the first attempt may still be executed
  CHECK(rig.rejected.documents.empty());
  rig.wait(silent_at + seconds(121) - rig.clock.now());
  REQUIRE(rig.sink->asked.size() == 1);
  CHECK(rig.sink->asked[0].ids == std::vector<std::string>{"1", "3"});
  const auto answer = [&rig](const Result<sinks::Presence>& presence) {
    const auto done = std::exchange(rig.sink->asked, {}).front().done;
    done(presence);
    rig.go();
  };
  answer(Error{Errc::network, "no answer"});
  CHECK(rig.rejected.documents.empty());
  rig.wait(minutes(2));
  REQUIRE(rig.sink->asked.size() == 1);
  rig.rejected.failures = 1;
  answer(sinks::Presence{{true, false}});
  CHECK(rig.delivery->ack().settled == 0);  // the letter could not be written: it is sent again
  rig.wait(minutes(2));
  CHECK(rig.request().numbers() == std::vector<std::uint64_t>{3});
  rig.answer(taken(0, 0, {item(0, event::Verdict::rejected, 400)}));
  rig.wait(seconds(1));
  REQUIRE(rig.sink->asked.size() == 1);
  answer(sinks::Presence{{false}});
  REQUIRE(rig.rejected.documents.size() == 1);
  CHECK(rig.rejected.documents[0].id == "3");
  CHECK(rig.rejected.documents[0].reason == "reason");
  CHECK(rig.delivery->ack().ledger.created == 2);
  CHECK(rig.delivery->ack().ledger.duplicate == 1);
  CHECK(rig.delivery->ack().ledger.dead_lettered == 1);
  CHECK(rig.delivery->ack().settled == 1);
}

TEST_CASE("lost frames are counted as lost, and only when what replaces them is there",
          "[delivery]") {
  DeliveryRig rig;
  for (int i = 0; i < 6; ++i) {
    REQUIRE(rig.add(2).ok());
  }
  const std::string path = "/data/buffer/seg-0000000000000001.log";
  rig.fs.flip_bit(path, rig.fs.get(path).find("ASF1") + 25, 0);
  rig.start();
  rig.go();
  REQUIRE(rig.delivery->lost_ranges().size() == 1);
  CHECK(rig.delivery->lost_ranges()[0].to == place_of(2));
  while (rig.waiting() > 0) {
    rig.answer(taken(2));
  }
  CHECK(rig.delivery->ack().settled == 0);
  rig.delivery->repaired();
  rig.go();
  while (rig.waiting() > 0) {
    rig.answer(taken(2));
  }
  CHECK(rig.delivery->ack().settled == 6);
  CHECK(rig.delivery->ack().ledger.lost == 2);
  CHECK(rig.delivery->ack().ledger.created == 10);
  CHECK(rig.delivery->stats().ledger_violations == 0);
}

TEST_CASE(
    "no more frames are in flight than the window, which grows with contented answers and shrinks "
    "with 429",
    "[delivery]") {
  DeliveryRig rig;
  for (int i = 0; i < 120; ++i) {
    REQUIRE(rig.add(1).ok());
  }
  rig.start();
  rig.go();
  CHECK(rig.waiting() == 2);
  for (int i = 0; i < 40; ++i) {
    rig.answer(rig.request(rig.waiting() - 1), taken(1));
  }
  CHECK(rig.waiting() == delivery::policy::SendRate::kMostRequests);
  rig.answer(taken(0, 0, {item(0, event::Verdict::retry, 429)}));
  while (rig.waiting() > 0) {
    rig.answer(rig.request(rig.waiting() - 1), taken(0, 0, {item(0, event::Verdict::retry, 429)}));
  }
  rig.wait(seconds(60));
  CHECK(rig.waiting() == 1);
}

TEST_CASE("what the server asks for is waited, at least", "[delivery]") {
  Started rig({1});
  event::Outcome busy = whole(event::Verdict::retry, 503);
  busy.retry_after = seconds(90);
  rig.answer(busy);
  rig.wait(seconds(89));
  CHECK(rig.waiting() == 0);
  rig.wait(seconds(3));
  CHECK(rig.waiting() == 1);
}

TEST_CASE("an answer that comes after Delivery is gone does no harm", "[delivery]") {
  Started rig({2});
  auto done = std::move(rig.request().done);
  rig.delivery.reset();
  done(taken(2));
  CHECK(rig.stored().settled == 0);
}

TEST_CASE("frames that were framed for another type of sink are refused, and nothing is sent",
          "[delivery]") {
  DeliveryRig rig;
  event::Batch batch = numbered_batch(0, 2, 0);
  batch.framing = "lines";
  REQUIRE(rig.add(batch).ok());
  rig.start();
  const Status prepared = rig.delivery->prepare();
  REQUIRE_FALSE(prepared.ok());
  CHECK(prepared.error().code == Errc::invalid);
  CHECK(prepared.error().message.find("another type of sink") != std::string::npos);
  CHECK(rig.sink->sent.empty());
  CHECK(rig.stored().settled == 0);
}

TEST_CASE("once all is settled the type of sink may change", "[delivery]") {
  Started rig({2});
  rig.answer(taken(2));
  rig.delivery_options.framing = std::make_shared<sinks::framing::LineFraming>();
  rig.restart();
  CHECK(rig.delivery->prepare().ok());
}
