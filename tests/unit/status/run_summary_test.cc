#include "agent/status/run_summary.h"

#include "tests/support/catch.h"

using namespace auditship;

namespace {

status::StreamSummary good() {
  status::StreamSummary s;
  s.name = "kubeaudit";
  s.finished = true;
  s.stats.read.lines = 10;
  s.stats.read.filtered = 3;
  s.stats.read.documents = 7;
  s.stats.delivered.created = 6;
  s.stats.delivered.dead_lettered = 1;
  return s;
}

}  // namespace

TEST_CASE("lines are accounted for when each is filtered, delivered or dead-lettered",
          "[summary]") {
  CHECK(status::accounted_for(good()));
  auto waiting = good();
  waiting.stats.delivered.created = 5;
  waiting.stats.buffered_documents = 1;
  CHECK_FALSE(status::accounted_for(waiting));
  auto lost = good();
  lost.stats.read.lines = 11;
  CHECK_FALSE(status::accounted_for(lost));
  auto gap = good();
  gap.stats.read.gaps = 1;
  CHECK_FALSE(status::accounted_for(gap));
  auto damaged = good();
  damaged.stats.lost_documents = 1;
  CHECK_FALSE(status::accounted_for(damaged));
  damaged.stats.read.reread = damaged.stats.read.lines = damaged.stats.read.lines + 1;
  damaged.stats.read.documents += 1;
  damaged.stats.delivered.lost = 1;
  CHECK(status::accounted_for(damaged));
  auto cut_off = good();
  cut_off.finished = false;
  CHECK_FALSE(status::accounted_for(cut_off));
}

TEST_CASE("the summary names an unterminated line, left out files and what is wrong", "[summary]") {
  auto s = good();
  s.unterminated["/var/log/audit.log"] = 17;
  s.stats.left_out_files = 2;
  const std::string text = status::render_summary({s}, "somewhere", 1.5);
  CHECK(text.find("the last line of /var/log/audit.log has no newline yet (17 B): not shipped") !=
        std::string::npos);
  CHECK(text.find("2 rotated files") != std::string::npos);
  CHECK(text.find("\nevery line is processed\n") != std::string::npos);
  s.stats.buffered_documents = 4;
  CHECK(status::render_summary({s}, "somewhere", 1.5).find("NOT every line is processed") !=
        std::string::npos);
}
