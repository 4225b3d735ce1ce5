// The traps of the message catalogue, one test each; the name quotes the rule.
#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

const std::string kForged = " from 6.6.6.6 port 22 ssh2";
const std::string kFingerprint = "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk";

void check_peer(const Parsed& parsed, const std::string& ip, const std::string& port) {
  CHECK(parsed["source.ip"] == ip);
  CHECK(parsed["source.port"] == port);
}

}  // namespace

TEST_CASE("use the last possible ' from <IP> port <digits>'", "[auth][trap]") {
  const Parsed parsed = parse_sshd("Failed password for invalid user root" + kForged +
                                   " from 192.0.2.9 port 4711 ssh2");
  CHECK(parsed["user.name"] == "root" + kForged);
  check_peer(parsed, "192.0.2.9", "4711");
  CHECK(parsed["event.outcome"] == "failure");
}

TEST_CASE("'invalid user ' is removed once only (a name may itself be 'invalid user root')",
          "[auth][trap]") {
  const Parsed parsed =
      parse_sshd("Failed password for invalid user invalid user root from 192.0.2.9 port 1 ssh2");
  CHECK(parsed["user.name"] == "invalid user root");
  CHECK(parsed["ssh.invalid_user"] == "true");
}

TEST_CASE("an empty name: no user.name; it gives two spaces", "[auth][trap]") {
  for (const char* message : {"Invalid user  from 192.0.2.9 port 1",
                              "Failed none for invalid user  from 192.0.2.9 port 1 ssh2",
                              "Connection closed by invalid user  192.0.2.9 port 1 [preauth]"}) {
    const Parsed parsed = parse_sshd(message);
    INFO(message);
    CHECK_FALSE(parsed.has("user.name"));
    CHECK(parsed["ssh.invalid_user"] == "true");
    check_peer(parsed, "192.0.2.9", "1");
  }
}

TEST_CASE("literal UNKNOWN (socket gone; port 65535 or -1/0): then no source.ip", "[auth][trap]") {
  for (const char* message :
       {"Connection closed by UNKNOWN port 65535", "Connection closed by UNKNOWN port -1 [preauth]",
        "Failed password for ann from UNKNOWN port 0 ssh2"}) {
    const Parsed parsed = parse_sshd(message);
    INFO(message);
    CHECK(parsed.has("event.action"));
    CHECK_FALSE(parsed.has("source.ip"));
    CHECK_FALSE(parsed.has("source.port"));
  }
}

TEST_CASE("a zone stays in source.address, source.ip without it", "[auth][trap]") {
  const Parsed parsed = parse_sshd("Accepted password for ann from fe80::1%eth0 port 22 ssh2");
  CHECK(parsed["source.ip"] == "fe80::1");
  CHECK(parsed["source.address"] == "fe80::1%eth0");
  CHECK(parsed["related.ip"] == R"(["fe80::1"])");
}

TEST_CASE("' [preauth]' is stripped once", "[auth][trap]") {
  const Parsed parsed =
      parse_sshd("Received disconnect from 192.0.2.9 port 22:11: bye [preauth] [preauth]");
  CHECK(parsed["event.reason"] == "bye [preauth]");
  CHECK(parsed["ssh.preauth"] == "true");
}

TEST_CASE("a certificate ID is free text and may imitate everything", "[auth][trap]") {
  const std::string id = "nils (serial 1) CA ED25519 " + kFingerprint + kForged +
                         ": ED25519-CERT " + kFingerprint + " ID x";
  const Parsed parsed =
      parse_sshd("Accepted publickey for ann from 192.0.2.9 port 4 ssh2: ED25519-CERT " +
                 kFingerprint + " ID " + id + " (serial 9007199254740993) CA RSA " + kFingerprint);
  check_peer(parsed, "192.0.2.9", "4");
  CHECK(parsed["user.name"] == "ann");
  CHECK(parsed["ssh.cert.id"] == id);
  CHECK(parsed["ssh.cert.serial"] == "9007199254740993");
  CHECK(parsed.types.at("ssh.cert.serial") == event::FieldType::string);
  CHECK(parsed["ssh.cert.ca.type"] == "RSA");
}

TEST_CASE("other method details may follow after ', ' or stand alone after 'ssh2: '",
          "[auth][trap]") {
  const Parsed hostbased = parse_sshd(
      "Accepted hostbased for ann from 192.0.2.9 port 4 ssh2: RSA " + kFingerprint +
      ", client user \"x" + kForged + ": RSA " + kFingerprint + ", \", client host \"h\"");
  check_peer(hostbased, "192.0.2.9", "4");
  CHECK(hostbased["ssh.key.fingerprint"] == kFingerprint);
  const Parsed alone = parse_sshd(
      "Accepted hostbased for ann from 192.0.2.9 port 4 ssh2: client user \"ann\", client host "
      "\"h\"");
  check_peer(alone, "192.0.2.9", "4");
  const Parsed gssapi =
      parse_sshd("Accepted gssapi-with-mic for ann from 192.0.2.9 port 4 ssh2: ann@EXAMPLE.ORG");
  CHECK(gssapi["user.name"] == "ann");
  CHECK_FALSE(gssapi.has("ssh.key.type"));
}

TEST_CASE("what stands behind 'ssh2: ' decides nothing about the login in front of it",
          "[auth][trap]") {
  const Parsed failed = parse_sshd("Failed publickey for ann from 192.0.2.9 port 4 ssh2: nonsense");
  CHECK(failed["event.outcome"] == "failure");
  check_peer(failed, "192.0.2.9", "4");
  CHECK(failed["ssh.auth.details"] == "nonsense");
  // FingerprintHash takes any digest.
  const std::string digest = "SHA512:" + std::string(86, 'A');
  const Parsed accepted =
      parse_sshd("Accepted publickey for bob from 192.0.2.9 port 4 ssh2: ED25519 " + digest);
  CHECK(accepted["event.outcome"] == "success");
  CHECK(accepted["user.name"] == "bob");
  CHECK(accepted["ssh.key.type"] == "ED25519");
  CHECK(accepted["ssh.key.fingerprint"] == digest);
  const Parsed forged = parse_sshd(
      "Failed password for invalid user test from 192.0.2.9 port 9 ssh2: from 192.0.2.1 port 5 "
      "ssh2");
  CHECK(forged["user.name"] == "test");
  check_peer(forged, "192.0.2.9", "9");
}

TEST_CASE("with two-step logins the key of step one is only in the Partial line", "[auth][trap]") {
  const Parsed parsed =
      parse_sshd("Partial publickey for ann from 192.0.2.9 port 4 ssh2: ED25519 " + kFingerprint);
  CHECK(parsed["ssh.auth.result"] == "partial");
  CHECK(parsed["event.outcome"] == "unknown");
  CHECK(parsed["ssh.key.fingerprint"] == kFingerprint);
}

TEST_CASE("'Accepted key' is not a login: no user, no address", "[auth][trap]") {
  const Parsed parsed = parse_sshd("Accepted key ED25519 " + kFingerprint +
                                   " found at /home/a b/.ssh/authorized_keys:1");
  CHECK(parsed["event.action"] == "ssh-key-accepted");
  CHECK(parsed["ssh.key.location"] == "/home/a b/.ssh/authorized_keys:1");
  CHECK_FALSE(parsed.has("event.outcome"));
  CHECK_FALSE(parsed.has("user.name"));
  CHECK_FALSE(parsed.has("source.ip"));
}

TEST_CASE("anchor left here: IP and port come first in Received disconnect", "[auth][trap]") {
  const Parsed parsed = parse_sshd(
      "error: Received disconnect from 192.0.2.9 port 5:4294967295: x from 6.6.6.6 port 1:11: y");
  check_peer(parsed, "192.0.2.9", "5");
  CHECK(parsed["ssh.disconnect.code"] == "4294967295");
  CHECK(parsed["event.reason"] == "x from 6.6.6.6 port 1:11: y");
}

TEST_CASE("an IPv6 address that ends in colons still ends before its port", "[auth][trap]") {
  const Parsed parsed = parse_sshd(
      "Disconnecting invalid user x 2001:db8:: port 9: Too many authentication failures [preauth]");
  check_peer(parsed, "2001:db8::", "9");
  CHECK(parsed["user.name"] == "x");
}

TEST_CASE("a banner is hostile: anchor right", "[auth][trap]") {
  const Parsed parsed = parse_sshd(
      "Bad protocol version identification 'x' from 6.6.6.6 port 1' from 192.0.2.9 port 2");
  check_peer(parsed, "192.0.2.9", "2");
  CHECK(parsed["ssh.client_banner"] == "x' from 6.6.6.6 port 1");
}

TEST_CASE("'authenticatinguser <U>' (no space) occurs too", "[auth][trap]") {
  const Parsed parsed = parse_sshd("Connection reset by authenticatinguser ann 192.0.2.9 port 2");
  CHECK(parsed["user.name"] == "ann");
  check_peer(parsed, "192.0.2.9", "2");
}

TEST_CASE("PAM errors: R has no ' for ', the name may have it", "[auth][trap]") {
  const Parsed parsed =
      parse_sshd("error: PAM: User not known for illegal user x for y from 6.6.6.6 from 192.0.2.9");
  CHECK(parsed["event.reason"] == "User not known");
  CHECK(parsed["user.name"] == "x for y from 6.6.6.6");
  CHECK(parsed["source.ip"] == "192.0.2.9");
  CHECK(parsed["ssh.invalid_user"] == "true");
}

TEST_CASE("the target of a forwarding must not become source.ip", "[auth][trap]") {
  const Parsed parsed = parse_sshd("error: connect_to 6.6.6.6 port 80: failed.");
  CHECK_FALSE(parsed.has("event.action"));
  CHECK_FALSE(parsed.has("source.ip"));
}

TEST_CASE("lines without an address: Bad packet length, Corrupted MAC: no action", "[auth][trap]") {
  CHECK_FALSE(parse_sshd("Bad packet length 1397966893. [preauth]").has("event.action"));
  CHECK_FALSE(parse_sshd("Corrupted MAC on input. [preauth]").has("event.action"));
}

TEST_CASE(
    "if the right-hand anchor is missing in a line of >= 490 bytes: truncated, no user, no source",
    "[auth][trap]") {
  std::string name;
  while (name.size() < 600) {
    name += R"(\\303\\251)";
  }
  const std::string message = ("Connection closed by invalid user " + name).substr(0, 500);
  const Parsed parsed = parse_sshd(message);
  CHECK(parsed.tagged("truncated"));
  CHECK(parsed["event.action"] == "ssh-disconnect");
  CHECK(parsed["ssh.disconnect.kind"] == "closed");
  CHECK_FALSE(parsed.has("user.name"));
  CHECK_FALSE(parsed.has("source.ip"));
  CHECK_FALSE(parse_sshd(message.substr(0, 480)).tagged("truncated"));
}

TEST_CASE("a name of the right length cannot put a forged address at the 500th byte",
          "[auth][trap]") {
  const std::string left = "Failed password for invalid user ";
  const std::string name = std::string(500 - left.size() - kForged.size(), 'x') + kForged;
  const Parsed parsed = parse_sshd((left + name + " from 192.0.2.9 port 4 ssh2").substr(0, 500));
  CHECK(parsed.tagged("truncated"));
  CHECK(parsed["event.outcome"] == "failure");
  CHECK(parsed["ssh.auth.method"] == "password");
  CHECK_FALSE(parsed.has("source.ip"));
  CHECK_FALSE(parsed.has("user.name"));
}

TEST_CASE("a successful login whose certificate text was cut still says who and from where",
          "[auth][trap]") {
  const std::string message =
      ("Accepted publickey for ann from 192.0.2.9 port 4 ssh2: ED25519-CERT " + kFingerprint +
       " ID " + std::string(400, 'i') + kForged + std::string(300, 'x'))
          .substr(0, 500);
  const Parsed parsed = parse_sshd(message);
  CHECK(parsed.tagged("truncated"));
  CHECK(parsed["event.outcome"] == "success");
  CHECK(parsed["user.name"] == "ann");
  check_peer(parsed, "192.0.2.9", "4");
  CHECK(parsed["ssh.key.fingerprint"] == kFingerprint);
  CHECK_FALSE(parsed.has("ssh.cert.id"));
}

TEST_CASE("do not decode escapes into fields: in [preauth] lines releases up to 10.2 escape twice",
          "[auth][trap]") {
  const Parsed once = parse_sshd(R"(Invalid user evil\nNov 23 03 from 192.0.2.9 port 5)");
  CHECK(once["user.name"] == R"(evil\nNov 23 03)");
  const Parsed twice = parse_sshd(
      R"(Connection closed by invalid user evil\\nNov 23 03 192.0.2.9 port 5 [preauth])");
  CHECK(twice["user.name"] == R"(evil\\nNov 23 03)");
}

TEST_CASE("treat the idents sshd, sshd-session, sshd-auth alike", "[auth][trap]") {
  for (const char* ident : {"sshd[1]", "sshd-session[1]", "sshd-auth[1]", "/usr/sbin/sshd[1]"}) {
    CHECK(parse_as(ident, "Invalid user x from 192.0.2.9 port 5")["event.action"] ==
          "ssh-invalid-user");
  }
}

TEST_CASE("a message of another program that looks like sshd's is not sshd's", "[auth][trap]") {
  CHECK_FALSE(parse_as("backup[1]", "Accepted password for root from 6.6.6.6 port 22 ssh2")
                  .has("event.action"));
}

TEST_CASE("penalties: NET is source.ip only when its length is 32 or 128", "[auth][trap]") {
  const Parsed one = parse_sshd(
      "srclimit_penalise: ipv6: new 2001:db8::9/128 active penalty of 1.500 seconds for penalty: "
      "x");
  CHECK(one["source.ip"] == "2001:db8::9");
  CHECK(one["ssh.penalty.seconds"] == "1.500");
  const Parsed net = parse_sshd(
      "srclimit_penalise: ipv4: new 192.0.2.0/24 active penalty of 3 seconds for penalty: x");
  CHECK(net["event.action"] == "ssh-penalty");
  CHECK_FALSE(net.has("source.ip"));
}

TEST_CASE("subsystem names are chosen by the client", "[auth][trap]") {
  const Parsed parsed = parse_sshd(
      "subsystem request for x by user root failed, subsystem not found by user kim failed, "
      "subsystem not found");
  CHECK(parsed["user.name"] == "kim");
  CHECK(parsed["ssh.session.subsystem"] == "x by user root failed, subsystem not found");
}

TEST_CASE("by alice(uid=0): ignore it for logins", "[auth][trap]") {
  const Parsed parsed =
      parse_sshd("pam_unix(sshd:session): session opened for user ann(uid=7) by ann(uid=0)");
  CHECK(parsed["user.id"] == "7");
  CHECK(parsed["related.user"] == R"(["ann"])");
}

TEST_CASE("u is last and may hold spaces; where an item stands twice, none is believed",
          "[auth][trap]") {
  const std::string left =
      "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= ";
  const Parsed spaced = parse_sshd(left + "rhost=192.0.2.9  user=deploy bot");
  CHECK(spaced["user.name"] == "deploy bot");
  CHECK(spaced["source.ip"] == "192.0.2.9");
  for (const char* right : {"rhost=192.0.2.9  user=a  user=root", "rhost=192.0.2.9  user=a rhost=x",
                            "rhost=6.6.6.6  user=root rhost=192.0.2.9  user=ann",
                            "rhost=192.0.2.9  user=a ruser=root"}) {
    const Parsed parsed = parse_sshd(left + right);
    INFO(right);
    CHECK(parsed["event.action"] == "pam-auth-failed");
    CHECK(parsed["event.ambiguous"] == "true");
    CHECK_FALSE(parsed.has("user.name"));
    CHECK_FALSE(parsed.has("source.ip"));
    CHECK_FALSE(parsed.has("source.address"));
    CHECK_FALSE(parsed.has("pam.ruser"));
  }
}

TEST_CASE("PAM more authentication failures has no pam_x prefix; its program says who acts",
          "[auth][trap]") {
  const Parsed parsed = parse_as("sudo",
                                 "PAM 1 more authentication failure; logname=ann uid=1 euid=0 "
                                 "tty=/dev/pts/1 ruser=ann rhost=  user=ann");
  CHECK(parsed["pam.more_failures"] == "1");
  CHECK(parsed["user.name"] == "ann");
  CHECK(parsed["pam.user"] == "ann");
  CHECK_FALSE(parse_sshd("PAM service(sshd) ignoring max retries; 4 > 3").has("event.action"));
}

TEST_CASE("one try is three lines: unix_chkpwd, pam_unix, Failed", "[auth][trap]") {
  CHECK(parse_as("unix_chkpwd[7]", "password check failed for user (ann)")["event.action"] ==
        "pam-auth-failed");
  CHECK(parse_sshd("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh "
                   "ruser= rhost=h.example.org  "
                   "user=ann")["source.address"] == "h.example.org");
  CHECK(parse_sshd("Failed password for ann from 192.0.2.9 port 1 ssh2")["event.outcome"] ==
        "failure");
}

TEST_CASE("sshd(pam_unix)[77]: the ident of RHEL 3/4 names the module", "[auth][trap]") {
  const Parsed parsed = parse_as("sshd(pam_unix)[77]", "session opened for user ann by (uid=0)");
  CHECK(parsed["process.name"] == "sshd(pam_unix)");
  CHECK(parsed["pam.module"] == "pam_unix");
  CHECK(parsed["pam.service"] == "sshd");
  CHECK(parsed["event.action"] == "session-opened");
  CHECK(parsed["user.name"] == "ann");
}

TEST_CASE("sudo: the user is right-aligned to 8 columns, so leading spaces: strip them",
          "[auth][trap]") {
  CHECK(
      parse_as("sudo", "     ann : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/id")["user.name"] ==
      "ann");
}

TEST_CASE("take the first ' ; COMMAND=' after 'USER=', keep everything after it", "[auth][trap]") {
  const Parsed parsed = parse_as(
      "sudo",
      "ann : TTY=pts/1 ; PWD=/tmp ; USER=bob ; COMMAND=/bin/echo ; USER=root ; COMMAND=/bin/sh");
  CHECK(parsed["user.effective.name"] == "bob");
  CHECK(parsed["process.command_line"] == "/bin/echo ; USER=root ; COMMAND=/bin/sh");
  CHECK(parsed["event.ambiguous"] == "true");
  CHECK(parsed["event.outcome"] == "success");
}

TEST_CASE("a directory name may imitate the same: nothing is hidden, event.ambiguous is set",
          "[auth][trap]") {
  const Parsed parsed = parse_as(
      "sudo",
      "ann : TTY=pts/1 ; PWD=/a ; USER=bob ; COMMAND=/bin/ls ; USER=root ; COMMAND=/bin/sh -c x");
  CHECK(parsed["event.ambiguous"] == "true");
  CHECK(parsed["process.command_line"] == "/bin/ls ; USER=root ; COMMAND=/bin/sh -c x");
  const Parsed early =
      parse_as("sudo", "ann : TTY=pts/1 ; PWD=/a ; COMMAND=/bin/ls ; USER=root ; COMMAND=/bin/sh");
  CHECK(early["process.working_directory"] == "/a ; COMMAND=/bin/ls");
  CHECK(early["process.command_line"] == "/bin/sh");
}

TEST_CASE("arguments are joined with blanks: sh -c echo one ; reboot", "[auth][trap]") {
  const Parsed parsed =
      parse_as("sudo", "ann : PWD=/ ; USER=root ; COMMAND=/bin/sh -c echo one ; reboot");
  CHECK(parsed["process.command_line"] == "/bin/sh -c echo one ; reboot");
  CHECK_FALSE(parsed.has("event.ambiguous"));
  CHECK_FALSE(parsed.has("session.tty"));
}

TEST_CASE("sudo also without COMMAND: no valid sudoers sources found, quitting", "[auth][trap]") {
  const Parsed parsed = parse_as("sudo", "ann : no valid sudoers sources found, quitting");
  CHECK(parsed["event.action"] == "sudo-command");
  CHECK(parsed["event.outcome"] == "failure");
  CHECK(parsed["event.reason"] == "no valid sudoers sources found, quitting");
  const Parsed defaults =
      parse_as("sudo", "ann : problem with defaults entries ; TTY=pts/0 ; PWD=/ ; USER=root ;");
  CHECK(defaults["event.reason"] == "problem with defaults entries");
  CHECK(defaults["user.effective.name"] == "root");
  CHECK(defaults["session.tty"] == "pts/0");
}

TEST_CASE("a host without a name in DNS is no refused command", "[auth][trap]") {
  for (const char* message :
       {"ann : unable to resolve host web1: Name or service not known",
        R"(@cee:{"sudo":{"alert":{"submituser":"ann","reason":"unable to resolve host web1"}}})"}) {
    INFO(message);
    const Parsed parsed = parse_as("sudo", message);
    CHECK(parsed["event.action"] == "sudo-warning");
    CHECK_FALSE(parsed.has("event.outcome"));
    CHECK(parsed["user.name"] == "ann");
    CHECK(parsed["event.reason"].find("unable to resolve host web1") == 0);
  }
  // A refusal stays one, whatever the command or the directory looks like.
  const Parsed refused = parse_as(
      "sudo",
      "ann : command not allowed ; PWD=/unable to resolve host x ; USER=root ; COMMAND=/bin/id");
  CHECK(refused["event.action"] == "sudo-command");
  CHECK(refused["event.outcome"] == "failure");
}

TEST_CASE("a denied sudo -l is COMMAND=list", "[auth][trap]") {
  const Parsed parsed = parse_as(
      "sudo", "ann : command not allowed ; TTY=unknown ; PWD=/ ; USER=root ; COMMAND=list /bin/id");
  CHECK(parsed["process.command_line"] == "list /bin/id");
  CHECK(parsed["event.outcome"] == "failure");
  CHECK_FALSE(parsed.has("session.tty"));
}

TEST_CASE("messages longer than 960 bytes continue: (command continued)", "[auth][trap]") {
  const Parsed parsed = parse_as("sudo", "ann : (command continued) --and more ; COMMAND=x");
  CHECK(parsed["event.action"] == "sudo-command-continued");
  CHECK(parsed["user.name"] == "ann");
  CHECK(parsed["process.command_line"] == "--and more ; COMMAND=x");
  CHECK_FALSE(parsed.has("event.outcome"));
}

TEST_CASE("log_exit_status: both may appear (SIGNAL=KILL ; EXIT=137)", "[auth][trap]") {
  parsers::auth_log::AuthLogParser parser({});
  const std::string start =
      "Nov 23 04:05:06 web1 sudo: ann : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sleep 9";
  CHECK(parse_line(parser, start)["event.action"] == "sudo-command");
  const Parsed parsed = parse_line(parser, start + " ; SIGNAL=KILL ; EXIT=137");
  CHECK(parsed["event.action"] == "sudo-exit");
  CHECK(parsed["process.command_line"] == "/bin/sleep 9");
  CHECK(parsed["process.exit_code"] == "137");
  CHECK(parsed["sudo.signal"] == "KILL");
  CHECK_FALSE(parsed.has("event.outcome"));
  CHECK_FALSE(parsed.has("event.ambiguous"));
}

TEST_CASE("a command that ends in ' ; EXIT=0' is marked, because it repeats no command",
          "[auth][trap]") {
  const Parsed parsed =
      parse_as("sudo", "ann : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/echo ; EXIT=0");
  CHECK(parsed["event.ambiguous"] == "true");
  const Parsed denied = parse_as(
      "sudo",
      "ann : command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/echo ; EXIT=0");
  CHECK(denied["event.action"] == "sudo-command");
  CHECK(denied["process.command_line"] == "/bin/echo ; EXIT=0");
}

TEST_CASE("log_format=json: @cee", "[auth][trap]") {
  const Parsed parsed = parse_as(
      "sudo",
      R"(@cee:{"sudo":{"reject":{"submituser":"ann","runuser":"root","submitcwd":"/home/ann","command":"/bin/sh",)"
      R"("runargv":["sh","-c","echo \"x\" ; id"],"ttyname":"/dev/pts/1","reason":"command not allowed"}}})");
  CHECK(parsed["event.action"] == "sudo-command");
  CHECK(parsed["event.outcome"] == "failure");
  CHECK(parsed["user.name"] == "ann");
  CHECK(parsed["user.effective.name"] == "root");
  CHECK(parsed["process.working_directory"] == "/home/ann");
  CHECK(parsed["process.command_line"] == R"(/bin/sh -c echo "x" ; id)");
  CHECK(parsed["session.tty"] == "pts/1");
  CHECK(parsed["event.reason"] == "command not allowed");
  CHECK_FALSE(parse_as("sudo", "@cee:{\"sudo\":{").has("event.action"));
  const Parsed exit =
      parse_as("sudo", R"(@cee:{"sudo":{"exit":{"exit_value":137,"signal":"KILL"}}})");
  CHECK(exit["event.action"] == "sudo-exit");
  CHECK(exit["process.exit_code"] == "137");
}

TEST_CASE("systemd 258 quotes session and user", "[auth][trap]") {
  const Parsed parsed = parse_as(
      "systemd-logind[1]", "New session '12' of user 'ann' with class 'user' and type 'tty'.");
  CHECK(parsed["session.id"] == "12");
  CHECK(parsed["user.name"] == "ann");
}

TEST_CASE("polkit: the owner at the end of the line acts, whatever the process is called",
          "[auth][trap]") {
  const Parsed parsed = parse_as(
      "polkitd(authority=local)[812]",
      "Operator of unix-session:2 successfully authenticated as unix-user:root to gain ONE-SHOT "
      "authorization for action org.example.a for unix-process:1:2 [x (owned by unix-user:eve)] "
      "(owned by unix-user:ann)");
  CHECK(parsed["user.name"] == "ann");
  CHECK(parsed["polkit.action"] == "org.example.a");
}

TEST_CASE("an in-process sftp server is relayed with [postauth]", "[auth][trap]") {
  const Parsed parsed = parse_sshd("opendir \"/home/kim\" [postauth]");
  CHECK(parsed["event.action"] == "sftp-file");
  CHECK(parsed["file.path"] == "/home/kim");
}

}  // namespace auditship::test
