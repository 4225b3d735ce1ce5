#include <string>
#include <utility>

#include "agent/filter/guards.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

KubeAttributes robot_reads() {
  KubeAttributes kube;
  kube.present = kube.has_user = kube.has_object_ref = true;
  kube.stage = "ResponseComplete";
  kube.verb = "get";
  kube.user = "system:serviceaccount:a:b";
  kube.resource = "configmaps";
  kube.code = 200;
  return kube;
}

KubeAttributes on(std::string_view verb, std::string_view group, std::string_view resource,
                  std::string_view subresource = {}) {
  KubeAttributes kube = robot_reads();
  kube.verb = verb;
  kube.api_group = group;
  kube.resource = resource;
  kube.subresource = subresource;
  return kube;
}

bool covers(Guard guard, const KubeAttributes& kube) {
  return (guards_of(kube) & guard_bit(guard)) != 0;
}

TEST_CASE("a robot's plain read is covered by no guard", "[filter]") {
  CHECK(guards_of(robot_reads()) == 0);
}

TEST_CASE("a record that is no audit event is covered by no guard", "[filter]") {
  CHECK(guards_of(KubeAttributes{}) == 0);
}

TEST_CASE("secrets and service account tokens are guarded", "[filter]") {
  CHECK(covers(Guard::secrets, on("watch", "", "secrets")));
  CHECK(covers(Guard::secrets, on("create", "", "serviceaccounts", "token")));
  CHECK_FALSE(covers(Guard::secrets, on("get", "", "serviceaccounts")));
  CHECK_FALSE(covers(Guard::secrets, on("get", "example.com", "secrets")));
}

TEST_CASE("every way into a pod is guarded whatever its verb", "[filter]") {
  for (const char* verb : {"get", "create"}) {
    for (const char* way : {"exec", "attach", "portforward", "ephemeralcontainers", "proxy"}) {
      CHECK(covers(Guard::sessions, on(verb, "", "pods", way)));
    }
  }
  CHECK(covers(Guard::sessions, on("get", "", "nodes", "proxy")));
  CHECK(covers(Guard::sessions, on("get", "", "services", "proxy")));
  CHECK_FALSE(covers(Guard::sessions, on("get", "", "pods", "log")));
  CHECK_FALSE(covers(Guard::sessions, on("get", "", "pods")));
}

TEST_CASE("RBAC writes are guarded and reads are not, and an empty verb is a write", "[filter]") {
  constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
  CHECK(covers(Guard::rbac_writes, on("create", kRbac, "clusterrolebindings")));
  CHECK(covers(Guard::rbac_writes, on("", kRbac, "roles")));
  CHECK_FALSE(covers(Guard::rbac_writes, on("watch", kRbac, "roles")));
}

TEST_CASE("approvals and admission registration are guarded", "[filter]") {
  CHECK(covers(Guard::csr_approval,
               on("update", "certificates.k8s.io", "certificatesigningrequests", "approval")));
  CHECK_FALSE(
      covers(Guard::csr_approval, on("get", "certificates.k8s.io", "certificatesigningrequests")));
  CHECK(covers(Guard::admission,
               on("patch", "admissionregistration.k8s.io", "validatingwebhookconfigurations")));
}

TEST_CASE("impersonation, denials, anonymous access and failures are guarded", "[filter]") {
  KubeAttributes kube = robot_reads();
  kube.impersonated_user = "system:admin";
  CHECK(covers(Guard::impersonation, kube));
  for (const auto& [code, denied] :
       {std::pair(401, true), {403, true}, {404, false}, {200, false}}) {
    kube = robot_reads();
    kube.code = code;
    CHECK(covers(Guard::denied, kube) == denied);
  }
  kube = robot_reads();
  kube.decision = "forbid";
  CHECK(covers(Guard::denied, kube));
  kube = robot_reads();
  kube.user = "system:anonymous";
  CHECK(covers(Guard::anonymous, kube));
  kube.has_object_ref = false;
  CHECK_FALSE(covers(Guard::anonymous, kube));
  kube = robot_reads();
  kube.code = 500;
  CHECK(covers(Guard::failures, kube));
  kube.code = 499;
  CHECK_FALSE(covers(Guard::failures, kube));
  kube.stage = "Panic";
  CHECK(covers(Guard::failures, kube));
}

TEST_CASE("names that the cluster did not give are no robots", "[filter]") {
  for (const char* name : {"anna@example.com", "", "System:admin", "system", "oidc:system:x"}) {
    KubeAttributes kube = robot_reads();
    kube.user = name;
    INFO(name);
    CHECK(covers(Guard::unknown_names, kube));
    CHECK_FALSE(covers(Guard::person_deletes, kube));
    kube.verb = "deletecollection";
    CHECK(covers(Guard::person_deletes, kube));
  }
  KubeAttributes kube = robot_reads();
  kube.verb = "delete";
  CHECK_FALSE(covers(Guard::person_deletes, kube));
}

TEST_CASE("each guard has a name that leads back to it", "[filter]") {
  for (std::size_t i = 0; i < kGuardCount; ++i) {
    const auto guard = static_cast<Guard>(i);
    CHECK(guard_by_name(guard_name(guard)) == guard);
    CHECK(first_guard(guard_bit(guard)) == guard);
  }
  CHECK_FALSE(guard_by_name("secret").has_value());
}

}  // namespace
}  // namespace auditship
