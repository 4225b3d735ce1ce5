// docs/sessions.md: which login a command or a file belongs to, and when nobody can say.
#include "parsers/auth_log/ssh_sessions/session_tracker.h"
#include "tests/support/catch.h"
#include "tests/support/session_rig.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("sudo of the only login of a user is its own", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:01", "sudo", sudo("ann", "pts/1", "/usr/bin/id"));
  rig.at("10:02", "sudo", sudo("ann", "", "/usr/bin/true", "bob"));
  rig.at("10:03", "sudo",
         "ann : command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/su");
  rig.at("10:04", "sudo", sudo("bob", "pts/1", "/usr/bin/id"));
  logout(rig, "10:06", "ann", "100", "7");
  Fields doc = rig.of(1);
  CHECK(doc["ssh.session.command_count"] == "2");
  CHECK(doc["ssh.session.commands"] == R"(["root: /usr/bin/id","bob: /usr/bin/true"])");
  CHECK(doc["ssh.session.refused_count"] == "1");
  CHECK(doc["ssh.session.refused"] == R"(["root: /bin/su"])");
  CHECK(rig.linked(4) == SessionRig::id_of(1));
  CHECK(rig.lines[7].contains(
      "ssh.login.candidates"));  // bob on pts/2 is not bob on pts/1 … see next
}

TEST_CASE(
    "commands of sudo-rs without a terminal and of doas ran, and an unknown text refuses nothing",
    "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:01", "sudo", "ann :  PWD=/home/ann ; USER=root ; COMMAND=/usr/bin/id ");
  rig.at("10:02", "doas", "ann ran command /bin/ls -l as root from /home/ann");
  rig.at("10:03", "sudo", "ann : a new text ; PWD=/ ; USER=root ; COMMAND=/bin/su");
  rig.at("10:04", "doas", "command not permitted for ann: /bin/sh");
  logout(rig, "10:06", "ann", "100", "7");
  Fields doc = rig.of(1);
  CHECK(doc["ssh.session.commands"] == R"(["root: /usr/bin/id","root: /bin/ls -l"])");
  CHECK(doc["ssh.session.refused_count"] == "1");
}

TEST_CASE("sudo of a user with two logins is nobody's for sure, and all are named", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  login(rig, "10:01", "ann", "200", "4001", "8");
  login(rig, "10:02", "eve", "300", "4002", "9");
  rig.at("10:03", "sudo", sudo("ann", "pts/1", "/usr/bin/id"));
  CHECK(rig.linked(10).empty());
  const std::string both = "[\"" + SessionRig::id_of(1) + "\",\"" + SessionRig::id_of(4) + "\"]";
  CHECK(rig.lines[10]["ssh.login.candidates"] == both);
  logout(rig, "10:04", "ann", "100", "7");
  rig.at("10:05", "sudo", sudo("ann", "pts/1", "/usr/bin/true"));
  CHECK(rig.linked(14) == SessionRig::id_of(4));
  logout(rig, "10:06", "ann", "200", "8");
  logout(rig, "10:07", "eve", "300", "9");
  CHECK(rig.of(1)["ssh.session.unsure_count"] == "1");
  CHECK(rig.of(1)["ssh.session.candidates"] == "[\"" + SessionRig::id_of(4) + "\"]");
  CHECK(rig.of(1)["ssh.session.command_count"].empty());
  CHECK(rig.of(4)["ssh.session.unsure_count"] == "1");
  CHECK(rig.of(4)["ssh.session.commands"] == R"(["root: /usr/bin/true"])");
  CHECK(rig.of(7)["ssh.session.unsure_count"].empty());
}

TEST_CASE("a known terminal says which of two logins it was, until its session is closed",
          "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  login(rig, "10:01", "ann", "200", "4001", "8");
  rig.at("10:02", "sshd[205]",
         "Starting session: shell on pts/3 for ann from 192.0.2.7 port 4001 id 0");
  rig.at("10:03", "sudo", sudo("ann", "pts/3", "/bin/bash"));
  CHECK(rig.linked(8) == SessionRig::id_of(4));
  // The chain: a root shell on that terminal.
  rig.at("10:04", "sudo", sudo("root", "pts/3", "/usr/bin/id", "www-data"));
  CHECK(rig.linked(9) == SessionRig::id_of(4));
  rig.at("10:04", "su", "(to bob) root on pts/3");
  CHECK(rig.linked(10) == SessionRig::id_of(4));
  rig.at("10:04", "sudo", sudo("bob", "pts/3", "/usr/bin/id"));
  CHECK(rig.linked(11) == SessionRig::id_of(4));
  rig.at("10:05", "sshd[205]", "Close session: user ann from 192.0.2.7 port 4001 id 0");
  rig.at("10:06", "sudo", sudo("ann", "pts/3", "/usr/bin/id"));
  CHECK(rig.linked(13).empty());
  rig.at("10:07", "sudo", sudo("root", "pts/9", "/usr/bin/id"));
  CHECK(rig.linked(14).empty());
  logout(rig, "10:08", "ann", "200", "8");
  CHECK(rig.of(4)["session.tty"] == "pts/3");
  CHECK(rig.of(4)["ssh.session.type"] == "[\"shell\"]");
}

TEST_CASE("a terminal that went to another login is not the first one's", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:01", "sshd[105]",
         "Starting session: shell on pts/3 for ann from 192.0.2.7 port 4000 id 0");
  login(rig, "10:02", "ann", "200", "4001", "8");
  rig.at("10:03", "sshd[205]",
         "Starting session: shell on pts/3 for ann from 192.0.2.7 port 4001 id 0");
  rig.at("10:04", "sudo", sudo("ann", "pts/3", "/usr/bin/id"));
  CHECK(rig.linked(9) == SessionRig::id_of(5));
}

TEST_CASE("who may also have been at a console or in a job is not taken for a login",
          "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:01", "CRON[50]",
         "pam_unix(cron:session): session opened for user ann(uid=1000) by (uid=0)");
  rig.at("10:02", "sudo", sudo("ann", "", "/usr/bin/id"));
  CHECK(rig.linked(5).empty());
  CHECK(rig.lines[5]["ssh.login.candidates"] == "[\"" + SessionRig::id_of(1) + "\"]");
  rig.at("10:02", "sudo", sudo("ann", "pts/1", "/usr/bin/id"));  // no job has a terminal
  CHECK(rig.linked(6) == SessionRig::id_of(1));
  rig.at("10:03", "CRON[50]", "pam_unix(cron:session): session closed for user ann");
  rig.at("10:04", "sudo", sudo("ann", "", "/usr/bin/id"));
  CHECK(rig.linked(8) == SessionRig::id_of(1));
  rig.at("10:05", "gdm-password][60]",
         "pam_unix(gdm-password:session): session opened for user ann(uid=1000) by (uid=0)");
  rig.at("10:06", "sudo", sudo("ann", "pts/1", "/usr/bin/id"));
  CHECK(rig.linked(10).empty());
  rig.at("10:07", "sudo", sudo("ann", "tty1", "/usr/bin/id"));
  CHECK(rig.linked(11).empty());
  CHECK_FALSE(rig.lines[11].contains("ssh.login.candidates"));
}

TEST_CASE("root without a terminal may be anybody who became root", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  login(rig, "10:01", "root", "200", "4001", "8");
  rig.at("10:02", "sudo", sudo("ann", "pts/1", "/root/script"));
  rig.at("10:03", "sudo", sudo("root", "", "/usr/bin/id", "www-data"));
  CHECK(rig.linked(8).empty());
  CHECK(rig.lines[8].contains("ssh.login.candidates"));
}

TEST_CASE("sftp: files of the only login of that user from that address", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  rig.at("10:01", "internal-sftp[110]", "session opened for local user ann from [192.0.2.7]");
  rig.at("10:02", "internal-sftp[110]", "open \"/a\" flags READ mode 0666");
  rig.at("10:02", "internal-sftp[110]", "close \"/a\" bytes read 3 written 0");
  rig.at("10:02", "internal-sftp[111]", "open \"/other\" flags READ mode 0666");
  rig.at("10:03", "internal-sftp[110]", "session closed for local user ann from [192.0.2.7]");
  rig.at("10:04", "internal-sftp[110]", "open \"/late\" flags READ mode 0666");
  rig.at("10:05", "sshd[105]", "Connection closed by 192.0.2.7 port 4000");
  rig.at("10:05", "sshd[105]", "Transferred: sent 4000, received 3000 bytes");
  logout(rig, "10:06", "ann", "100", "7");
  Fields doc = rig.of(1);
  CHECK(doc["ssh.session.files"] == "[\"/a\"]");
  CHECK(doc["ssh.session.file_count"] == "2");
  CHECK(doc["source.bytes"] == "3000");
  CHECK(doc["destination.bytes"] == "4000");
  CHECK(rig.linked(7).empty());
  CHECK(rig.linked(9).empty());
}

TEST_CASE("two logins of one user from one address: nobody's files", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  login(rig, "10:01", "ann", "200", "4001", "8");
  rig.at("10:02", "internal-sftp[110]", "session opened for local user ann from [192.0.2.7]");
  rig.at("10:02", "internal-sftp[110]", "open \"/a\" flags READ mode 0666");
  CHECK(rig.linked(7).empty());
  CHECK(rig.lines[7].contains("ssh.login.candidates"));
  CHECK(rig.linked(8).empty());
}

TEST_CASE("root is nobody's for sure after somebody unknown became root", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  login(rig, "10:01", "ann", "200", "4001", "8");
  login(rig, "10:02", "root", "300", "4002", "9");
  SECTION("one of two logins") {
    rig.at("10:03", "sudo", sudo("ann", "pts/5", "/bin/bash"));
    rig.at("10:04", "sudo", sudo("root", "pts/5", "/usr/bin/id", "bob"));
    CHECK(rig.linked(11).empty());
    logout(rig, "10:05", "root", "300", "9");
    logout(rig, "10:06", "ann", "100", "7");
    rig.at("10:07", "sudo", sudo("root", "pts/5", "/usr/bin/id", "bob"));
    CHECK(rig.linked(18).empty());
    CHECK(rig.lines[18]["ssh.login.candidates"] == "[\"" + SessionRig::id_of(4) + "\"]");
    logout(rig, "10:08", "ann", "200", "8");
    login(rig, "10:09", "root", "400", "4003", "10");
    rig.at("10:10", "sudo", sudo("root", "pts/5", "/usr/bin/id", "bob"));
    CHECK(rig.linked(25) == SessionRig::id_of(22));
  }
  SECTION("somebody at a desktop") {
    rig.at("10:03", "sudo", sudo("eve", "pts/5", "/bin/bash"));
    rig.at("10:04", "sudo", sudo("root", "pts/5", "/usr/bin/id", "bob"));
    CHECK(rig.linked(11).empty());
    CHECK(rig.lines[11]["ssh.login.candidates"] == "[\"" + SessionRig::id_of(7) + "\"]");
  }
  SECTION("nobody") {
    rig.at("10:04", "sudo", sudo("root", "pts/5", "/usr/bin/id", "bob"));
    CHECK(rig.linked(10) == SessionRig::id_of(7));
  }
}

TEST_CASE("who became more users than can be remembered may be anybody", "[sessions]") {
  SessionRig rig;
  login(rig, "10:00", "ann", "100", "4000", "7");
  login(rig, "10:01", "root", "200", "4001", "8");
  for (int i = 0; i < 9; ++i) {
    rig.at("10:02", "sudo", sudo("ann", "pts/1", "/bin/sh", "u" + std::to_string(i)));
  }
  rig.at("10:03", "sudo", sudo("ann", "pts/1", "/bin/bash"));
  rig.at("10:04", "sudo", sudo("root", "pts/1", "/usr/bin/id", "bob"));
  CHECK(rig.linked(16) == SessionRig::id_of(1));
  CHECK(rig.linked(17).empty());
  rig.restart();
  rig.at("10:05", "sudo", sudo("root", "pts/1", "/usr/bin/id", "bob"));
  CHECK(rig.linked(18).empty());
}
