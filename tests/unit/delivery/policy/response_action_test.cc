#include "agent/delivery/policy/response_action.h"

#include "tests/support/catch.h"
#include "tests/support/script_sink.h"

using namespace auditship;
using namespace auditship::test;
using delivery::policy::RequestAction;
using delivery::policy::SilenceAction;
using event::Verdict;

TEST_CASE("what is done about a request depends on verdict, status and size", "[delivery]") {
  struct Row {
    Verdict verdict;
    int status;
    RequestAction of_one, of_many;
  };
  for (const Row& row : {
           Row{Verdict::retry, 503, RequestAction::wait, RequestAction::wait},
           Row{Verdict::blocked, 403, RequestAction::wait, RequestAction::wait},
           Row{Verdict::recode, 415, RequestAction::recode, RequestAction::recode},
           Row{Verdict::index_gone, 404, RequestAction::look_up, RequestAction::look_up},
           Row{Verdict::split, 0, RequestAction::silence, RequestAction::silence},
           Row{Verdict::split, 413, RequestAction::wait, RequestAction::halve},
           Row{Verdict::rejected, 400, RequestAction::reject, RequestAction::halve},
       }) {
    INFO(static_cast<int>(row.verdict) << ' ' << row.status);
    CHECK(delivery::policy::request_action(whole(row.verdict, row.status), 1) == row.of_one);
    CHECK(delivery::policy::request_action(whole(row.verdict, row.status), 2) == row.of_many);
  }
}

TEST_CASE("silence is the body's fault only when others are answered meanwhile", "[delivery]") {
  const std::uint32_t often = delivery::policy::kSilencesBeforeSplit + 1;
  CHECK(delivery::policy::silence_action(often - 1, 8, true, true) == SilenceAction::wait);
  CHECK(delivery::policy::silence_action(often, 8, true, false) == SilenceAction::halve);
  CHECK(delivery::policy::silence_action(often, 8, false, false) == SilenceAction::wait);
  CHECK(delivery::policy::silence_action(often, 1, true, false) == SilenceAction::wait);
  CHECK(delivery::policy::silence_action(often, 1, true, true) == SilenceAction::reject);
}

TEST_CASE("documents that were not taken are parted by what becomes of them", "[delivery]") {
  std::vector<sinks::framing::FramedItem> items;
  for (const char* document : {"0", "1", "2", "3", "4"}) {
    items.push_back({"", document});
  }
  const event::Outcome outcome =
      taken(1, 0,
            {item(0, Verdict::index_gone, 404), item(1, Verdict::retry, 429),
             item(2, Verdict::rejected, 400), item(4, Verdict::blocked, 403)});
  const delivery::policy::ItemPartition sorted = delivery::policy::partition_items(outcome, items);
  REQUIRE(sorted.rejected.size() == 1);
  CHECK(sorted.rejected[0].item == 2);
  REQUIRE(sorted.again.size() == 2);
  CHECK(sorted.again[1].document == "4");
  REQUIRE(sorted.gone.size() == 1);
  CHECK(sorted.gone[0].document == "0");
  REQUIRE(sorted.most_severe != nullptr);
  CHECK(sorted.most_severe->verdict == Verdict::blocked);
  CHECK(sorted.pushed_back == 1);
  CHECK(delivery::policy::is_pressed(sorted, 8));
  CHECK_FALSE(delivery::policy::is_pressed(sorted, 9));
  CHECK(delivery::policy::partition_items(taken(5), items).most_severe == nullptr);
}

TEST_CASE("only what was not answered for good may still be executed", "[delivery]") {
  CHECK(delivery::policy::may_still_execute(whole(Verdict::retry, 0)));
  CHECK(delivery::policy::may_still_execute(whole(Verdict::retry, 408)));
  CHECK(delivery::policy::may_still_execute(whole(Verdict::retry, 502)));
  CHECK_FALSE(delivery::policy::may_still_execute(whole(Verdict::retry, 429)));
  CHECK_FALSE(delivery::policy::may_still_execute(taken(1)));
}
