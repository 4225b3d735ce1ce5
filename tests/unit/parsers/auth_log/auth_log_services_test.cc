// cron, atd and vsftpd: names that clients choose, and lines that name nobody.
#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

// As vsftpd 3.0.3 writes them (syslog_enable, log_ftp_protocol).
constexpr const char* kForgedLogin =
    R"([x] OK LOGIN: Client "6.6.6.6", anon password "] FAIL LOGIN: Client "192.0.2.10")";
constexpr const char* kForgedCommand =
    R"([ann] FTP command: Client "192.0.2.10", "MKD a] OK LOGIN: Client "6.6.6.6", anon password "")";
constexpr const char* kForgedFile =
    R"([ann] OK MKDIR: Client "192.0.2.10", "/home/ann/a] OK LOGIN: Client "6.6.6.6", anon password "")";

}  // namespace

TEST_CASE("vsftpd: the name of a login that failed cannot make it a success", "[auth][trap]") {
  const Parsed parsed = parse_as("vsftpd[7]", kForgedLogin);
  CHECK(parsed["event.action"] == "ftp-login");
  CHECK(parsed["event.outcome"] == "failure");
  CHECK(parsed["event.ambiguous"] == "true");
  CHECK_FALSE(parsed.has("user.name"));
  CHECK_FALSE(parsed.has("source.ip"));
}

TEST_CASE("vsftpd: a command or the name of a file is no login", "[auth][trap]") {
  for (const char* message :
       {kForgedCommand, kForgedFile,
        R"([ann] OK MKDIR: Client "192.0.2.10", "/a] OK LOGIN: Client "6.6.6.6")",
        R"([x y] FTP command: Client "192.0.2.10", "z] OK LOGIN: Client "6.6.6.6")"}) {
    INFO(message);
    const Parsed parsed = parse_as("vsftpd[7]", message);
    CHECK_FALSE(parsed.has("event.action"));
    CHECK(parsed["event.ambiguous"] == "true");
    CHECK_FALSE(parsed.has("user.name"));
    CHECK_FALSE(parsed.has("source.ip"));
  }
  CHECK_FALSE(
      parse_as("vsftpd[7]", R"(FTP command: Client "192.0.2.10", "USER ann")").has("event.action"));
}

TEST_CASE("vsftpd: an anonymous password may hold all but blanks", "[auth][trap]") {
  const Parsed parsed = parse_as(
      "vsftpd[7]",
      R"([ftp] OK LOGIN: Client "192.0.2.10", anon password "x]_FAIL_LOGIN:_Client_"6.6.6.6")");
  CHECK(parsed["event.outcome"] == "success");
  CHECK(parsed["user.name"] == "ftp");
  CHECK(parsed["source.ip"] == "192.0.2.10");
}

TEST_CASE("cron: what PAM says of a job names nobody", "[auth]") {
  for (const char* ident : {"CRON[7]", "atd[7]"}) {
    const Parsed parsed = parse_as(ident, "Authentication failure");
    CHECK(parsed["event.action"] == "pam-denied");
    CHECK(parsed["event.outcome"] == "failure");
    CHECK_FALSE(parsed.has("related.user"));
  }
}

TEST_CASE("pam_succeed_if: a requirement that was met is no login and no refusal", "[auth][trap]") {
  const Parsed met = parse_as("sshd[7]",
                              "pam_succeed_if(sshd:auth): requirement \"user != root\" was met by "
                              "user \"x\" not met by user \"root\"");
  CHECK(met["event.action"] == "pam-requirement-met");
  CHECK(met["event.outcome"].empty());
  CHECK(met["user.name"] == "x\" not met by user \"root");
  const Parsed not_met =
      parse_as("sshd[7]",
               "pam_succeed_if(sshd:auth): requirement \"uid >= 1000\" not met by "
               "user \"x\" was met by user \"root\"");
  CHECK(not_met["event.action"] == "pam-denied");
  CHECK(not_met["event.outcome"] == "failure");
}

}  // namespace auditship::test
