// SessionTracker over the recordings. What is expected was read from the lines by hand.
#include "tests/support/catch.h"
#include "tests/support/session_rig.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

using namespace auditship;
using namespace auditship::test;

namespace {

SessionRig run(const std::string& file, const std::string& zone, bool restarts = false) {
  parsers::auth_log::AuthLogOptions options;
  options.zone = test_zone(zone);
  SessionRig rig({}, std::move(options));
  for (const std::string& line : read_test_lines("authlog/" + file)) {
    rig.line(line);
    if (restarts) {
      rig.restart();
    }
  }
  return rig;
}

// The lines that carry the id of the login in line n.
std::vector<std::size_t> linked_to(const SessionRig& rig, std::size_t n) {
  std::vector<std::size_t> found;
  for (std::size_t i = 1; i < rig.lines.size(); ++i) {
    if (rig.linked(i) == SessionRig::id_of(n)) {
      found.push_back(i);
    }
  }
  return found;
}

using Numbers = std::vector<std::size_t>;

}  // namespace

TEST_CASE("Debian 12: logins with keys and passwords", "[sessions]") {
  const SessionRig rig = run("debian12-rfc3339.log", "Etc/UTC");
  Fields a03 = rig.of(12);
  CHECK(a03["user.name"] == "alice");
  CHECK(a03["event.start"] == "2026-11-23T04:12:13.192344Z");
  CHECK(a03["event.end"] == "2026-11-23T04:12:13.410807Z");
  CHECK(a03["event.duration"] == "218463000");
  CHECK(a03["session.id"] == "184");
  CHECK(a03["source.ip"] == "127.0.0.7");
  CHECK(a03["source.port"] == "41121");
  CHECK(a03["at_line"] == "19");
  CHECK(linked_to(rig, 12) == Numbers{12, 13, 14, 17, 18, 19});
  Fields b03 = rig.of(450);
  CHECK(b03["user.name"] == "maria.svensson");
  CHECK(b03["session.id"] == "294");
  CHECK(b03["ssh.key.fingerprint"] == "SHA256:TYZOTdQVfnaWom0S2McwzGWCSVIffaSdwash0/ZcesU");
  CHECK(b03["event.duration"] == "277132000");
  Fields a04 = rig.of(20);
  CHECK(a04["ssh.disconnect.kind"] == "received");
  CHECK(a04["event.reason"] == "disconnected by user");
  CHECK(rig.of(30)["ssh.cert.serial"] == "4711");
  CHECK(rig.of(62)["source.ip"] == "::1");
}

TEST_CASE("Debian 12: sudo and su", "[sessions]") {
  const SessionRig rig = run("debian12-rfc3339.log", "Etc/UTC");
  Fields a24 = rig.of(117);
  CHECK(a24["ssh.session.command_count"] == "1");
  CHECK(a24["ssh.session.commands"] == R"(["root: /usr/bin/id"])");
  CHECK(linked_to(rig, 117) == Numbers{117, 118, 119, 122, 123, 127, 128, 129, 130, 131});
  Fields a25 = rig.of(132);
  CHECK(a25["ssh.session.command_count"].empty());
  CHECK(a25["ssh.session.refused"] == R"(["root: /usr/bin/systemctl restart cron"])");
  CHECK(a25["session.id"] == "215");
  CHECK(rig.of(143)["ssh.session.commands"] ==
        R"(["root: /usr/bin/sh -c 'echo one ; echo \"two three\" ; true'"])");
  CHECK(rig.of(156)["ssh.session.commands"] == R"(["bob: /usr/bin/id"])");
  CHECK(rig.of(169)["ssh.session.commands"] == R"(["root: /usr/bin/id"])");  // A28: no terminal
  Fields a29 = rig.of(180);  // its second refusal was written after its end
  CHECK(a29["ssh.session.refused_count"] == "2");
  CHECK(a29["event.end"] == "2026-11-23T04:14:16.132339Z");
  CHECK(rig.of(193)["ssh.session.refused_count"] == "1");
  CHECK(linked_to(rig, 228) == Numbers{228, 229, 230, 233, 236, 238, 239, 240, 241, 242, 243});
  CHECK(rig.of(244)["ssh.session.commands"] == R"(["root: /bin/bash"])");
  CHECK(rig.of(579)["ssh.session.commands"] == R"(["root: /bin/bash"])");
  CHECK(rig.of(592)["ssh.session.commands"] == R"(["lars: /usr/bin/id"])");
}

TEST_CASE("Debian 12: terminals, files, killed and frozen clients, two steps", "[sessions]") {
  const SessionRig rig = run("debian12-rfc3339.log", "Etc/UTC");
  Fields a41 = rig.of(372);
  CHECK(a41["session.tty"] == "pts/1");
  CHECK(a41["ssh.session.type"] == "[\"shell\"]");
  Fields a45 = rig.of(409);
  CHECK(a45["ssh.session.end"] == "closed");
  CHECK(a45["ssh.disconnect.kind"].empty());
  CHECK(a45["event.duration"] == "1759440000");
  CHECK(linked_to(rig, 409) == Numbers{409, 410, 411, 413, 414});
  CHECK(rig.of(419)["ssh.disconnect.kind"] == "client-timeout");
  Fields a44 = rig.of(396);
  CHECK(a44["ssh.session.failed_attempts"] == "1");
  CHECK(a44["source.bytes"] == "3644");
  CHECK(a44["destination.bytes"] == "4168");
  CHECK(rig.of(501)["ssh.session.failed_attempts"] == "2");
  Fields b51 = rig.of(529);
  CHECK(b51["ssh.session.files"] == R"(["/home/kim","/home/kim/up load"])");
  CHECK(b51["ssh.session.file_count"] == "4");
  CHECK(b51["ssh.session.subsystem"] == "[\"sftp\"]");
  Fields c01 = rig.of(618);
  CHECK(c01["ssh.session.failed_attempts"] == "1");
  CHECK(c01["ssh.session.auth_steps"] == "[\"publickey\"]");
  CHECK(c01["ssh.key.fingerprint"] == "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk");
  CHECK(c01["session.tty"] == "pts/1");
  CHECK(c01["source.bytes"] == "4060");
  CHECK(c01["session.id"] == "424");
}

TEST_CASE("every recorded login ends in one document, but for the one without PAM at INFO",
          "[sessions]") {
  for (const auto& [file, zone, open] :
       std::vector<std::tuple<std::string, std::string, std::size_t>>{
           {"debian11-rfc3164.log", "America/St_Johns", 1},
           {"debian12-rfc3164.log", "Etc/UTC", 1},
           {"debian12-rfc3339.log", "Etc/UTC", 1},
           {"debian13-rfc3339.log", "Europe/Stockholm", 0},
           {"debian13-rfc5424.log", "Europe/Stockholm", 0}}) {
    INFO(file);
    const SessionRig rig = run(file, zone);
    std::size_t accepted = 0;
    std::string all;
    for (std::size_t n = 1; n < rig.lines.size(); ++n) {
      const Fields& line = rig.lines[n];
      const auto result = line.find("ssh.auth.result");
      if (result == line.end() || result->second != "accepted") {
        continue;
      }
      ++accepted;
      const Fields doc = rig.of(n);
      if (!doc.empty()) {
        const bool pam = line.at("message").find("MD5:") == std::string::npos;  // that sshd's keys
        CHECK(doc.at("ssh.session.end") == (pam ? "closed" : "disconnected"));
        CHECK(doc.at("user.name") == line.at("user.name"));
        CHECK(doc.contains("event.duration"));
        CHECK_FALSE(doc.contains("ssh.session.candidates"));
      } else {
        all += " " + std::to_string(n);
      }
    }
    INFO("open:" << all);
    CHECK(accepted > 25);
    CHECK(rig.derived.size() == accepted - open);
    CHECK(rig.sessions->logins() == open);
  }
}

TEST_CASE("Debian 13: the same rules with a manager's sessions and other idents", "[sessions]") {
  const SessionRig rig = run("debian13-rfc3339.log", "Europe/Stockholm");
  Fields a01 = rig.of(1);
  CHECK(a01["session.id"] == "c59");
  CHECK(a01["event.duration"] == "247716000");
  CHECK(linked_to(rig, 1) == Numbers{1, 2, 3, 6, 7, 8, 9, 10});
  Fields a03 = rig.of(15);
  CHECK(a03["session.id"] == "c61");
  CHECK(a03["ssh.disconnect.kind"] == "closed");
}

TEST_CASE("both framings of one recording derive the same", "[sessions]") {
  const SessionRig iso = run("debian13-rfc3339.log", "Europe/Stockholm");
  const SessionRig other = run("debian13-rfc5424.log", "Europe/Stockholm");
  CHECK(iso.derived == other.derived);
}

TEST_CASE("repeated failures that never get in derive nothing", "[sessions]") {
  const SessionRig rig = run("debian12-repeated-rfc3164.log", "Etc/UTC");
  CHECK(rig.derived.empty());
  CHECK(rig.sessions->logins() == 0);
  CHECK(rig.sessions->attempts() == 0);
}

TEST_CASE("restarts between any two lines change nothing", "[sessions]") {
  for (const auto& [file, zone] : std::vector<std::pair<std::string, std::string>>{
           {"debian11-rfc3164.log", "America/St_Johns"},
           {"debian12-rfc3339.log", "Etc/UTC"},
           {"debian13-rfc3339.log", "Europe/Stockholm"}}) {
    INFO(file);
    const SessionRig whole = run(file, zone);
    const SessionRig parts = run(file, zone, true);
    CHECK(whole.derived == parts.derived);
    CHECK(whole.lines == parts.lines);
  }
}
