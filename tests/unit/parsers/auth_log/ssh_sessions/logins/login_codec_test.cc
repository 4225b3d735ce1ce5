#include "parsers/auth_log/ssh_sessions/logins/login_codec.h"

#include <cstdint>
#include <string>

#include "agent/event/document_id.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::parsers::auth_log::ssh_sessions::logins;

TEST_CASE("the size of a login's encoding is counted as it is written", "[sessions]") {
  SshLogin login;
  std::string empty;
  put_login(empty, login);
  CHECK(encoded_size(login) == empty.size());
  login.id = std::string(event::DocId::kSize, 'A');
  login.commands = {std::string(200, 'x'), "y"};
  login.terminals = {{"pts/1", 300, true}};
  login.identities = {{"root", "pts/1"}};
  login.sftp_pids = {1, 1U << 20};
  login.port = 40000;
  login.sent = ~std::uint64_t{0};
  std::string full;
  put_login(full, login);
  CHECK(encoded_size(login) == full.size());
  SshLogin again;
  WireReader in(full);
  REQUIRE(get_login(in, again));
  std::string twice;
  put_login(twice, again);
  CHECK(twice == full);
}

TEST_CASE("a login whose id is none is refused", "[sessions]") {
  for (const std::string& id : {std::string("a"), std::string(event::DocId::kSize, '/')}) {
    SshLogin login;
    login.id = id;
    std::string bytes;
    put_login(bytes, login);
    SshLogin again;
    WireReader in(bytes);
    CHECK_FALSE(get_login(in, again));
  }
}
