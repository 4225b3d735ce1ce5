// Lines of krb5kdc, as recorded, and names that imitate the rest of them.
#include "parsers/auth_log/kdc/kdc_line.h"

#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

const std::string kTypes =
    "(8 etypes {aes256-cts-hmac-sha1-96(18), aes128-cts-hmac-sha1-96(17), "
    "aes256-cts-hmac-sha384-192(20), aes128-cts-hmac-sha256-128(19), DEPRECATED:des3-cbc-sha1(16), "
    "DEPRECATED:arcfour-hmac(23), camellia128-cts-cmac(25), camellia256-cts-cmac(26)}) ";
const std::string kGiven =
    "authtime 1795960664, etypes {rep=aes256-cts-hmac-sha1-96(18), "
    "tkt=aes256-cts-hmac-sha1-96(18), ses=aes256-cts-hmac-sha1-96(18)}, ";
const std::string kTgt = " for krbtgt/EXAMPLE.ORG@EXAMPLE.ORG";

Parsed parse_kdc(const std::string& message) { return parse_as("krb5kdc[200]", message); }

void check_names(const Parsed& parsed, const std::string& principal, const std::string& service) {
  CHECK(parsed["user.kerberos.principal"] == principal);
  CHECK(parsed["kerberos.service"] == service);
  CHECK_FALSE(parsed.has("user.name"));
  CHECK_FALSE(parsed.has("event.ambiguous"));
}

}  // namespace

TEST_CASE("krb5kdc: a first ticket, and why there was none", "[auth][kdc]") {
  const Parsed given =
      parse_kdc("AS_REQ " + kTypes + "127.0.0.1: ISSUE: " + kGiven + "ann@EXAMPLE.ORG" + kTgt);
  CHECK(given["event.action"] == "kerberos-login");
  CHECK(given["event.outcome"] == "success");
  CHECK(given["source.ip"] == "127.0.0.1");
  CHECK_FALSE(given.has("event.reason"));
  check_names(given, "ann@EXAMPLE.ORG", "krbtgt/EXAMPLE.ORG@EXAMPLE.ORG");
  const Parsed asked = parse_kdc("AS_REQ " + kTypes + "127.0.0.1: NEEDED_PREAUTH: ann@EXAMPLE.ORG" +
                                 kTgt + ", Additional pre-authentication required");
  CHECK(asked["event.outcome"] == "unknown");
  check_names(asked, "ann@EXAMPLE.ORG", "krbtgt/EXAMPLE.ORG@EXAMPLE.ORG");
  const Parsed wrong = parse_kdc("AS_REQ " + kTypes + "127.0.0.1: PREAUTH_FAILED: ann@EXAMPLE.ORG" +
                                 kTgt + ", Preauthentication failed");
  CHECK(wrong["event.action"] == "kerberos-login");
  CHECK(wrong["event.outcome"] == "failure");
  CHECK(wrong["event.reason"] == "PREAUTH_FAILED");
  check_names(wrong, "ann@EXAMPLE.ORG", "krbtgt/EXAMPLE.ORG@EXAMPLE.ORG");
  const Parsed expired =
      parse_kdc("AS_REQ " + kTypes + "127.0.0.1: CLIENT EXPIRED: carol@EXAMPLE.ORG" + kTgt +
                ", Client's entry in database has expired");
  CHECK(expired["event.outcome"] == "failure");
  CHECK(expired["event.reason"] == "CLIENT EXPIRED");
  check_names(expired, "carol@EXAMPLE.ORG", "krbtgt/EXAMPLE.ORG@EXAMPLE.ORG");
}

TEST_CASE("krb5kdc: a ticket for a service", "[auth][kdc]") {
  const Parsed given = parse_kdc("TGS_REQ " + kTypes + "127.0.0.1: ISSUE: " + kGiven +
                                 "ann@OTHER.EXAMPLE for host/rec.example.org@EXAMPLE.ORG");
  CHECK(given["event.action"] == "kerberos-ticket");
  CHECK(given["event.outcome"] == "success");
  check_names(given, "ann@OTHER.EXAMPLE", "host/rec.example.org@EXAMPLE.ORG");
  const Parsed refused = parse_kdc(
      "TGS_REQ (1 etypes {aes256-cts-hmac-sha1-96(18)}) 127.0.0.1: TGT NOT FORWARDABLE: authtime "
      "0, "
      "etypes {rep=UNSUPPORTED:(0)} ann@EXAMPLE.ORG for krbtgt/EXAMPLE.ORG@EXAMPLE.ORG, KDC can't "
      "fulfill requested option");
  CHECK(refused["event.action"] == "kerberos-ticket");
  CHECK(refused["event.outcome"] == "failure");
  CHECK(refused["event.reason"] == "TGT NOT FORWARDABLE");
  check_names(refused, "ann@EXAMPLE.ORG", "krbtgt/EXAMPLE.ORG@EXAMPLE.ORG");
}

TEST_CASE("krb5kdc: a name that imitates the line changes neither address nor outcome",
          "[auth][kdc]") {
  const Parsed parsed =
      parse_kdc("AS_REQ " + kTypes +
                "127.0.0.1: CLIENT_NOT_FOUND: x}) 127.9.9.9: ISSUE: authtime 1, etypes {rep=x}, "
                "root@EXAMPLE.ORG" +
                kTgt + ", Client not found in Kerberos database");
  CHECK(parsed["event.outcome"] == "failure");
  CHECK(parsed["event.reason"] == "CLIENT_NOT_FOUND");
  CHECK(parsed["source.ip"] == "127.0.0.1");
  check_names(parsed, "x}) 127.9.9.9: ISSUE: authtime 1, etypes {rep=x}, root@EXAMPLE.ORG",
              "krbtgt/EXAMPLE.ORG@EXAMPLE.ORG");
  // Which of both " for " parts the names, nobody can tell.
  const Parsed two = parse_kdc("AS_REQ " + kTypes + "127.0.0.1: ISSUE: " + kGiven +
                               "eve for root from 127.9.9.9 port 22 ssh2@EXAMPLE.ORG" + kTgt);
  CHECK(two["event.ambiguous"] == "true");
  CHECK(two["event.outcome"] == "success");
  CHECK(two["source.ip"] == "127.0.0.1");
  CHECK_FALSE(two.has("user.kerberos.principal"));
  CHECK_FALSE(two.has("kerberos.service"));
}

TEST_CASE("krb5kdc: what is no request means nothing, a cut one no more than it says",
          "[auth][kdc]") {
  for (const std::string message :
       {"commencing operation",
        "preauth (encrypted_timestamp) verify failure: Preauthentication failed",
        "AS_REQ (8 etypes {18}) nowhere: ISSUE: x", "AS_REQ (8 etypes {18}) 127.0.0.1: ISSUE",
        "AS_REQ (", "TGS_REQ (1 etypes {18}", "AS_REQ 127.0.0.1: ISSUE: a for b"}) {
    INFO(message);
    CHECK_FALSE(parse_kdc(message).has("event.action"));
  }
  for (const std::string rest :
       {"", "authtime", "authtime 1", "authtime 1, etypes {rep=", "ann@E"}) {
    INFO(rest);
    const Parsed parsed = parse_kdc("AS_REQ (1 etypes {18}) 127.0.0.1: ISSUE: " + rest);
    CHECK(parsed["event.action"] == "kerberos-login");
    CHECK_FALSE(parsed.has("user.kerberos.principal"));
  }
  const Parsed unknown = parse_kdc(
      "AS_REQ (1 etypes {18}) 2001:db8::1: LOOKING_UP_CLIENT: <unknown client> for <unknown "
      "server>, Client not found");
  CHECK(unknown["source.ip"] == "2001:db8::1");
  CHECK_FALSE(unknown.has("user.kerberos.principal"));
}

}  // namespace auditship::test
