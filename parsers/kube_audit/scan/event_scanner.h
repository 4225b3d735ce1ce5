// KubeEvent: one audit.k8s.io event taken apart into slices of its line, nothing interpreted yet.
// read_kube_event() checks the text strictly; document_writer.h and ecs_fields.h make a Record of
// it. Slices are borrowed from the text. Reused between lines so that nothing allocates. Not
// thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parsers/json/json_scan.h"

namespace auditship::parsers::kube_audit::scan {

// The members that an Event may have, in the order that kube-apiserver writes them.
enum class KubeKey : std::uint8_t {
  kind,
  api_version,
  metadata,
  level,
  timestamp,
  audit_id,
  stage,
  request_uri,
  verb,
  user,
  impersonated_user,
  authentication_metadata,
  source_ips,
  user_agent,
  object_ref,
  response_status,
  request_object,
  response_object,
  received,
  staged,
  annotations,
  unknown,
};
inline constexpr std::size_t kKubeKeys = static_cast<std::size_t>(KubeKey::unknown);

// What a credential is bound to, in user.extra.
inline constexpr std::string_view kBoundPrefix = "authentication.kubernetes.io/";

struct KubeMember {
  // "key":value as in the line.
  std::string_view whole;
  // The key, without quotes, as written.
  std::string_view name;
  json::JsonValue value;
  KubeKey key = KubeKey::unknown;
  // Whether it is of the expected shape and may be copied.
  bool plain = true;
};

struct KubePerson {
  json::JsonValue username, uid, groups, extra;
};

struct KubeObjectRef {
  json::JsonValue resource, ns, name, uid, api_group, api_version, resource_version, subresource;
};

struct KubeStatus {
  json::JsonValue metadata, status, message, reason, details, code;
};

struct KubeEvent {
  // In the line's order; duplicates are not in it.
  std::vector<KubeMember> members;
  // Places in members, from 1 on; 0: the key is not there.
  std::array<std::uint8_t, kKubeKeys> places{};
  KubePerson user, impersonated;
  KubeObjectRef ref;
  KubeStatus status;
  // Of these three lists, strings only.
  std::vector<json::JsonValue> groups, source_ips;
  std::vector<std::pair<json::JsonValue, json::JsonValue>> annotations;
  // Of user.extra: the members whose names begin with kBoundPrefix.
  std::vector<std::pair<json::JsonValue, json::JsonValue>> bound;
  // user.extra has no others.
  bool only_bound = true;
  // Members that fit nowhere, as JSON members: "path":value,…
  std::string odd;
  bool duplicate_key = false;
  // Whether odd members were left out for their size.
  bool odd_overflow = false;

  [[nodiscard]] const json::JsonValue& operator[](KubeKey key) const {
    static constexpr json::JsonValue kAbsent{};
    const std::size_t place = places[static_cast<std::size_t>(key)];
    return place == 0 ? kAbsent : members[place - 1].value;
  }
  [[nodiscard]] bool has(KubeKey key) const { return places[static_cast<std::size_t>(key)] != 0; }
};

// Takes apart the object at the start of text. Returns the bytes it spans, or 0 when text does not
// start with a JSON object that is whole and valid, or when that is not an audit event.
[[nodiscard]] std::size_t read_kube_event(std::string_view text, KubeEvent& event);

}  // namespace auditship::parsers::kube_audit::scan
