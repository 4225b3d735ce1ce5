#include "parsers/kube_audit/bound_fields.h"

#include <algorithm>
#include <array>
#include <utility>

namespace auditship::parsers::kube_audit {

std::string_view bound_field(std::string_view member) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFields = {{
      {"credential-id", "user.credential.id"},
      {"pod-name", "user.pod.name"},
      {"pod-uid", "user.pod.uid"},
      {"node-name", "user.node.name"},
      {"node-uid", "user.node.uid"},
  }};
  if (!member.starts_with(scan::kBoundPrefix)) {
    return {};
  }
  member.remove_prefix(scan::kBoundPrefix.size());
  for (const auto& [name, field] : kFields) {
    if (name == member) {
      return field;
    }
  }
  return {};
}

bool extra_stands_in_fields(const scan::KubeEvent& event, std::size_t max_string_bytes) {
  if (event.user.extra.kind != json::JsonKind::object || !event.user.extra.present() ||
      !event.only_bound) {
    return false;
  }
  const auto& bound = event.bound;
  return std::all_of(bound.begin(), bound.end(), [&](const auto& member) {
    const auto& [key, value] = member;
    const auto same = [&key = key](const auto& other) {
      return other.first.inner() == key.inner();
    };
    return !bound_field(key.inner()).empty() && value.kind == json::JsonKind::array &&
           value.longest > 0 && value.longest <= max_string_bytes &&
           value.raw.size() == value.longest + kAroundOne &&
           std::count_if(bound.begin(), bound.end(), same) == 1;
  });
}

}  // namespace auditship::parsers::kube_audit
