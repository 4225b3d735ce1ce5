#include "parsers/auth_log/ssh_sessions/lines/name_table.h"

#include <array>
#include <string>

#include "tests/support/catch.h"

using auditship::parsers::auth_log::ssh_sessions::lines::NameTable;

TEST_CASE("each name of a table is found, and nothing else", "[sessions]") {
  static constexpr std::array<std::string_view, 6> kList = {
      "su", "host", "source.ip", "source.port", "session-opened", "session-closed"};
  static constexpr NameTable<kList.size()> kTable(kList);
  for (std::size_t i = 0; i < kList.size(); ++i) {
    CHECK(kTable.find(kList[i]) == i);
    // In another place than the literal.
    CHECK(kTable.find(std::string(kList[i])) == i);
    for (std::size_t at = 0; at < kList[i].size(); ++at) {
      std::string other(kList[i]);
      other[at] = '#';
      CHECK(kTable.find(other) == kTable.size());
    }
    CHECK(kTable.find(kList[i].substr(1)) == kTable.size());
    CHECK(kTable.find(std::string(kList[i]) + "s") == kTable.size());
  }
  for (int byte = 0; byte < 256; ++byte) {
    CHECK(kTable.find(std::string(1, static_cast<char>(byte))) == kTable.size());
  }
  CHECK(kTable.find("") == kTable.size());
}
