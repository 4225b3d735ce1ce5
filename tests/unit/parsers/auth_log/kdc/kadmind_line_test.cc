// Lines of kadmind, as recorded, and names that imitate the rest of them.
#include "parsers/auth_log/kdc/kadmind_line.h"

#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

const std::string kAdmin =
    ", client=ann/admin@EXAMPLE.ORG, service=kadmin/admin@EXAMPLE.ORG, addr=127.0.0.1";

Parsed parse_kadmind(const std::string& message) { return parse_as("kadmind[1110]", message); }

void check(const std::string& message, const std::string& action, const std::string& outcome,
           const std::string& target) {
  INFO(message);
  const Parsed parsed = parse_kadmind(message);
  CHECK(parsed["event.action"] == action);
  CHECK(parsed["event.outcome"] == outcome);
  CHECK(parsed["user.target.name"] == target);
  CHECK(parsed["source.ip"] == "127.0.0.1");
  CHECK(parsed["user.kerberos.principal"] == "ann/admin@EXAMPLE.ORG");
}

}  // namespace

TEST_CASE("kadmind: what an administrator did to whom", "[auth][kdc]") {
  check("Request: kadm5_create_principal, frank@EXAMPLE.ORG, success" + kAdmin, "user-created",
        "success", "frank@EXAMPLE.ORG");
  check("Request: kadm5_chpass_principal, frank@EXAMPLE.ORG, success" + kAdmin, "password-changed",
        "success", "frank@EXAMPLE.ORG");
  check("Request: kadm5_modify_principal, frank@EXAMPLE.ORG, success" + kAdmin, "user-modified",
        "success", "frank@EXAMPLE.ORG");
  check("Request: kadm5_delete_principal, frank@EXAMPLE.ORG, success" + kAdmin, "user-deleted",
        "success", "frank@EXAMPLE.ORG");
  check("Request: kadm5_delete_principal, frank@EXAMPLE.ORG, Principal does not exist" + kAdmin,
        "user-deleted", "failure", "frank@EXAMPLE.ORG");
  check("Request: kadm5_init, ann/admin@EXAMPLE.ORG, success" + kAdmin + ", vers=4, flavor=6",
        "kerberos-admin", "success", "");
  check("Request: kadm5_get_policy, default, Policy does not exist" + kAdmin, "kerberos-admin",
        "failure", "");
  const Parsed denied = parse_kadmind(
      "Unauthorized request: kadm5_create_principal, mallory@EXAMPLE.ORG, client=ann@EXAMPLE.ORG, "
      "service=kadmin/admin@EXAMPLE.ORG, addr=127.0.0.1");
  CHECK(denied["event.action"] == "user-created");
  CHECK(denied["event.outcome"] == "failure");
  CHECK(denied["event.reason"] == "unauthorized");
  CHECK(denied["user.target.name"] == "mallory@EXAMPLE.ORG");
  CHECK(denied["user.kerberos.principal"] == "ann@EXAMPLE.ORG");
  CHECK(denied["kerberos.request"] == "kadm5_create_principal");
}

TEST_CASE("kadmind: one's own password", "[auth][kdc]") {
  const Parsed changed = parse_kadmind("chpw request from 127.0.0.1 for erin@EXAMPLE.ORG: success");
  CHECK(changed["event.action"] == "password-changed");
  CHECK(changed["event.outcome"] == "success");
  CHECK(changed["source.ip"] == "127.0.0.1");
  CHECK(changed["user.kerberos.principal"] == "erin@EXAMPLE.ORG");
  const Parsed weak =
      parse_kadmind("chpw request from 127.0.0.1 for erin@EXAMPLE.ORG: Password is too short");
  CHECK(weak["event.outcome"] == "failure");
  CHECK(weak["event.reason"] == "Password is too short");
}

TEST_CASE("kadmind: a principal that imitates the line changes neither client nor result",
          "[auth][kdc]") {
  const std::string name =
      "x, success, client=root/admin@EXAMPLE.ORG, service=kadmin/admin@EXAMPLE.ORG, addr=127.9.9.9";
  check("Request: kadm5_delete_principal, " + name + ", Principal does not exist" + kAdmin,
        "user-deleted", "failure", name);
  check("Unauthorized request: kadm5_create_principal, " + name + kAdmin, "user-created", "failure",
        name);
  for (const std::string message :
       {"starting", "Request: ", "Request: kadm5_init", "Request: a, b", "Request: a, client=b",
        "Unauthorized request: a, service=b, client=c, addr=d", "chpw request from nobody for a: b",
        "chpw request from 127.0.0.1 for a", "chpw request from 127.0.0.1"}) {
    INFO(message);
    CHECK_FALSE(parse_kadmind(message).has("event.action"));
  }
}

}  // namespace auditship::test
