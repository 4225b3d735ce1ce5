#include "agent/filter/guards.h"

#include <string>
#include <utility>

#include "tests/support/catch.h"

namespace auditship {
namespace {

event::KubeAttributes robot_reads() {
  event::KubeAttributes kube;
  kube.present = kube.has_user = kube.has_object_ref = true;
  kube.stage = "ResponseComplete";
  kube.verb = "get";
  kube.user = "system:serviceaccount:a:b";
  kube.resource = "configmaps";
  kube.code = 200;
  return kube;
}

event::KubeAttributes on(std::string_view verb, std::string_view group, std::string_view resource,
                         std::string_view subresource = {}) {
  event::KubeAttributes kube = robot_reads();
  kube.verb = verb;
  kube.api_group = group;
  kube.resource = resource;
  kube.subresource = subresource;
  return kube;
}

bool covers(filter::Guard guard, const event::KubeAttributes& kube) {
  return (filter::guards_of(kube) & filter::guard_bit(guard)) != 0;
}

TEST_CASE("a robot's plain read is covered by no guard", "[filter]") {
  CHECK(filter::guards_of(robot_reads()) == 0);
}

TEST_CASE("a record that is no audit event is covered by no guard", "[filter]") {
  CHECK(filter::guards_of(event::KubeAttributes{}) == 0);
}

TEST_CASE("secrets and service account tokens are guarded", "[filter]") {
  CHECK(covers(filter::Guard::secrets, on("watch", "", "secrets")));
  CHECK(covers(filter::Guard::secrets, on("create", "", "serviceaccounts", "token")));
  CHECK_FALSE(covers(filter::Guard::secrets, on("get", "", "serviceaccounts")));
  CHECK_FALSE(covers(filter::Guard::secrets, on("get", "example.com", "secrets")));
}

TEST_CASE("every way into a pod is guarded whatever its verb", "[filter]") {
  for (const char* verb : {"get", "create"}) {
    for (const char* way : {"exec", "attach", "portforward", "ephemeralcontainers", "proxy"}) {
      CHECK(covers(filter::Guard::sessions, on(verb, "", "pods", way)));
    }
  }
  CHECK(covers(filter::Guard::sessions, on("get", "", "nodes", "proxy")));
  CHECK(covers(filter::Guard::sessions, on("get", "", "services", "proxy")));
  CHECK_FALSE(covers(filter::Guard::sessions, on("get", "", "pods", "log")));
  CHECK_FALSE(covers(filter::Guard::sessions, on("get", "", "pods")));
}

TEST_CASE("RBAC writes are guarded and reads are not, and an empty verb is a write", "[filter]") {
  constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
  CHECK(covers(filter::Guard::rbac_writes, on("create", kRbac, "clusterrolebindings")));
  CHECK(covers(filter::Guard::rbac_writes, on("", kRbac, "roles")));
  CHECK_FALSE(covers(filter::Guard::rbac_writes, on("watch", kRbac, "roles")));
}

TEST_CASE("approvals and admission registration are guarded", "[filter]") {
  CHECK(covers(filter::Guard::csr_approval,
               on("update", "certificates.k8s.io", "certificatesigningrequests", "approval")));
  CHECK_FALSE(covers(filter::Guard::csr_approval,
                     on("get", "certificates.k8s.io", "certificatesigningrequests")));
  CHECK(covers(filter::Guard::admission,
               on("patch", "admissionregistration.k8s.io", "validatingwebhookconfigurations")));
}

TEST_CASE("impersonation, denials, anonymous access and failures are guarded", "[filter]") {
  event::KubeAttributes kube = robot_reads();
  kube.impersonated_user = "system:admin";
  CHECK(covers(filter::Guard::impersonation, kube));
  for (const auto& [code, denied] :
       {std::pair(401, true), {403, true}, {404, false}, {200, false}}) {
    kube = robot_reads();
    kube.code = code;
    CHECK(covers(filter::Guard::denied, kube) == denied);
  }
  kube = robot_reads();
  kube.decision = "forbid";
  CHECK(covers(filter::Guard::denied, kube));
  kube = robot_reads();
  kube.user = "system:anonymous";
  CHECK(covers(filter::Guard::anonymous, kube));
  kube.has_object_ref = false;
  CHECK_FALSE(covers(filter::Guard::anonymous, kube));
  kube = robot_reads();
  kube.code = 500;
  CHECK(covers(filter::Guard::failures, kube));
  kube.code = 499;
  CHECK_FALSE(covers(filter::Guard::failures, kube));
  kube.stage = "Panic";
  CHECK(covers(filter::Guard::failures, kube));
}

TEST_CASE("names that the cluster did not give are no robots", "[filter]") {
  for (const char* name : {"anna@example.com", "", "System:admin", "system", "oidc:system:x"}) {
    event::KubeAttributes kube = robot_reads();
    kube.user = name;
    INFO(name);
    CHECK(covers(filter::Guard::unknown_names, kube));
    CHECK_FALSE(covers(filter::Guard::person_deletes, kube));
    kube.verb = "deletecollection";
    CHECK(covers(filter::Guard::person_deletes, kube));
  }
  event::KubeAttributes kube = robot_reads();
  kube.verb = "delete";
  CHECK_FALSE(covers(filter::Guard::person_deletes, kube));
}

TEST_CASE("each guard has a name that leads back to it", "[filter]") {
  for (std::size_t i = 0; i < filter::kGuardCount; ++i) {
    const auto guard = static_cast<filter::Guard>(i);
    CHECK(filter::guard_by_name(filter::guard_name(guard)) == guard);
    CHECK(filter::first_guard(filter::guard_bit(guard)) == guard);
  }
  CHECK_FALSE(filter::guard_by_name("secret").has_value());
}

}  // namespace
}  // namespace auditship
