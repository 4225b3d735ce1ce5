// Lines of programs and releases that no recording holds, each with the fields that must and must not be there.
// Sources: the programs' own texts, as their source has them.
#include <initializer_list>

#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

struct Sibling {
  const char* ident;
  const char* message;
  // "name=value|name=value"; a name without a value is absent.
  const char* fields;
};

void check(const Sibling& sibling) {
  INFO(sibling.ident << ": " << sibling.message);
  const Parsed parsed = parse_as(sibling.ident, sibling.message);
  std::string rest = sibling.fields;
  while (!rest.empty()) {
    const std::string item = rest.substr(0, rest.find('|'));
    rest = item.size() == rest.size() ? "" : rest.substr(item.size() + 1);
    const std::size_t equals = item.find('=');
    const std::string name = item.substr(0, equals);
    INFO(name);
    if (equals == std::string::npos) {
      CHECK_FALSE(parsed.has(name));
    } else {
      CHECK(parsed[name] == item.substr(equals + 1));
    }
  }
}

void check_line(const char* line, const char* host, const char* ident) {
  INFO(line);
  const Parsed parsed = parse_line(line);
  CHECK(parsed["host"] == host);
  CHECK(parsed["process.name"] == ident);
  CHECK(parsed.has("event.action"));
  CHECK(parsed.time_known);
}

}  // namespace

TEST_CASE("a second user= or rhost= is in doubt wherever it stands in a module's list", "[auth]") {
  for (const char* list :
       {"logname= uid=0 euid=0 tty=rsh ruser=x user=root rhost=192.0.2.7  user=ann",
        "logname= uid=0 euid=0 tty=ssh ruser=x user=y rhost=192.0.2.7 user=ann",
        "logname=x rhost=198.51.100.1 uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=ann"}) {
    const std::string message = "pam_unix(rsh:auth): authentication failure; " + std::string(list);
    check({"rsh[7]", message.c_str(), "event.ambiguous=true|user.name|source.ip|source.address"});
  }
}

TEST_CASE("who switches on a keyring, or is a daemon, is no login that failed and no caller",
          "[auth]") {
  for (const Sibling& sibling : std::initializer_list<Sibling>{
           {"gdm-password][7]", "gkr-pam: the password for the login keyring was invalid.",
            "event.outcome|event.action"},
           {"gnome-keyring-daemon[7]", "failed to unlock login keyring on startup",
            "event.outcome"},
           {"atd[9]", "pam_unix(atd:session): session opened for user ann by (uid=1)",
            "user.name=ann|user.effective.name"},
           {"atd[9]", "pam_unix(atd:session): session opened for user ann by (uid=2)",
            "user.name=ann|user.effective.name"}}) {
    check(sibling);
  }
}

TEST_CASE("a refusal in other words is never a success", "[auth]") {
  for (const Sibling& sibling : std::initializer_list<Sibling>{
           {"sshd[7]", "pam_foo(sshd:account): no logins allowed for user ann",
            "event.outcome=failure|user.name=ann"},
           {"sshd[7]", "pam_foo(sshd:auth): login is not yet allowed for user ann",
            "event.outcome=failure|user.name=ann"},
           {"sshd[7]", "pam_foo(sshd:auth): access cannot be granted to ann",
            "event.outcome=failure"},
           {"sshd[7]", "pam_foo(sshd:auth): login wasn't successful", "event.outcome=failure"},
           {"sshd[7]", "pam_foo(sshd:auth): no second factor, login allowed user=ann",
            "event.outcome=success|user.name=ann"},
           {"CRON[7]", "(ann) CMD (echo a) PAM ERROR (b)",
            "event.action=cron-command|user.effective.name=ann|user.name"},
           {"CRON[7]", "(ann) CMD (echo a) DELETE (b)",
            "event.action=cron-command|user.effective.name=ann|user.name"},
           {"sudo",
            "     ann : invalid shell for user root: /bin/foo ; TTY=pts/0 ; PWD=/home/ann ; "
            "USER=root ; COMMAND=/usr/bin/id",
            "event.outcome=failure|user.name=ann|user.effective.name=root"},
           {"sudo",
            "     ann : pam_open_session: Permission denied ; TTY=pts/0 ; PWD=/home/ann ; "
            "USER=root ; "
            "COMMAND=/usr/bin/id",
            "event.outcome=failure|user.name=ann"}}) {
    check(sibling);
  }
}

TEST_CASE("what stands where an address could is an address only if it is one", "[auth]") {
  for (const Sibling& sibling : std::initializer_list<Sibling>{
           {"crond[77]", "pam_access(crond:account): access denied for user `ann' from `cron'",
            "user.name=ann|source.address|event.outcome=failure"},
           {"other[7]",
            "pam_warn(other:auth): function=[pam_sm_authenticate] flags=0 service=[other] "
            "terminal=[<unknown>] user=[ann] ruser=[bob] rhost=[<unknown>]",
            "user.name=ann|pam.ruser=bob|pam.tty|source.address"},
           {"sshd[7]", "pam_mount(pam_mount.c:365): pam_mount 2.16: entering auth stage",
            "pam.module=pam_mount|pam.service|pam.type"},
           {"pkexec[7]",
            "ann: Executing command [USER=root] [TTY=/dev/pts/1] [CWD=/home/a] [COMMAND=/bin/true] "
            "[COMMAND=/usr/bin/evil]",
            "event.ambiguous=true|user.name=ann"},
           {"sshd[7]",
            "Accepted hostbased for ann from 192.0.2.7 port 22 ssh2: ED25519-CERT "
            "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk ID web (serial 1) CA RSA "
            "SHA256:aC0KYTsxS/LUkxPUTAdEHtspbNwwqZitPxy6BCHrKkk, client user \"bob\", client host "
            "\"h\"",
            "ssh.cert.id=web|ssh.cert.serial=1|ssh.cert.ca.type=RSA|ssh.auth.details=client user "
            "\"bob\", client host \"h\""}}) {
    check(sibling);
  }
}

TEST_CASE("who is named when su asks a module is whom somebody wanted to become", "[auth]") {
  for (const Sibling& sibling : std::initializer_list<Sibling>{
           {"su", "pam_unix(su:auth): auth could not identify password for [root]",
            "user.effective.name=root|user.name"},
           {"su", "pam_sss(su-l:auth): received for user root: 7 (Authentication failure)",
            "user.effective.name=root|user.name|event.outcome=failure"},
           {"su",
            "pam_faillock(su:auth): Consecutive login failures for user root account temporarily "
            "locked",
            "user.effective.name=root|user.name"},
           {"su", "pam_wheel(su:auth): Access denied to 'ann' for 'root'",
            "user.name=ann|user.effective.name=root"},
           {"su",
            "pam_unix(su:auth): authentication failure; logname=ann uid=1000 euid=0 tty=/dev/pts/1 "
            "ruser=ann rhost=",
            "user.name=ann|user.effective.name"},
           {"sudo", "pam_unix(sudo:auth): auth could not identify password for [ann]",
            "user.name=ann|user.effective.name"}}) {
    check(sibling);
  }
}

TEST_CASE("shadow quoted with a backtick once", "[auth]") {
  for (const Sibling& sibling : std::initializer_list<Sibling>{
           {"usermod[7]", "add `ann' to group `adm'",
            "event.action=group-member-added|user.target.name=ann|group.name=adm"},
           {"usermod[7]", "change user `ann' shell from `/bin/sh' to `/bin/bash'",
            "user.target.name=ann|user.changes.to=/bin/bash"},
           {"passwd[7]", "password for `ann' changed by `root'",
            "event.action=password-changed|user.target.name=ann|user.name=root"},
           {"login[7]", "FAILED LOGIN (1) on `tty1' FOR `ann', Authentication failure",
            "event.outcome=failure|user.name=ann"}}) {
    check(sibling);
  }
}

TEST_CASE("framings of few systems", "[auth]") {
  check_line(
      "Sat 2026-11-28 19:00:00 CET h sshd[12]: Accepted password for ann from 192.0.2.7 port 5 "
      "ssh2",
      "h", "sshd");
  check_line(
      "Nov 28 19:00:00 (none) auth.info sshd[12]: Accepted password for ann from 192.0.2.7 port 5 "
      "ssh2",
      "(none)", "sshd");
  check_line(
      "authpriv.info<86>: Nov 28 19:00:00 h sshd[12]: Accepted password for ann from 192.0.2.7 "
      "port 5 "
      "ssh2",
      "h", "sshd");
  check_line(
      "Nov 28 19:00:00 h authpriv.info<86> sshd[12]: Accepted password for ann from 192.0.2.7 port "
      "5 "
      "ssh2",
      "h", "sshd");
  check_line(
      "Sat Nov 28 19:00:00 2026 [1795892400.123] authpriv.notice dropbear[12]: Password auth "
      "succeeded "
      "for 'ann' from 192.0.2.7:5022",
      "", "dropbear");
  check_line("Nov 28 19:00:00\th\tsshd[12]:\tAccepted password for ann from 192.0.2.7 port 5 ssh2",
             "h", "sshd");
  check_line(
      "Sat 2026-11-28 19:00:00 -03 h sshd[12]: Accepted password for ann from 192.0.2.7 port 5 "
      "ssh2",
      "h", "sshd");
  check_line(
      "2026-11-28T19:00:00Z\th\tsshd[1]:\tpam_unix(sshd:auth): authentication failure; logname= "
      "uid=0 "
      "euid=0 tty=ssh ruser= rhost=192.0.2.7  user=ann",
      "h", "sshd");
  check_line("Nov 28 19:00:00 h sshd[12]:\tAccepted password for ann from 192.0.2.7 port 5 ssh2",
             "h", "sshd");
}

}  // namespace auditship::test
