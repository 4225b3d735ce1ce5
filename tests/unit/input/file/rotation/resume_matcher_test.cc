#include "agent/input/file/rotation/resume_matcher.h"

#include "agent/base/encoding/sha256.h"
#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::input::file;
using namespace auditship::input::file::rotation;

namespace {

struct MatcherRig {
  MatcherRig() : fs(clock), history(std::nullopt), matcher(fs, history) {
    (void)fs.make_dirs("/log");
  }
  // A rotated file of this content.
  ChainEntry entry(const std::string& path, const std::string& content) {
    fs.put(path, content);
    ChainEntry made;
    made.path = path;
    made.rotated = RotatedName{};
    made.stat = *fs.stat(path);
    return made;
  }
  // What is remembered of a file with this content, read up to its end.
  static generations::GenerationMark mark_of(const std::string& content) {
    generations::GenerationMark mark;
    const std::string first_line = content.substr(0, content.find('\n'));
    mark.at.pos =
        generations::FilePosition{generations::FileKey{Sha256().of(first_line), 0}, content.size()};
    const std::size_t window =
        std::min(content.size(), generations::FileCheckpoint::kTailHashBytes);
    mark.at.tail_hash =
        generations::hash64(std::string_view(content).substr(content.size() - window));
    if (content.size() >= generations::FileCheckpoint::kTailHashBytes) {
      mark.at.head_hash = generations::hash64(
          std::string_view(content).substr(0, generations::FileCheckpoint::kTailHashBytes));
    }
    return mark;
  }
  Match compare(const std::string& content, const generations::GenerationMark& mark) {
    ChainEntry made = entry("/log/app.log.1", content);
    REQUIRE(made.open(fs).ok());
    const auto match = matcher.compare(made, mark);
    REQUIRE(match.ok());
    return *match;
  }

  SimClock clock;
  SimFs fs;
  generations::GenerationHistory history;
  ResumeMatcher matcher;
};

std::string lines(const std::string& word, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) {
    out += word + " " + std::to_string(i) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a file is known by its first line and by what stands before the place", "[rotation]") {
  MatcherRig rig;
  const std::string content = lines("a", 20);
  const generations::GenerationMark mark = MatcherRig::mark_of(content);
  CHECK(rig.compare(content, mark) == Match::strong);
  CHECK(rig.compare(content + "more\n", mark) == Match::strong);
  CHECK(rig.compare(content.substr(0, content.size() - 5), mark) == Match::none);
  CHECK(rig.compare("b 0\n" + content.substr(4), mark) == Match::none);
  std::string changed = content;
  changed[content.size() - 2] = 'x';
  CHECK(rig.compare(changed, mark) == Match::none);
}

TEST_CASE("nothing but a first line is weak evidence", "[rotation]") {
  MatcherRig rig;
  CHECK(rig.compare("# header\n", MatcherRig::mark_of("# header\n")) == Match::weak);
  CHECK(rig.compare("# header\n\r\n\n", MatcherRig::mark_of("# header\n\r\n\n")) == Match::weak);
}

TEST_CASE("of files with the same content the newest is taken, the same inode before it",
          "[rotation]") {
  MatcherRig rig;
  const std::string content = lines("a", 20);
  std::vector<ChainEntry> found;
  found.push_back(rig.entry("/log/app.log.3", content));
  found.push_back(rig.entry("/log/app.log.2", content));
  found.push_back(rig.entry("/log/app.log.1", lines("b", 20)));
  generations::GenerationMark mark = MatcherRig::mark_of(content);
  auto at = rig.matcher.find(found, mark);
  REQUIRE(at.ok());
  CHECK(*at == std::optional<std::size_t>(1));
  mark.at.device = found[0].stat.device;
  mark.at.inode = found[0].stat.inode;
  mark.at.generation = found[0].stat.generation;
  at = rig.matcher.find(found, mark);
  REQUIRE(at.ok());
  CHECK(*at == std::optional<std::size_t>(0));
}

TEST_CASE("a shorter file with the same beginning is an older copy", "[rotation]") {
  MatcherRig rig;
  const std::string content = lines("a long line of text", 100);
  const generations::GenerationMark mark = MatcherRig::mark_of(content);
  std::vector<ChainEntry> found;
  found.push_back(rig.entry("/log/app.log.1", content.substr(0, 1200) + "\n"));
  auto at = rig.matcher.find(found, mark);
  REQUIRE(at.ok());
  CHECK_FALSE(at->has_value());
  CHECK(rig.matcher.only_shorter_copy(found, mark));
  found.push_back(rig.entry("/log/app.log", content.substr(0, 1300) + "\n"));
  CHECK_FALSE(rig.matcher.only_shorter_copy(found, mark));  // either may be it
}

TEST_CASE("a file with the same beginning that is as long is no older copy", "[rotation]") {
  MatcherRig rig;
  const std::string content = lines("a long line of text", 100);
  const generations::GenerationMark mark = MatcherRig::mark_of(content);
  ChainEntry entry = rig.entry("/log/app.log.1", content.substr(0, 1200) + lines("other", 200));
  REQUIRE(entry.open(rig.fs).ok());
  CHECK_FALSE(*rig.matcher.is_shorter_copy(entry, mark));
}

TEST_CASE("whether a file ends at a place is said without reading on", "[rotation]") {
  MatcherRig rig;
  ChainEntry entry = rig.entry("/log/app.log.1", "one\ntwo\n");
  REQUIRE(entry.open(rig.fs).ok());
  CHECK(*rig.matcher.ends_at(entry, 8));
  CHECK_FALSE(*rig.matcher.ends_at(entry, 4));
  CHECK(entry.file->offset() == 4);
}
