// Kinds of messages that no list of programs or modules can name in full: who became whom, what a
// refusal is, and what the general rule claims.
#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {

TEST_CASE("who became whom is read from the caller of a session, whatever the service is called",
          "[auth][kinds]") {
  const auto session = [](const std::string& service, const std::string& text) {
    return parse_as("x[1]", "pam_unix(" + service + ":session): " + text);
  };
  for (const char* service : {"doas", "please", "never-heard-of", "run0", "su-rs-l"}) {
    const Parsed parsed = session(service, "session opened for user root(uid=0) by (uid=1000)");
    INFO(service);
    CHECK(parsed["user.effective.name"] == "root");
    CHECK(parsed["user.effective.id"] == "0");
    CHECK(parsed["user.id"] == "1000");
    CHECK_FALSE(parsed.has("user.name"));
  }
  const Parsed old = session("never-heard-of", "session opened for user root by ann(uid=1000)");
  CHECK(old["user.effective.name"] == "root");
  CHECK(old["user.name"] == "ann");
  const Parsed itself =
      session("never-heard-of", "session opened for user ann(uid=1000) by ann(uid=1000)");
  CHECK(itself["user.name"] == "ann");
  CHECK_FALSE(itself.has("user.effective.name"));
  const Parsed daemon =
      session("never-heard-of", "session opened for user ann(uid=1000) by (uid=0)");
  CHECK(daemon["user.name"] == "ann");
}

TEST_CASE("a service that was seen to switch is known when its session ends", "[auth][kinds]") {
  parsers::auth_log::AuthLogParser parser({});
  const std::string left = "Nov 23 04:05:06 web1 x: pam_unix(becomes:session): session ";
  const std::string closed = left + "closed for user root";
  CHECK(parse_line(parser,
                   left + "opened for user root(uid=0) by ann(uid=1000)")["user.effective.name"] ==
        "root");
  const Parsed parsed = parse_line(parser, closed);
  CHECK(parsed["user.effective.name"] == "root");
  CHECK_FALSE(parsed.has("user.name"));
}

TEST_CASE("a failure in a program that switches users is the caller's", "[auth][kinds]") {
  const Parsed doas = parse_as("doas",
                               "pam_unix(doas:auth): authentication failure; logname=ann uid=1000 "
                               "euid=0 tty=/dev/pts/1 ruser=ann rhost=  user=ann");
  CHECK(doas["user.name"] == "ann");
  CHECK(doas["pam.user"] == "ann");
  // Without a name of the caller, root did not try.
  const Parsed other =
      parse_as("other",
               "pam_unix(other:auth): authentication failure; logname=ann uid=1000 "
               "euid=0 tty=/dev/pts/1 ruser= rhost=  user=root");
  CHECK_FALSE(other.has("user.name"));
  CHECK(other["user.id"] == "1000");
  CHECK(other["pam.user"] == "root");
  const Parsed more = parse_as("sshd(pam_unix)[9]",
                               "2 more authentication failures; logname= uid=0 euid=0 tty=ssh "
                               "ruser= rhost=192.0.2.9  user=ann");
  CHECK(more["pam.more_failures"] == "2");
  CHECK(more["source.ip"] == "192.0.2.9");
  const Parsed krb5 = parse_sshd(
      "pam_krb5(sshd:auth): authentication failure; logname=ann uid=0 euid=0 tty=ssh ruser= "
      "rhost=192.0.2.9");
  CHECK(krb5["user.name"] == "ann");
  const Parsed krb5_su =
      parse_as("su",
               "pam_krb5(su:auth): authentication failure; logname=ann uid=1041 euid=0 "
               "tty=/dev/pts/0 ruser=dave rhost=");
  CHECK(krb5_su["user.name"] == "dave");
  CHECK(krb5_su["user.effective.name"] == "ann");
}

TEST_CASE("sudo: an unknown text in front of the fields is no refusal", "[auth][kinds]") {
  const auto outcome = [](const std::string& reason) {
    return parse_as("sudo",
                    "ann : " + reason + " ; PWD=/ ; USER=root ; COMMAND=/bin/id")["event.outcome"];
  };
  CHECK(outcome("something nobody has seen") == "unknown");
  CHECK(outcome("3 incorrect password attempts") == "failure");
  CHECK(outcome("user NOT in sudoers") == "failure");
  CHECK(outcome("a password is required") == "failure");
  for (const char* ident : {"sudo", "sudo-rs"}) {
    const Parsed parsed = parse_as(ident, "ann :  PWD=/home/ann ; USER=root ; COMMAND=/bin/id -un");
    CHECK(parsed["event.outcome"] == "success");
    CHECK(parsed["process.working_directory"] == "/home/ann");
    const Parsed continued = parse_as(ident, "[...] --more arguments");
    CHECK(continued["event.action"] == "sudo-command-continued");
    CHECK(continued["process.command_line"] == "--more arguments");
  }
}

TEST_CASE("modules of PAM that make their prefix themselves", "[auth][kinds]") {
  const Parsed passed =
      parse_as("sshd", "pam_krb5[123]: authentication succeeds for 'ann' (ann@EXAMPLE.ORG)");
  CHECK(passed["event.outcome"] == "success");
  CHECK(passed["user.name"] == "ann");
  CHECK(passed["user.kerberos.principal"] == "ann@EXAMPLE.ORG");
  CHECK(passed["pam.module"] == "pam_krb5");
  CHECK(passed["pam.service"] == "sshd");
  const Parsed failed = parse_as("sshd", "pam_radius_auth: authentication failed");
  CHECK(failed["event.outcome"] == "failure");
  CHECK(failed["event.form"] == "general");
  CHECK(failed["pam.module"] == "pam_radius_auth");
  for (const std::string message :
       {"pam_authenticate: authentication failed", "pam_x]: authentication failed",
        "pam_x[a]: authentication failed", "pam_x y: authentication failed", "pam_x[]]: failed"}) {
    INFO(message);
    CHECK_FALSE(parse_as("sshd", message).has("pam.module"));
  }
}

TEST_CASE("ksu without a ticket names the account, else the principal", "[auth][kinds]") {
  const Parsed account = parse_as("ksu[9]", "Account root: authorization of dave failed");
  CHECK(account["event.outcome"] == "failure");
  CHECK(account["user.name"] == "dave");
  CHECK_FALSE(account.has("user.kerberos.principal"));
  const Parsed principal = parse_as(
      "ksu[9]",
      "Account root: authorization for ann@EXAMPLE.ORG for execution of /usr/bin/w failed");
  CHECK(principal["event.outcome"] == "failure");
  CHECK(principal["user.kerberos.principal"] == "ann@EXAMPLE.ORG");
  CHECK(principal["process.command_line"] == "/usr/bin/w");
  CHECK_FALSE(principal.has("user.name"));
}

TEST_CASE("login of util-linux without a name names nobody", "[auth][kinds]") {
  const Parsed parsed =
      parse_as("login[9]",
               "FAILED LOGIN 2 FROM pts/0 FOR (unknown), User not known to the underlying "
               "authentication module");
  CHECK(parsed["event.outcome"] == "failure");
  CHECK(parsed["session.tty"] == "pts/0");
  CHECK_FALSE(parsed.has("user.name"));
}

TEST_CASE("sshd: of the debug level only what says why Kerberos refused", "[auth][kinds]") {
  const Parsed expired =
      parse_sshd("debug1: Kerberos password authentication failed: Password has expired");
  CHECK(expired["event.outcome"] == "failure");
  CHECK(expired["event.reason"] == "Password has expired");
  const Parsed ticket = parse_sshd(
      "debug1: Unspecified GSS failure.  Minor code may provide more information\\nClock skew too "
      "great\\n\\n");
  CHECK(ticket["event.reason"] == "Clock skew too great");
  for (const char* message :
       {"debug1: userauth-request for user ann service ssh-connection method gssapi-with-mic",
        "debug1: PAM: password authentication failed for ann: Authentication failure",
        "debug1: monitor_child_preauth: user ann authenticated by privileged process"}) {
    CHECK_FALSE(parse_sshd(message).has("event.action"));
  }
}

TEST_CASE("values in angle brackets, as dovecot writes them", "[auth][kinds]") {
  const Parsed parsed = parse_as("dovecot",
                                 "imap-login: Disconnected (auth failed, 3 attempts): user=<ann>, "
                                 "method=PLAIN, rip=192.0.2.9, lip=192.0.2.1");
  CHECK(parsed["event.outcome"] == "failure");
  CHECK(parsed["user.name"] == "ann");
  CHECK(parsed["source.ip"] == "192.0.2.9");
  const Parsed twice = parse_as("dovecot",
                                "imap-login: Login failed: user=<x>, rip=1.2.3.4, y>, "
                                "method=PLAIN, rip=192.0.2.9, lip=192.0.2.1");
  CHECK(twice["event.ambiguous"] == "true");
  CHECK_FALSE(twice.has("source.ip"));
}

TEST_CASE("pam_access names a terminal or a service where nobody came from another host",
          "[auth][kinds]") {
  const auto denied = [](const std::string& service, const std::string& origin) {
    return parse_as("login", "pam_access(" + service +
                                 ":account): access denied for user `x' from `1.2.3.4' from `" +
                                 origin + "'");
  };
  for (const Parsed& parsed :
       {denied("cron", "cron"), denied("login", "tty1"), denied("gdm-password", ":0")}) {
    CHECK(parsed["event.outcome"] == "failure");
    CHECK(parsed["user.name"] == "x' from `1.2.3.4");
    CHECK_FALSE(parsed.has("source.ip"));
    CHECK_FALSE(parsed.has("source.address"));
  }
  CHECK(denied("login", "tty1")["session.tty"] == "tty1");
  CHECK(denied("sshd", "192.0.2.9")["source.ip"] == "192.0.2.9");
  CHECK(denied("sshd", "mail.example.org")["source.address"] == "mail.example.org");
}

TEST_CASE("pam_sss: a name that imitates the rest of the line makes no other outcome",
          "[auth][kinds]") {
  const Parsed hostile = parse_as(
      "login",
      "pam_sss(login:auth): received for user ann: 12 (New password): 7 (Authentication failure)");
  CHECK(hostile["event.outcome"] == "failure");
  CHECK(hostile["user.name"] == "ann: 12 (New password)");
  CHECK(hostile["event.reason"] == "Authentication failure");
  const Parsed expired =
      parse_as("login", "pam_sss(login:auth): received for user ann: 12 (New one required)");
  CHECK(expired["event.action"] == "pam-password-expired");
  CHECK(expired["event.outcome"] == "unknown");
  CHECK(expired["user.name"] == "ann");
}

TEST_CASE("su: the name that was typed imitates no caller", "[auth][kinds]") {
  for (const std::string message :
       {"FAILED SU (to x) root on pts/1) ann on pts/0", "FAILED su for x by root by ann",
        "Successful su for x by root by ann"}) {
    INFO(message);
    CHECK(parse_as("su", message)["user.name"] == "ann");
  }
}

TEST_CASE("su of the BSDs", "[auth][kinds]") {
  const Parsed refused = parse_as("su", "BAD SU ann to root on /dev/pts/0");
  CHECK(refused["event.outcome"] == "failure");
  CHECK(refused["user.name"] == "ann");
  CHECK(refused["user.effective.name"] == "root");
  CHECK(refused["session.tty"] == "pts/0");
  CHECK(parse_as("su", "ann to root on /dev/pts/0")["event.outcome"] == "success");
}

TEST_CASE("doas: a command that imitates the rest of the line decides nothing", "[auth][kinds]") {
  const Parsed parsed =
      parse_as("doas", "ann ran command sh -c id as bob from /x as root from /home/ann");
  CHECK(parsed["event.outcome"] == "success");
  CHECK(parsed["user.name"] == "ann");
  CHECK(parsed["event.ambiguous"] == "true");
  CHECK(parsed["process.command_line"] == "sh -c id as bob from /x");
  CHECK_FALSE(parsed.has("user.effective.name"));
  CHECK_FALSE(parsed.has("process.working_directory"));
  const Parsed same = parse_as("doas", "ann ran command id as root from /x as root from /y");
  CHECK(same["user.effective.name"] == "root");
}

TEST_CASE("a connection that named a user and left before a login is a failed login",
          "[auth][kinds]") {
  for (const char* message :
       {"Connection closed by authenticating user ann 192.0.2.9 port 4 [preauth]",
        "Connection closed by invalid user ann 192.0.2.9 port 4 [preauth]",
        "Connection reset by authenticating user ann 192.0.2.9 port 4 [preauth]",
        "Disconnected from authenticating user ann 192.0.2.9 port 4 [preauth]",
        "Disconnecting authenticating user ann 192.0.2.9 port 4: Too many "
        "authentication failures [preauth]"}) {
    const Parsed parsed = parse_sshd(message);
    INFO(message);
    CHECK(parsed["event.action"] == "ssh-disconnect");
    CHECK(parsed["event.outcome"] == "failure");
    CHECK(parsed["event.category"] == R"(["network","authentication"])");
    CHECK(parsed["user.name"] == "ann");
  }
  for (const char* message : {"Connection closed by 192.0.2.9 port 4 [preauth]",
                              "Connection reset by 192.0.2.9 port 4 [preauth]",
                              "Disconnected from user ann 192.0.2.9 port 4"}) {
    INFO(message);
    CHECK_FALSE(parse_sshd(message).has("event.outcome"));
  }
}

TEST_CASE("the general rule says what stands there, and that it is general", "[auth][kinds]") {
  const Parsed module =
      parse_sshd("pam_example(sshd:auth): second step was rejected; user=ann rhost=192.0.2.9");
  CHECK(module["event.form"] == "general");
  CHECK(module["event.action"] == "pam-auth-failed");
  CHECK(module["event.outcome"] == "failure");
  CHECK(module["user.name"] == "ann");
  CHECK(module["source.ip"] == "192.0.2.9");
  const Parsed passed = parse_sshd("pam_example(sshd:auth): token accepted for user ann");
  CHECK(passed["event.action"] == "pam-authenticated");
  CHECK(passed["user.name"] == "ann");
  const Parsed account = parse_sshd("pam_example(sshd:account): access denied; user=ann");
  CHECK(account["event.action"] == "pam-denied");
  const Parsed program = parse_as("exampled[1]", "login failed: user=ann ip=192.0.2.9");
  CHECK(program["event.action"] == "auth-failed");
  CHECK(program["user.name"] == "ann");
  CHECK(program["source.ip"] == "192.0.2.9");
}

TEST_CASE("the general rule claims nothing from names, quotes and values", "[auth][kinds]") {
  // A name that says "accepted" is no success, and what stands twice is not believed.
  const Parsed hostile = parse_as("exampled[1]", "login failed for user accepted");
  CHECK(hostile["event.outcome"] == "failure");
  const Parsed quoted =
      parse_as("exampled[1]", "authentication failed for 'successfully logged in'");
  CHECK(quoted["event.outcome"] == "failure");
  const Parsed twice =
      parse_sshd("pam_example(sshd:auth): failed; user=ann user=root rhost=192.0.2.9");
  CHECK(twice["event.ambiguous"] == "true");
  CHECK_FALSE(twice.has("user.name"));
  CHECK_FALSE(twice.has("source.ip"));
  CHECK_FALSE(
      parse_as("exampled[1]", "Accepted password for root from 6.6.6.6").has("event.action"));
  CHECK_FALSE(parse_as("exampled[1]", "user logged in successfully").has("event.outcome"));
  CHECK_FALSE(parse_as("kernel", "authentication failed user=root").has("event.action"));
  CHECK_FALSE(parse_as("exampled[1]", "started").has("event.action"));
  // Of another facility, where the line says so.
  CHECK_FALSE(parse_line("<30>1 2026-11-23T04:05:06Z web1 exampled 1 - - login failed: user=ann")
                  .has("event.action"));
  CHECK(
      parse_line(
          "<38>1 2026-11-23T04:05:06Z web1 exampled 1 - - login failed: user=ann")["event.form"] ==
      "general");
}

TEST_CASE("identity is kept: principals, domain users, keys of tokens", "[auth][kinds]") {
  const Parsed gssapi =
      parse_sshd("Accepted gssapi-with-mic for root from 192.0.2.9 port 4 ssh2: bob@EXAMPLE.ORG");
  CHECK(gssapi["user.name"] == "root");
  CHECK(gssapi["user.kerberos.principal"] == "bob@EXAMPLE.ORG");
  CHECK(gssapi["related.user"] == R"(["root","bob@EXAMPLE.ORG"])");
  for (const char* name : {"ann@ad.example.org", R"(EXAMPLE\\ann)", "EXAMPLE+ann"}) {
    const Parsed parsed =
        parse_sshd("Accepted password for " + std::string(name) + " from 192.0.2.9 port 4 ssh2");
    CHECK(parsed["user.name"] == name);
  }
  const Parsed touch = parse_sshd(
      "error: public key ED25519-SK SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk signature "
      "for ann from 192.0.2.9 port 4 rejected: user presence (authenticator touch) requirement not "
      "met ");
  CHECK(touch["event.outcome"] == "failure");
  CHECK(touch["user.name"] == "ann");
  CHECK(touch["ssh.key.type"] == "ED25519-SK");
  CHECK(touch["source.ip"] == "192.0.2.9");
}

TEST_CASE("no field stands twice where a line has two of a kind", "[auth][kinds]") {
  const Parsed zone = parse_sshd("refused connect from fe80::1%eth0 (fe80::1%eth0)");
  CHECK(zone["source.address"] == "fe80::1%eth0");
  const Parsed places = parse_as("login[7]", "'ann' logged in  on '/dev/pts/1' from '/dev/tty1'");
  CHECK(places["session.tty"] == "pts/1");
  const Parsed access =
      parse_as("login[7]", "pam_access(login:account): access denied for user `ann' from `tty1'");
  CHECK(access["session.tty"] == "tty1");
  CHECK_FALSE(access.has("source.address"));
}

}  // namespace auditship::test
