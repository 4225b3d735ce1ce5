// The names in an audit event: its members, and those of its objects of known shape, in the order
// in which kube-apiserver writes them. For event_scanner.cc. Stateless; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "parsers/kube_audit/scan/event_scanner.h"

namespace auditship::parsers::kube_audit::scan {

inline constexpr std::array<std::string_view, kKubeKeys> kKubeNames = {
    "kind",
    "apiVersion",
    "metadata",
    "level",
    "timestamp",
    "auditID",
    "stage",
    "requestURI",
    "verb",
    "user",
    "impersonatedUser",
    "authenticationMetadata",
    "sourceIPs",
    "userAgent",
    "objectRef",
    "responseStatus",
    "requestObject",
    "responseObject",
    "requestReceivedTimestamp",
    "stageTimestamp",
    "annotations",
};

// name == text, without a call: names are short.
inline bool same_name(std::string_view name, std::string_view text) {
  if (name.size() != text.size()) {
    return false;
  }
  std::size_t at = 0;
  const auto differ = [&]<typename Word>(Word) {
    Word a = 0;
    Word b = 0;
    std::memcpy(&a, name.data() + at, sizeof a);
    std::memcpy(&b, text.data() + at, sizeof b);
    return a != b;
  };
  for (; at + 8 <= name.size(); at += 8) {
    if (differ(std::uint64_t{})) {
      return false;
    }
  }
  for (; at + 2 <= name.size(); at += 2) {
    if (differ(std::uint16_t{})) {
      return false;
    }
  }
  return at == name.size() || name[at] == text[at];
}

// Members come in the order of kKubeNames, so the search begins behind the last hit.
inline KubeKey find_key(std::string_view name, std::size_t& hint) {
  std::size_t at = hint;
  for (std::size_t i = 0; i < kKubeKeys; ++i) {
    const std::size_t next = at + 1 == kKubeKeys ? 0 : at + 1;
    if (same_name(kKubeNames[at], name)) {
      hint = next;
      return static_cast<KubeKey>(at);
    }
    at = next;
  }
  return KubeKey::unknown;
}

enum class Shape : std::uint8_t { string, number, strings, tree, extra };

// A member of an object of known shape, and where its value goes.
template <typename Owner>
struct Slot {
  std::string_view name;
  json::JsonValue Owner::*value;
  Shape shape = Shape::string;
};

inline constexpr std::array<Slot<KubePerson>, 4> kPersonSlots = {
    {{"username", &KubePerson::username},
     {"uid", &KubePerson::uid},
     {"groups", &KubePerson::groups, Shape::strings},
     {"extra", &KubePerson::extra, Shape::extra}}};

inline constexpr std::array<Slot<KubeObjectRef>, 8> kObjectRefSlots = {
    {{"resource", &KubeObjectRef::resource},
     {"namespace", &KubeObjectRef::ns},
     {"name", &KubeObjectRef::name},
     {"uid", &KubeObjectRef::uid},
     {"apiGroup", &KubeObjectRef::api_group},
     {"apiVersion", &KubeObjectRef::api_version},
     {"resourceVersion", &KubeObjectRef::resource_version},
     {"subresource", &KubeObjectRef::subresource}}};

inline constexpr std::array<Slot<KubeStatus>, 6> kStatusSlots = {
    {{"metadata", &KubeStatus::metadata, Shape::tree},
     {"status", &KubeStatus::status},
     {"message", &KubeStatus::message},
     {"reason", &KubeStatus::reason},
     {"details", &KubeStatus::details, Shape::tree},
     {"code", &KubeStatus::code, Shape::number}}};

}  // namespace auditship::parsers::kube_audit::scan
