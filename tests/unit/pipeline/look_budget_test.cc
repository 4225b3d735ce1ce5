#include "agent/pipeline/look_budget.h"

#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"

using namespace auditship;
using namespace auditship::test;
using pipeline::LookBudget;

namespace {

std::size_t looks_of_a_step(LookBudget& looks, SimClock& clock, std::size_t sources,
                            Duration cost) {
  std::size_t made = 0;
  if (looks.begin(sources)) {
    while (looks.next()) {
      ++made;
      clock.advance(cost);
    }
  }
  return made;
}

}  // namespace

TEST_CASE("looks that cost nothing are made at all logs at once, twice a second", "[pipeline]") {
  SimClock clock;
  LookBudget looks(clock);
  CHECK(looks_of_a_step(looks, clock, 1000, Duration{}) == 1000);
  CHECK(looks_of_a_step(looks, clock, 1000, Duration{}) == 0);
  clock.advance(LookBudget::kApart);
  CHECK(looks_of_a_step(looks, clock, 1000, Duration{}) == 1000);
  CHECK(looks_of_a_step(looks, clock, 0, Duration{}) == 0);
}

TEST_CASE("long looks at many logs leave nine tenths of the time to others", "[pipeline]") {
  SimClock clock;
  LookBudget looks(clock);
  const TimePoint begin = clock.now();
  std::size_t made = 0;
  while (made < 1000) {
    const std::size_t now = looks_of_a_step(looks, clock, 1000, std::chrono::milliseconds(10));
    CHECK(now <= 2);
    made += now;
    clock.advance(std::chrono::milliseconds(1));
  }
  CHECK(clock.now() - begin >= std::chrono::seconds(90));
  CHECK(clock.now() - begin <= std::chrono::seconds(110));
}

TEST_CASE("a look that takes longer than a step's share is made alone", "[pipeline]") {
  SimClock clock;
  LookBudget looks(clock);
  CHECK(looks_of_a_step(looks, clock, 3, std::chrono::seconds(1)) == 1);
  clock.advance(std::chrono::seconds(8));
  CHECK(looks_of_a_step(looks, clock, 3, std::chrono::seconds(1)) == 0);
  clock.advance(std::chrono::seconds(1));
  CHECK(looks_of_a_step(looks, clock, 3, std::chrono::seconds(1)) == 1);
}
