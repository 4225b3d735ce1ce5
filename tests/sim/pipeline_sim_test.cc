// Thousands of random histories of the whole pipeline. AUDITSHIP_SEED=n runs and tells one of them,
// AUDITSHIP_LONG=1 ten times as many.
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/sim_world.h"

using namespace auditship;
using namespace auditship::test;

namespace {

std::uint64_t number_in_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

void run_histories(std::uint64_t first, std::uint64_t count, SimPlan plan) {
  const std::uint64_t only = number_in_environment("AUDITSHIP_SEED", 0);
  for (std::uint64_t seed = only != 0 ? only : first; seed < (only != 0 ? only + 1 : first + count);
       ++seed) {
    SimWorld world(seed, plan);
    const std::string wrong = world.live();
    if (!wrong.empty() || only != 0) {
      std::cerr << wrong << "\n" << world.story();
    }
    REQUIRE(wrong == "");
  }
}

std::uint64_t histories(std::uint64_t usual) {
  return number_in_environment("AUDITSHIP_LONG", 0) != 0 ? 10 * usual : usual;
}

}  // namespace

TEST_CASE("every kept line is in the cluster or the dead letters exactly once, whatever happened",
          "[sim]") {
  run_histories(1, histories(1700), SimPlan{});
}

TEST_CASE("the same with bits of the buffer flipped: what can be read again is", "[sim]") {
  SimPlan plan;
  plan.bit_flips = true;
  run_histories(1'000'001, histories(300), plan);
}

// Its cursors are words without an order: nothing but the input understands them.
TEST_CASE("the same from a journal, which is no file", "[sim]") {
  SimPlan plan;
  plan.log = SimPlan::Log::journal;
  run_histories(2'000'001, histories(500), plan);
}

TEST_CASE("the same from a journal with bits of the buffer flipped", "[sim]") {
  SimPlan plan;
  plan.log = SimPlan::Log::journal;
  plan.bit_flips = true;
  run_histories(3'000'001, histories(400), plan);
}

TEST_CASE("the same where a container runtime writes long records in parts", "[sim]") {
  SimPlan plan;
  plan.parts = true;
  run_histories(5'000'001, histories(500), plan);
  plan.log = SimPlan::Log::journal;
  run_histories(6'000'001, histories(200), plan);
}

TEST_CASE("the same in parts with bits of the buffer flipped", "[sim]") {
  SimPlan plan;
  plan.parts = true;
  plan.bit_flips = true;
  run_histories(7'000'001, histories(300), plan);
  plan.log = SimPlan::Log::journal;
  run_histories(8'000'001, histories(200), plan);
}

TEST_CASE("rotation that keeps two files, read or not: what vanishes is told", "[sim]") {
  SimPlan plan;
  plan.hasty_rotation = true;
  run_histories(9'000'001, histories(300), plan);
}

TEST_CASE("a journal that removes what nobody has read: it is told, and nothing else is missing",
          "[sim]") {
  SimPlan plan;
  plan.log = SimPlan::Log::hasty_journal;
  run_histories(4'000'001, histories(300), plan);
}

TEST_CASE("a pipeline with a promise broken is caught", "[sim]") {
  if (number_in_environment("AUDITSHIP_SEED", 0) != 0) {
    return;
  }
  const auto broken =
      GENERATE(Broken::retry_to_alias, Broken::sync_ignored, Broken::dead_letters_unsynced,
               Broken::item_errors_ignored, Broken::look_up_skipped, Broken::ack_rolled_back);
  SimPlan plan;
  plan.broken = broken;
  bool caught = false;
  for (std::uint64_t seed = 1; seed <= 300 && !caught; ++seed) {
    SimWorld world(seed, plan);
    caught = !world.live().empty();
  }
  INFO("broken promise " << static_cast<int>(broken));
  CHECK(caught);
}
