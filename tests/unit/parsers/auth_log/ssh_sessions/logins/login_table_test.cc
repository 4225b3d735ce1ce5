#include "parsers/auth_log/ssh_sessions/logins/login_table.h"

#include <string>
#include <vector>

#include "agent/event/document_id.h"
#include "parsers/auth_log/ssh_sessions/logins/login_codec.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::parsers::auth_log::ssh_sessions::logins;
using auditship::parsers::auth_log::ssh_sessions::lines::SessionLine;

namespace {

SessionLine line_of(std::uint64_t pid, std::uint64_t port = 4000, std::string_view host = "n1") {
  SessionLine line;
  line.host = host;
  line.ip = "192.0.2.7";
  line.port = port;
  line.pid = pid;
  return line;
}

SshLogin login_of(const SessionLine& line, std::string_view user = "ann") {
  SshLogin login;
  login.id = std::string(event::DocId::kSize, 'A');
  login.host = line.host;
  login.ip = line.ip;
  login.port = line.port;
  login.pid = line.pid;
  login.user = user;
  return login;
}

}  // namespace

TEST_CASE("logins are kept in order and found by process number", "[sessions]") {
  LoginList list;
  std::vector<SshLogin*> added;
  for (const std::uint64_t pid : {7U, 5U, 7U, 0U, 0U}) {
    added.push_back(&list.add(login_of(line_of(pid))));
  }
  // 263 falls into the bucket of 7.
  SshLogin& neighbour = list.add(263);
  const auto any = [](const SshLogin&) { return true; };
  CHECK(list.first_with_pid(7, any) == added[0]);
  CHECK(list.first_with_pid(7, [&](const SshLogin& login) { return &login != added[0]; }) ==
        added[2]);
  CHECK(list.first_with_pid(263, any) == &neighbour);
  CHECK(list.first_with_pid(8, any) == nullptr);
  list.erase(*added[0]);
  list.erase(*added[4]);
  std::vector<SshLogin*> left;
  for (SshLogin& login : list) {
    left.push_back(&login);
  }
  CHECK(left == std::vector<SshLogin*>{added[1], added[2], added[3], &neighbour});
  CHECK(&list.front() == added[1]);
  CHECK(list.first_with_pid(7, any) == added[2]);
  list.clear();
  CHECK(list.empty());
  CHECK(list.first_with_pid(7, any) == nullptr);
}

TEST_CASE("an attempt belongs to one connection of one process of one host", "[sessions]") {
  LoginTable table;
  SshLogin& attempt = table.attempt_of(line_of(7));
  CHECK(&table.attempt_of(line_of(7)) == &attempt);
  CHECK(&table.attempt_of(line_of(8)) != &attempt);
  CHECK(&table.attempt_of(line_of(7, 4001)) != &attempt);
  CHECK(&table.attempt_of(line_of(7, 4000, "n2")) != &attempt);
  CHECK(table.attempts().size() == 4);
  table.forget_connection(line_of(7, 4001));
  CHECK(table.attempts().size() == 3);
  attempt.failed = 3;
  table.charge(attempt);
  const SshLogin taken = table.take_attempt(line_of(7));
  CHECK(taken.failed == 3);
  CHECK(taken.charged == 0);
  CHECK(table.attempts().size() == 2);
  table.forget_attempts(line_of(8, 9));
  CHECK(table.attempts().size() == 1);
}

TEST_CASE("the bytes of logins and attempts are counted", "[sessions]") {
  LoginTable table;
  SshLogin& login = table.add_login(login_of(line_of(7)));
  SshLogin& attempt = table.add_attempt(login_of(line_of(8)));
  CHECK(table.bytes() == 0);
  login.commands = {"root: /bin/sh"};
  table.charge(login);
  table.charge(attempt);
  CHECK(table.bytes() == encoded_size(login) + encoded_size(attempt));
  table.erase_attempt(attempt);
  CHECK(table.bytes() == encoded_size(login));
  table.erase_login(login);
  CHECK(table.bytes() == 0);
  CHECK(table.empty());
}

TEST_CASE("where several logins fit a line, none is found", "[sessions]") {
  LoginTable table;
  SshLogin& first = table.add_login(login_of(line_of(7)));
  SshLogin& other_host = table.add_login(login_of(line_of(7, 4000, "n2")));
  CHECK(table.by_monitor(line_of(7)) == &first);
  CHECK(table.by_process(line_of(7)) == &first);
  CHECK(table.by_connection(line_of(7)) == &first);
  CHECK(table.by_monitor(line_of(7, 1, "n2")) == &other_host);
  CHECK(table.by_monitor(line_of(0)) == nullptr);
  SshLogin& second = table.add_login(login_of(line_of(7)));
  CHECK(table.by_monitor(line_of(7)) == nullptr);
  CHECK(table.by_process(line_of(7)) == nullptr);
  CHECK(table.by_connection(line_of(7)) == nullptr);
  second.closed = true;
  CHECK(table.by_monitor(line_of(7)) == &first);
}

TEST_CASE("a connection's other process is its login's child from then on", "[sessions]") {
  LoginTable table;
  SshLogin& login = table.add_login(login_of(line_of(7)));
  CHECK(table.by_connection(line_of(9)) == &login);
  CHECK(login.child == 9);
  CHECK(table.by_process(line_of(9)) == &login);
  CHECK(table.by_monitor(line_of(9)) == nullptr);
  CHECK(table.by_connection(line_of(10)) == nullptr);
}

TEST_CASE("logins are found by what is learned of them later", "[sessions]") {
  LoginTable table;
  SshLogin& one = table.add_login(login_of(line_of(1, 4001)));
  SshLogin& two = table.add_login(login_of(line_of(2, 4002), "bob"));
  SshLogin known = login_of(line_of(3, 4003), "cid");
  known.logind = "30";
  known.sftp_pids = {300};
  known.child = 31;
  known.terminals = {{"pts/3", 0, true}};
  known.identities = {{"root", "pts/3"}, {"root", ""}};
  SshLogin& three = table.add_login(std::move(known));
  const auto logind = [](std::string_view number, std::string_view host = "n1") {
    SessionLine line = line_of(0, 0, host);
    line.session = number;
    return line;
  };
  const auto with_terminal = [&](std::string_view name) {
    std::vector<SshLogin*> found;
    table.each_with_terminal(name, [&](SshLogin& login) { found.push_back(&login); });
    return found;
  };
  using Logins = std::vector<SshLogin*>;

  CHECK(table.by_logind(logind("30")) == &three);
  CHECK(table.by_logind(logind("")) == nullptr);
  table.change(one, [&] { one.logind = "10"; });
  table.change(one, [&] { one.logind = "11"; });
  CHECK(table.by_logind(logind("10")) == nullptr);
  CHECK(table.by_logind(logind("11")) == &one);
  CHECK(table.by_logind(logind("11", "n2")) == nullptr);

  CHECK(table.by_sftp_process(line_of(300)) == &three);
  table.change(one, [&] { one.sftp_pids = {100, 100}; });
  CHECK(table.by_sftp_process(line_of(100)) == &one);
  table.change(two, [&] { two.sftp_pids = {100}; });
  CHECK(table.by_sftp_process(line_of(100)) == nullptr);
  table.change(one, [&] { one.sftp_pids.clear(); });
  CHECK(table.by_sftp_process(line_of(100)) == &two);

  CHECK(table.by_process(line_of(31)) == &three);
  CHECK(table.by_process(line_of(3)) == &three);
  table.change(two, [&] { two.child = 3; });
  CHECK(table.by_process(line_of(3)) == nullptr);

  CHECK(table.acting_as("root") == Logins{&three});
  table.change(one, [&] { one.anybody = true; });
  CHECK(table.acting_as("root") == Logins{&one, &three});
  CHECK(table.acting_as("ann") == Logins{&one});
  CHECK(table.acting_as("bob") == Logins{&one, &two});

  CHECK(with_terminal("pts/3") == Logins{&three});
  CHECK(with_terminal("pts/4").empty());

  CHECK(table.by_connection(line_of(3, 4003)) == &three);
  table.erase_login(three);
  CHECK(table.by_connection(line_of(3, 4003)) == nullptr);
  CHECK(table.by_logind(logind("30")) == nullptr);
  CHECK(table.by_sftp_process(line_of(300)) == nullptr);
  CHECK(table.by_process(line_of(31)) == nullptr);
  CHECK(table.acting_as("root") == Logins{&one});
  CHECK(with_terminal("pts/3").empty());
  table.clear();
  CHECK(table.by_connection(line_of(1, 4001)) == nullptr);
  CHECK(table.by_logind(logind("11")) == nullptr);
  CHECK(table.acting_as("bob").empty());
}
