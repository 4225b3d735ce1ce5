// Guards: the named classes of Kubernetes audit events that no rule may drop by accident.
//
// They are asked about the event itself, before any rule can take it away. A rule lifts one for
// itself with `allow_hiding`; a rule file narrows one with `guards:` and a reason.
// docs/configuration.md has the table. Stateless functions; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/event/event.h"

namespace auditship::filter {

// In the order in which they are reported where several cover one event.
enum class Guard : std::uint8_t {
  secrets,         // any access to secrets, and serviceaccounts/token
  sessions,        // pods/exec, attach, portforward, ephemeralcontainers, and */proxy
  rbac_writes,     // rbac.authorization.k8s.io, every verb but get, list, watch
  csr_approval,    // certificatesigningrequests/approval
  admission,       // admissionregistration.k8s.io
  impersonation,   // someone acted with the rights of another
  denied,          // 401, 403, or the authorizer said forbid
  anonymous,       // nobody in particular asked for a resource
  failures,        // Panic, or a code of 500 and above
  person_deletes,  // delete and deletecollection by a name that is no robot's
  unknown_names,   // anything by a name that is no robot's
};
inline constexpr std::size_t kGuardCount = 11;
inline constexpr std::array<std::string_view, kGuardCount> kGuardNames = {
    "secrets", "sessions",  "rbac-writes", "csr-approval",   "admission",    "impersonation",
    "denied",  "anonymous", "failures",    "person-deletes", "unknown-names"};

// A set of guards, one bit each.
using GuardSet = std::uint16_t;
[[nodiscard]] constexpr GuardSet guard_bit(Guard guard) {
  return static_cast<GuardSet>(1U << static_cast<unsigned>(guard));
}

[[nodiscard]] constexpr std::string_view guard_name(Guard guard) {
  return kGuardNames[static_cast<std::size_t>(guard)];
}
[[nodiscard]] std::optional<Guard> guard_by_name(std::string_view name);

// The first guard of a set in the order above; set must not be empty.
[[nodiscard]] Guard first_guard(GuardSet set);

// A robot that the cluster itself named: system: users, service accounts, nodes.
[[nodiscard]] bool is_known_robot(std::string_view user);

// Every guard that covers the event. Empty for a record that is not a Kubernetes audit event.
[[nodiscard]] GuardSet guards_of(const event::KubeAttributes& kube);

// What guards look at in a resource, asked by name: shared by guards_of and by the proof that a
// rule hides a guarded class. Without rbac-writes, which depends on the verb. All three are exact.
[[nodiscard]] GuardSet guards_of_resource(std::string_view group, std::string_view resource,
                                          std::string_view subresource);
[[nodiscard]] bool is_read_verb(std::string_view verb);
[[nodiscard]] bool is_delete_verb(std::string_view verb);

}  // namespace auditship::filter
