// The rules of docs/sessions.md, one by one, with lines made up for them.
#include "parsers/auth_log/ssh_sessions/session_tracker.h"

#include "tests/support/catch.h"
#include "tests/support/session_rig.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("a login, from Accepted to session closed", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:05", "sshd[105]",
         "Received disconnect from 192.0.2.7 port 4000:11: disconnected by user");
  rig.at("10:05.1", "sshd[105]", "Disconnected from user ann 192.0.2.7 port 4000");
  CHECK(rig.derived.empty());
  logout(rig, "10:06", "ann", "100", "7");
  REQUIRE(rig.derived.size() == 1);
  Fields doc = rig.of(1);
  CHECK(doc["event.action"] == "ssh-session");
  CHECK(doc["event.category"] == "[\"session\"]");
  CHECK(doc["event.type"] == "[\"end\"]");
  CHECK(doc["event.outcome"] == "success");
  CHECK(doc["event.start"] == "2026-11-23T04:10:00.100Z");
  CHECK(doc["event.end"] == "2026-11-23T04:10:06.100Z");
  CHECK(doc["event.duration"] == "6000000000");
  CHECK(doc["user.name"] == "ann");
  CHECK(doc["user.id"] == "1000");
  CHECK(doc["host"] == "n1");
  CHECK(doc["log.syslog.hostname"] == "n1");
  CHECK(doc["source.ip"] == "192.0.2.7");
  CHECK(doc["source.port"] == "4000");
  CHECK(doc["session.id"] == "7");
  CHECK(doc["ssh.auth.method"] == "publickey");
  CHECK(doc["ssh.key.fingerprint"] == "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk");
  CHECK(doc["ssh.session.end"] == "closed");
  CHECK(doc["ssh.session.failed_attempts"] == "0");
  CHECK(doc["ssh.disconnect.kind"] == "received");
  CHECK(doc["ssh.disconnect.code"] == "11");
  CHECK(doc["event.reason"] == "disconnected by user");
  CHECK(doc["related.user"] == "[\"ann\"]");
  CHECK(doc["related.ip"] == "[\"192.0.2.7\"]");
  for (std::size_t n = 1; n < rig.lines.size(); ++n) {
    CHECK(rig.linked(n) == SessionRig::id_of(1));
  }
  CHECK(rig.sessions->logins() == 0);
  CHECK(rig.sessions->applies_to(event::Record()) == false);
}

TEST_CASE("a document at the start, where it is wanted", "[sessions]") {
  SessionRig rig({.start_documents = true});
  login(rig, "10:00", "ann", "100", "4000", "7");
  REQUIRE(rig.derived.size() == 1);
  CHECK(rig.derived[0]["label"] == "session-start");
  CHECK(rig.derived[0]["event.action"] == "ssh-session-start");
  CHECK(rig.derived[0]["event.type"] == "[\"start\"]");
  CHECK(rig.derived[0]["event.start"] == "2026-11-23T04:10:00.100Z");
  logout(rig, "10:06", "ann", "100", "7");
  CHECK(rig.derived.size() == 2);
}

TEST_CASE("failures before a login on the same connection are its own, others are not",
          "[sessions]") {
  SessionRig rig;
  rig.at("10:00", "sshd[100]", "Failed password for ann from 192.0.2.7 port 4000 ssh2");
  rig.at("10:01", "sshd[101]", "Failed password for ann from 192.0.2.7 port 4001 ssh2");
  rig.at("10:02", "sshd[100]",
         "message repeated 2 times: [ Failed password for ann from 192.0.2.7 port 4000 ssh2]");
  CHECK(rig.sessions->attempts() == 2);
  rig.at("10:03", "sshd[101]",
         "Connection closed by authenticating user ann 192.0.2.7 port 4001 [preauth]");
  CHECK(rig.sessions->attempts() == 1);
  rig.at("10:04", "sshd[100]", accepted("ann"));
  rig.at("10:05", "sshd[100]", "pam_unix(sshd:session): session closed for user ann");
  CHECK(rig.of(5)["ssh.session.failed_attempts"] == "3");
  CHECK(rig.linked(1).empty());
  CHECK(rig.sessions->attempts() == 0);
}

TEST_CASE("the key of a first step is in its Partial line only", "[sessions]") {
  SessionRig rig;
  rig.at("10:00", "sshd[100]",
         "Partial publickey for ann from 192.0.2.7 port 4000 ssh2: ED25519 "
         "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk");
  rig.at("10:04", "sshd[100]",
         "Accepted keyboard-interactive/pam for ann from 192.0.2.7 port 4000 ssh2");
  rig.at("10:05", "sshd[100]", "pam_unix(sshd:session): session closed for user ann");
  Fields doc = rig.of(2);
  CHECK(doc["ssh.auth.method"] == "keyboard-interactive");
  CHECK(doc["ssh.auth.submethod"] == "pam");
  CHECK(doc["ssh.session.auth_steps"] == "[\"publickey\"]");
  CHECK(doc["ssh.key.fingerprint"] == "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk");
}

TEST_CASE("without PAM the connection's end is the login's", "[sessions]") {
  SessionRig rig;
  rig.at("10:00", "sshd[100]", accepted("ann"));
  rig.at("10:05", "sshd[105]", "Received disconnect from 192.0.2.7 port 4000:11: bye");
  CHECK(rig.derived.empty());
  rig.at("10:05", "sshd[105]", "Disconnected from user ann 192.0.2.7 port 4000");
  CHECK(rig.of(1)["ssh.session.end"] == "disconnected");
  CHECK(rig.of(1)["event.duration"] == "5000000000");
}

TEST_CASE("logind let the session go, and PAM never said a word", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:10", "systemd-logind[9]", "Removed session 7.");
  rig.at("10:12", "foo", "bar");
  CHECK(rig.derived.empty());
  rig.at("10:15", "foo", "bar");
  CHECK(rig.of(1)["ssh.session.end"] == "removed");
  CHECK(rig.of(1)["event.end"] == "2026-11-23T04:10:10.000Z");
}

TEST_CASE("what is written just after the end still belongs to it", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:05", "sshd[100]", "pam_unix(sshd:session): session closed for user ann");
  rig.at("10:05.1", "sudo",
         "ann : a password is required ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/ls");
  rig.at("10:05.2", "sshd[105]", "Disconnected from user ann 192.0.2.7 port 4000");
  CHECK(rig.derived.empty());
  rig.at("10:07", "foo", "bar");
  REQUIRE(rig.derived.size() == 1);
  CHECK(rig.of(1)["ssh.session.refused_count"] == "1");
  CHECK(rig.of(1)["ssh.disconnect.kind"] == "disconnected");
  CHECK(rig.of(1)["event.end"] == "2026-11-23T04:10:05.000Z");
}

TEST_CASE("a process number that is used again ends the login that had it", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  login(rig, "20:00", "bob", "100", "4001", "8");
  CHECK(rig.of(1)["ssh.session.end"] == "superseded");
  CHECK(rig.of(1)["event.outcome"] == "unknown");
  CHECK(rig.of(1)["event.end"].empty());
  CHECK(rig.of(1)["event.duration"].empty());
  logout(rig, "21:00", "bob", "100", "8");
  CHECK(rig.of(4)["ssh.session.end"] == "closed");
}

TEST_CASE("a restart of sshd ends nothing, a boot all of that host", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:01", "sshd[100]", accepted("ann"), "n2");
  rig.at("11:00", "sshd[50]", "Received signal 15; terminating.");
  rig.at("11:01", "sshd[900]", "Server listening on 0.0.0.0 port 22.");
  CHECK(rig.derived.empty());
  const bool seat_first = GENERATE(false, true);
  if (seat_first) {
    rig.at("20:00", "systemd-logind[10]", "New seat seat0.");
    rig.at("20:01", "sshd[60]", "Server listening on 0.0.0.0 port 22.");
  } else {
    rig.at("20:00", "sshd[60]", "Server listening on 0.0.0.0 port 22.");
    rig.at("20:01", "systemd-logind[10]", "New seat seat0.");
  }
  REQUIRE(rig.derived.size() == 1);
  CHECK(rig.of(1)["ssh.session.end"] == "rebooted");
  CHECK(rig.of(1)["event.outcome"] == "unknown");
  CHECK(rig.of(1)["event.duration"].empty());
  CHECK(rig.sessions->logins() == 1);
}

TEST_CASE("the manager of systemd is not taken for a login's session", "[sessions]") {
  SessionRig rig;
  const std::string manager =
      "pam_unix(systemd-user:session): session opened for user ann(uid=1000) by ann(uid=0)";
  login(rig, "10:00", "ann", "100", "4000", "c1");
  rig.at("10:00.4", "(systemd)", manager);
  rig.at("10:00.5", "systemd-logind[9]", "New session c2 of user ann.");
  CHECK(rig.linked(5).empty());
  // A second login opens while a manager's session is about to appear: nobody can tell them apart.
  rig.at("10:20.0", "(systemd)", manager);
  rig.at("10:20.1", "sshd[200]", accepted("ann", "4001"));
  rig.at("10:20.2", "sshd[200]",
         "pam_unix(sshd:session): session opened for user ann(uid=1000) by ann(uid=0)");
  rig.at("10:20.3", "systemd-logind[9]", "New session c3 of user ann.");
  CHECK(rig.linked(9).empty());
  rig.at("10:20.4", "systemd-logind[9]", "New session c4 of user ann.");
  CHECK(rig.linked(10) == SessionRig::id_of(7));
  logout(rig, "10:30", "ann", "100", "c1");
  CHECK(rig.of(1)["session.id"] == "c1");
}

TEST_CASE("a session of logind that comes too late, or of another user or host, is not paired",
          "[sessions]") {
  SessionRig rig;
  rig.at("10:00", "sshd[100]", accepted("ann"));
  rig.at("10:00", "sshd[100]",
         "pam_unix(sshd:session): session opened for user ann(uid=1000) by (uid=0)");
  rig.at("10:01", "systemd-logind[9]", "New session 5 of user bob.");
  rig.at("10:02", "systemd-logind[9]", "New session 6 of user ann.", "n2");
  rig.at("10:06", "systemd-logind[9]", "New session 7 of user ann.");
  for (std::size_t n = 3; n <= 5; ++n) {
    CHECK(rig.linked(n).empty());
  }
}

TEST_CASE("hostile names end, link and rename nothing", "[sessions]") {
  const std::vector<std::string> names = {
      "ann from 192.0.2.7 port 4000 ssh2",
      "ann",
      "x] pam_unix(sshd:session): session closed for user ann",
      "pam_unix(sshd:session): session closed for user ann",
      "ann 192.0.2.7 port 4000",
      "user ann 192.0.2.7 port 4000",
      "root\" : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
      "",
      "Accepted publickey for ann from 192.0.2.7 port 4000 ssh2",
  };
  for (const std::string& name : names) {
    INFO(name);
    SessionRig rig;
    login(rig, "10:00", "ann", "100", "4000", "7");
    const std::string peer = "198.51.100.9 port 666";
    rig.at("10:01", "sshd[300]", "Invalid user " + name + " from " + peer);
    rig.at("10:01", "sshd[300]",
           "Failed password for invalid user " + name + " from " + peer + " ssh2");
    rig.at("10:01", "sshd[300]", "Failed none for " + name + " from " + peer + " ssh2");
    rig.at("10:01", "sshd[300]", "Disconnected from invalid user " + name + " " + peer);
    rig.at("10:01", "sshd[300]", "Connection closed by invalid user " + name + " " + peer);
    rig.at("10:01", "sshd[300]", "Connection closed by " + name + " " + peer + " [preauth]");
    rig.at("10:01", "sshd[300]",
           "Disconnecting invalid user " + name + " " + peer + ": Too many [preauth]");
    rig.at("10:01", "sshd[300]", "pam_unix(sshd:auth): bad username [" + name + "]");
    rig.at("10:01", "sshd[300]",
           "Received disconnect from " + peer + ":11: " + name + " [preauth]");
    rig.at("10:01", "sshd[300]", "Received disconnect from " + peer + ":11: " + name);
    CHECK(rig.derived.empty());
    for (std::size_t n = 4; n < rig.lines.size(); ++n) {
      CHECK(rig.linked(n).empty());
    }
    logout(rig, "10:06", "ann", "100", "7");
    Fields doc = rig.of(1);
    CHECK(doc["user.name"] == "ann");
    CHECK(doc["ssh.session.failed_attempts"] == "0");
    CHECK(doc["ssh.disconnect.kind"].empty());
    CHECK(doc["ssh.session.end"] == "closed");
    CHECK(rig.derived.size() == 1);
  }
}

TEST_CASE("another process cannot speak for a connection, nor another user for a process",
          "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:01", "sshd[100]", "User child is on pid 105");
  rig.at("10:02", "sshd[300]", "Connection closed by 192.0.2.7 port 4000");
  rig.at("10:02", "sshd[105]", "Disconnected from user bob 192.0.2.7 port 4000");
  rig.at("10:02", "sshd[100]", "pam_unix(sshd:session): session closed for user bob");
  rig.at("10:02", "sshd[100]", "pam_unix(sshd:session): session closed for user ann", "n2");
  for (std::size_t n = 5; n <= 8; ++n) {
    CHECK(rig.linked(n).empty());
  }
  CHECK(rig.derived.empty());
}

TEST_CASE("too many logins: the oldest are given up, and their documents say so", "[sessions]") {
  SessionRig rig;
  const std::size_t n = parsers::auth_log::ssh_sessions::SessionTracker::kMaxLogins + 10;
  for (std::size_t i = 0; i < n; ++i) {
    rig.at("10:00", tag(std::to_string(1000 + i)), accepted("ann", std::to_string(2000 + i)));
    rig.at("10:00", tag(std::to_string(9000 + i)),
           "Failed password for ann from 192.0.2.8 port " + std::to_string(2000 + i) + " ssh2");
  }
  CHECK(rig.sessions->logins() <= parsers::auth_log::ssh_sessions::SessionTracker::kMaxLogins);
  CHECK(rig.sessions->attempts() <= parsers::auth_log::ssh_sessions::SessionTracker::kMaxLogins);
  CHECK(rig.sessions->logins() + rig.derived.size() == n);
  CHECK(rig.of(1)["ssh.session.end"] == "forgotten");
  CHECK(rig.of(1)["event.outcome"] == "unknown");
  rig.restart();
  // A login that was given up may still be open: nobody is the only one any more.
  login(rig, "11:00", "bob", "100", "4000", "7");
  rig.at("11:01", "sudo", sudo("bob", "pts/1", "/usr/bin/id"));
  CHECK(rig.linked(rig.lines.size() - 1).empty());
}

TEST_CASE("lists are bounded, counts are not, and the state stays within its limit", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  for (int i = 0; i < 100; ++i) {
    rig.at("10:01", "sudo",
           sudo("ann", "pts/1", "/bin/x " + std::to_string(i) + std::string(5000, 'y')));
  }
  for (int i = 0; i < 60; ++i) {
    login(rig, "10:02", "u" + std::to_string(i), std::to_string(200 + i), std::to_string(5000 + i),
          "s" + std::to_string(i));
    for (int k = 0; k < 30; ++k) {
      rig.at("10:03", "sudo",
             sudo("u" + std::to_string(i), "pts/2", std::to_string(k) + std::string(5000, 'z')));
    }
  }
  rig.restart();
  CHECK(rig.of(1)["ssh.session.command_count"] == "100");
  CHECK(rig.of(1)["ssh.session.commands"].size() < 20 * 300);
  CHECK(rig.of(1)["ssh.session.end"] == "forgotten");
}

TEST_CASE("a state that makes no sense is refused, and nothing is remembered", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:00", "sshd[101]", "Failed password for ann from 192.0.2.8 port 4000 ssh2");
  rig.at("10:01", "CRON[50]",
         "pam_unix(cron:session): session opened for user ann(uid=1000) by (uid=0)");
  rig.at("10:02", "systemd-logind[10]", "New seat seat0.");
  rig.at("10:01", "sudo", sudo("ann", "pts/1", "/bin/x"));
  const std::string state = rig.sessions->state();
  parsers::auth_log::ssh_sessions::SessionTracker other({});
  for (std::size_t size = 1; size < state.size(); ++size) {
    REQUIRE_FALSE(other.restore(std::string_view(state).substr(0, size)));
    REQUIRE(other.logins() + other.attempts() == 0);
    REQUIRE(other.state().empty());
  }
  CHECK_FALSE(other.restore(state + "x"));
  for (std::size_t at = 0; at < state.size(); ++at) {
    std::string bad = state;
    bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ 0x81U);
    if (other.restore(bad)) {
      REQUIRE(other.state().size() <= event::Checkpoint::kMaxStateBytes);
    }
  }
  CHECK(other.restore({}));
}

TEST_CASE("names that are too long are not remembered", "[sessions]") {
  SessionRig rig;
  const std::string host(parsers::auth_log::ssh_sessions::logins::SshLogin::kMaxText + 1, 'h');
  const std::string user(parsers::auth_log::ssh_sessions::logins::SshLogin::kMaxText + 1, 'u');
  rig.at("10:00", "systemd-logind[10]", "New seat seat0.", host);
  rig.at("10:00", "sshd[60]", "Server listening on 0.0.0.0 port 22.", host);
  rig.at("10:00", "sshd[100]", accepted("ann"), host);
  rig.at("10:00", "sshd[101]", "Failed password for ann from 192.0.2.7 port 4000 ssh2", host);
  rig.at("10:00", "sshd[100]", accepted(user));
  rig.at("10:01", "CRON[50]",
         "pam_unix(cron:session): session opened for user " + user + "(uid=1) by (uid=0)");
  rig.at("10:02", "sudo", sudo("ann", "pts/1", "/bin/sh", user));
  CHECK(rig.sessions->state().empty());
  rig.restart();
}
