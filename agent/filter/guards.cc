#include "agent/filter/guards.h"

#include <algorithm>
#include <bit>

#include "agent/base/result.h"

namespace auditship::filter {
namespace {

constexpr std::string_view kRbacGroup = "rbac.authorization.k8s.io";

bool is_session(std::string_view resource, std::string_view subresource) {
  if (subresource == "proxy") {
    return true;  // pods, services, nodes, and whatever an aggregated server offers
  }
  return resource == "pods" &&
         (subresource == "exec" || subresource == "attach" || subresource == "portforward" ||
          subresource == "ephemeralcontainers");
}

bool is_anonymous(const event::KubeAttributes& kube) {
  return kube.user == "system:anonymous" ||
         std::find(kube.groups.begin(), kube.groups.end(), "system:unauthenticated") !=
             kube.groups.end();
}

}  // namespace

std::optional<Guard> guard_by_name(std::string_view name) {
  for (std::size_t i = 0; i < kGuardCount; ++i) {
    if (kGuardNames[i] == name) {
      return static_cast<Guard>(i);
    }
  }
  return std::nullopt;
}

Guard first_guard(GuardSet set) {
  AUDITSHIP_CHECK(set != 0, "first_guard of an empty set");
  return static_cast<Guard>(std::countr_zero(set));
}

bool is_known_robot(std::string_view user) { return user.starts_with("system:"); }

bool is_read_verb(std::string_view verb) {
  return verb == "get" || verb == "list" || verb == "watch";
}

bool is_delete_verb(std::string_view verb) {
  return verb == "delete" || verb == "deletecollection";
}

GuardSet guards_of_resource(std::string_view group, std::string_view resource,
                            std::string_view subresource) {
  GuardSet set = 0;
  if (group.empty() &&
      (resource == "secrets" || (resource == "serviceaccounts" && subresource == "token"))) {
    set |= guard_bit(Guard::secrets);
  }
  if (is_session(resource, subresource)) {
    set |= guard_bit(Guard::sessions);
  }
  if (resource == "certificatesigningrequests" && subresource == "approval") {
    set |= guard_bit(Guard::csr_approval);
  }
  if (group == "admissionregistration.k8s.io") {
    set |= guard_bit(Guard::admission);
  }
  return set;
}

GuardSet guards_of(const event::KubeAttributes& kube) {
  if (!kube.present) {
    return 0;
  }
  GuardSet set = 0;
  if (kube.has_object_ref) {
    set |= guards_of_resource(kube.api_group, kube.resource, kube.subresource);
    if (kube.api_group == kRbacGroup && !is_read_verb(kube.verb)) {
      set |= guard_bit(Guard::rbac_writes);
    }
    if (is_anonymous(kube)) {
      set |= guard_bit(Guard::anonymous);
    }
  }
  if (!kube.impersonated_user.empty()) {
    set |= guard_bit(Guard::impersonation);
  }
  if (kube.code == 401 || kube.code == 403 || kube.decision == "forbid") {
    set |= guard_bit(Guard::denied);
  }
  if (kube.stage == "Panic" || kube.code >= 500) {
    set |= guard_bit(Guard::failures);
  }
  if (!is_known_robot(kube.user)) {
    set |= guard_bit(Guard::unknown_names);
    if (is_delete_verb(kube.verb)) {
      set |= guard_bit(Guard::person_deletes);
    }
  }
  return set;
}

}  // namespace auditship::filter
