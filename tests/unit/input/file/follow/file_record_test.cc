#include "agent/input/file/follow/file_record.h"

#include <set>

#include "agent/event/document_id.h"
#include "tests/support/catch.h"
#include "tests/support/file_source_rig.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::input::file;
using namespace auditship::input::file::follow;

namespace {

// The ids of the lines of one file, as an agent would read it.
std::vector<std::string> ids_of(const std::string& path, const event::IdScope& scope,
                                const std::string& content, const std::string& host_root = {}) {
  SimClock clock;
  SimFs fs(clock);
  LogCapture log;
  FileSourceOptions options;
  options.path = host_root + path;
  options.name = path;
  options.scope = scope;
  (void)fs.make_dirs(directory_of(options.path));
  fs.put(options.path, content);
  FileSource source(fs, clock, log, options, std::nullopt);
  std::vector<event::RawLine> lines;
  REQUIRE(source.read(lines, 1 << 20).ok());
  event::DocIds ids;
  std::vector<std::string> out;
  for (const event::RawLine& line : lines) {
    CHECK(line.origin->members.at(0).second == path);
    out.emplace_back(ids.of(line, event::Record()).view());
  }
  return out;
}

const event::IdScope kScope{"prod", "node-1", "authlog"};
const std::string kContent = "the same first line\nthe same second line\n";

}  // namespace

TEST_CASE("two files with the same lines do not share ids", "[document_id]") {
  const auto one = ids_of("/var/log/a.log", kScope, kContent);
  const auto other = ids_of("/var/log/b.log", kScope, kContent);
  REQUIRE(one.size() == 2);
  std::set<std::string> all(one.begin(), one.end());
  all.insert(other.begin(), other.end());
  CHECK(all.size() == 4);
}

TEST_CASE("two streams that read one file do not share ids", "[document_id]") {
  event::IdScope second = kScope;
  second.stream = "ssh";
  const auto one = ids_of("/var/log/a.log", kScope, kContent);
  const auto other = ids_of("/var/log/a.log", second, kContent);
  CHECK(one[0] != other[0]);
  CHECK(one[1] != other[1]);
}

TEST_CASE("a container that has the host's files elsewhere makes the same ids", "[document_id]") {
  CHECK(ids_of("/var/log/a.log", kScope, kContent) ==
        ids_of("/var/log/a.log", kScope, kContent, "/host"));
}

TEST_CASE("generations with the same first line are told apart by their collision index",
          "[document_id]") {
  const Digest header = Sha256().of("# header");
  std::set<event::RecordId::Prefix> all;
  for (const std::uint32_t index : {0U, 1U, 2U, 256U}) {
    all.insert(
        line_id_prefix(kScope, "/var/log/a.log", input::file::generations::FileKey{header, index}));
  }
  CHECK(all.size() == 4);
}
