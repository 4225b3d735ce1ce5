#include "agent/delivery/policy/send_rate.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"

using namespace auditship;
using namespace auditship::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("waiting has full jitter, grows up to its limit and never to nothing", "[delivery]") {
  SimRng rng(7);
  delivery::policy::SendRate pace(rng, milliseconds(200), milliseconds(30000));
  for (std::uint32_t attempt = 0; attempt < 40; ++attempt) {
    const auto limit =
        std::min<std::int64_t>(30000, 200 * (std::int64_t{1} << std::min(attempt, 20u)));
    Duration low = Duration::max();
    Duration high{};
    for (int i = 0; i < 300; ++i) {
      const Duration wait = pace.jitter(attempt, false);
      REQUIRE(wait >= milliseconds(1));
      REQUIRE(wait <= milliseconds(limit + 1));
      low = std::min(low, wait);
      high = std::max(high, wait);
    }
    CHECK(low < milliseconds(limit) / 10);
    CHECK(high > milliseconds(limit) / 10 * 8);
  }
}

TEST_CASE("200 agents whose server comes back are spread", "[delivery]") {
  std::vector<std::unique_ptr<delivery::policy::SendRate>> paces;
  std::vector<std::unique_ptr<SimRng>> rngs;
  std::vector<std::size_t> per_second(40);
  const TimePoint back{std::chrono::hours(1)};
  for (std::uint64_t agent = 0; agent < 200; ++agent) {
    rngs.push_back(std::make_unique<SimRng>(agent));
    delivery::policy::SendRate pace(*rngs.back(), milliseconds(200), milliseconds(30000));
    TimePoint now = back - minutes(10);
    while (now < back) {  // all see it go at once, and try until it is back
      pace.failed(now, false, Duration{});
      now = pace.resume_at();
    }
    const auto second = std::chrono::duration_cast<seconds>(now - back).count();
    ++per_second.at(static_cast<std::size_t>(second));
  }
  // The mean over half a minute is 6.7 a second.
  CHECK(*std::max_element(per_second.begin(), per_second.end()) < 30);
}
