#include "agent/delivery/target_pin.h"

#include "tests/support/catch.h"
#include "tests/support/script_sink.h"

using namespace auditship;
using namespace auditship::test;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE(
    "an index that takes no more is asked for the ids, and what is missing goes to the current one",
    "[delivery]") {
  Started rig({4});
  rig.index = "app-000002";
  rig.answer(
      taken(1, 0,
            {item(1, event::Verdict::index_gone, 403), item(2, event::Verdict::index_gone, 403),
             item(3, event::Verdict::index_gone, 403)}));
  rig.wait(seconds(3));
  REQUIRE(rig.sink->asked.size() == 1);
  CHECK(rig.stored().targets.at(1) == "?app-000001");
  CHECK(rig.sink->asked[0].first == "app-000001");
  CHECK(rig.sink->asked[0].ids == std::vector<std::string>{"1", "2", "3"});
  rig.sink->asked[0].done(sinks::Presence{{false, true, false}});
  rig.go();
  CHECK(rig.request().index == "app-000002");
  CHECK(rig.request().numbers() == std::vector<std::uint64_t>{1, 3});
  rig.answer(taken(2));
  CHECK(rig.delivery->ack().ledger.created == 3);
  CHECK(rig.delivery->ack().ledger.duplicate == 1);
  CHECK(rig.delivery->idle());
}

TEST_CASE("before ids are looked up, an unanswered request gets time to be executed",
          "[delivery]") {
  Started rig({2});
  rig.answer(whole(event::Verdict::retry, 0, "network"));
  rig.wait(seconds(5));
  rig.index = "app-000002";
  rig.answer(whole(event::Verdict::index_gone, 404));
  rig.wait(seconds(100));
  CHECK(rig.sink->asked.empty());
  rig.wait(seconds(30));
  CHECK(rig.sink->asked.size() == 1);
}

TEST_CASE("while the alias still points to the index that is gone, documents wait for it",
          "[delivery]") {
  Started rig({2});
  rig.answer(whole(event::Verdict::index_gone, 404));
  rig.wait(minutes(2));
  CHECK(rig.sink->asked.empty());
  rig.answer(taken(2));
  CHECK(rig.delivery->idle());
}

TEST_CASE("a frame that was moving is looked up again after a restart, from its first index on",
          "[delivery]") {
  Started rig({2});
  rig.index = "app-000002";
  rig.answer(whole(event::Verdict::index_gone, 404));
  rig.wait(seconds(3));
  rig.sink->asked.at(0).done(sinks::Presence{{false, false}});
  rig.go();
  CHECK(rig.request().index == "app-000002");
  rig.index = "app-000003";
  rig.restart();
  rig.wait(seconds(110));
  CHECK(rig.sink->sent.empty());
  rig.wait(seconds(30));
  REQUIRE(rig.sink->asked.size() == 1);
  CHECK(rig.sink->asked[0].first == "app-000001");
  rig.sink->asked[0].done(sinks::Presence{{true, false}});
  rig.go();
  CHECK(rig.request().index == "app-000003");
  CHECK(rig.request().numbers() == range(1, 2));
}

TEST_CASE("a second index that goes while documents move is left like the first", "[delivery]") {
  Started rig({1});
  rig.index = "app-000002";
  rig.answer(whole(event::Verdict::index_gone, 404));
  rig.wait(seconds(3));
  rig.sink->asked.at(0).done(sinks::Presence{{false}});
  rig.go();
  rig.index = "app-000003";
  rig.answer(whole(event::Verdict::index_gone, 404));
  rig.wait(seconds(30));
  REQUIRE(rig.sink->asked.size() == 2);
  CHECK(rig.sink->asked[1].first == "app-000001");
  rig.sink->asked[1].done(sinks::Presence{{false}});
  rig.go();
  CHECK(rig.request().index == "app-000003");
}

TEST_CASE("frames in doubt are looked up in all indices before they are sent", "[delivery]") {
  DeliveryRig rig;
  REQUIRE(rig.add(2).ok());
  buffer::AckState ack = rig.log->ack(0);
  ack.doubted = buffer::AckState::kAllDoubted;
  REQUIRE(rig.log->store(0, ack).ok());
  rig.start();
  rig.wait(minutes(3));
  CHECK(rig.sink->sent.empty());
  REQUIRE(rig.sink->asked.size() == 1);
  CHECK(rig.sink->asked[0].first.empty());
  CHECK(rig.stored().targets.at(1) == "?");
  rig.sink->asked[0].done(sinks::Presence{{true, false}});
  rig.go();
  CHECK(rig.request().numbers() == range(1, 2));
  rig.delivery->doubt_up_to(1);
  rig.answer(taken(1));
  REQUIRE(rig.add(1).ok());
  rig.wait(seconds(2));
  CHECK(rig.request().numbers() == range(2, 3));
  CHECK(rig.sink->asked.size() == 1);
}

TEST_CASE("an index name that no server can give is refused", "[delivery]") {
  DeliveryRig rig;
  rig.index = GENERATE(std::string(300, 'x'), std::string("?app"));
  REQUIRE(rig.add(1).ok());
  rig.start();
  rig.step();
  rig.sink->resolving.front()(rig.index);
  rig.step();
  CHECK(rig.sink->sent.empty());
  CHECK(rig.stored().targets.empty());
}

TEST_CASE("a sink without indices is neither asked for one nor for ids", "[delivery]") {
  DeliveryRig rig;
  rig.targeted = false;
  REQUIRE(rig.add(2).ok());
  rig.start();
  rig.step();
  CHECK(rig.sink->resolving.empty());
  CHECK(rig.request().index.empty());
  rig.answer(taken(2));
  CHECK(rig.stored().settled == 1);
}
