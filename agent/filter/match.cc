#include "agent/filter/match.h"

#include <algorithm>
#include <cstring>

#include "agent/base/glob.h"

namespace auditship::filter {
namespace {

constexpr std::size_t kLinearSearch = 8;
constexpr std::size_t kGlobTextLimit = 4096;  // more of a text than this is not looked at

bool any_glob(const std::vector<std::string>& globs, std::string_view text) {
  return std::any_of(globs.begin(), globs.end(),
                     [text](const std::string& glob) { return glob_match(glob, text); });
}

// As k8s.io/apiserver ruleMatchesResource: combined is RESOURCE or RESOURCE/SUBRESOURCE.
bool resource_text_matches(std::string_view pattern, std::string_view resource,
                           std::string_view subresource) {
  if (pattern == "*") {
    return true;
  }
  if (subresource.empty() ? pattern == resource
                          : pattern.size() == resource.size() + 1 + subresource.size() &&
                                pattern.starts_with(resource) && pattern[resource.size()] == '/' &&
                                pattern.ends_with(subresource)) {
    return true;
  }
  if (!subresource.empty() && pattern.starts_with("*/") && pattern.substr(2) == subresource) {
    return true;
  }
  return pattern.ends_with("/*") && pattern.substr(0, pattern.size() - 2) == resource;
}

// Days since 1970-01-01 (a Thursday) to 0 = Monday.
unsigned weekday_of(std::int64_t days) { return static_cast<unsigned>(((days + 3) % 7 + 7) % 7); }

bool in_window(const TimeWindow& window, unsigned weekday, std::uint16_t minute) {
  const auto day_has = [&window](unsigned day) { return (window.days >> day & 1U) != 0; };
  if (window.from_minute < window.to_minute) {
    return day_has(weekday) && minute >= window.from_minute && minute < window.to_minute;
  }
  return (day_has(weekday) && minute >= window.from_minute) ||
         (day_has((weekday + 6) % 7) && minute < window.to_minute);
}

}  // namespace

StringSet::StringSet(std::vector<std::string> values) : values_(std::move(values)) {
  std::sort(values_.begin(), values_.end());
}

bool StringSet::has(std::string_view text) const {
  if (values_.size() > kLinearSearch) {
    return std::binary_search(values_.begin(), values_.end(), text, std::less<>());
  }
  return std::any_of(values_.begin(), values_.end(),
                     [text](const std::string& value) { return value == text; });
}

RuleMatch::RuleMatch(const MatchSpec& spec)
    : users_(spec.users),
      user_groups_(spec.user_groups),
      verbs_(spec.verbs),
      namespaces_(spec.namespaces),
      paths_(spec.non_resource_urls),
      own_(spec) {
  for (const ResourceSpec& resource : spec.resources) {
    resources_.push_back(
        Resource{resource.group, resource.resources, StringSet(resource.resource_names)});
  }
  asks_policy_ = !users_.empty() || !user_groups_.empty() || !verbs_.empty() ||
                 !namespaces_.empty() || !paths_.empty() || !resources_.empty();
  asks_own_ = own_.stages != 0 || !own_.source_networks.empty() || !own_.response_codes.empty() ||
              !own_.annotations.empty() || !own_.user_agents.empty() || !own_.fields.empty() ||
              own_.min_size || own_.max_size || !own_.times.empty();
}

bool RuleMatch::matches(const event::Record& record) const {
  if (asks_policy_ && !(record.kube.present && matches_policy_part(record.kube))) {
    return false;
  }
  return !asks_own_ || matches_own_part(record);
}

bool RuleMatch::matches_policy_part(const event::KubeAttributes& kube) const {
  if (!users_.empty() && !(kube.has_user && users_.has(kube.user))) {
    return false;
  }
  if (!user_groups_.empty() &&
      !(kube.has_user &&
        std::any_of(kube.groups.begin(), kube.groups.end(),
                    [this](std::string_view group) { return user_groups_.has(group); }))) {
    return false;
  }
  if (!verbs_.empty() && !verbs_.has(kube.verb)) {
    return false;
  }
  if (!namespaces_.empty() || !resources_.empty()) {
    return matches_resource(kube);
  }
  return paths_.empty() || (!kube.has_object_ref && matches_path(kube.path));
}

bool RuleMatch::matches_resource(const event::KubeAttributes& kube) const {
  if (!kube.has_object_ref || (!namespaces_.empty() && !namespaces_.has(kube.ns))) {
    return false;
  }
  if (resources_.empty()) {
    return true;
  }
  for (const Resource& wanted : resources_) {
    if (wanted.group != "*" && wanted.group != kube.api_group) {
      continue;
    }
    if (wanted.resources.empty()) {
      return true;
    }
    if (!wanted.names.empty() && !wanted.names.has(kube.name)) {
      continue;
    }
    for (const std::string& pattern : wanted.resources) {
      if (resource_text_matches(pattern, kube.resource, kube.subresource)) {
        return true;
      }
    }
  }
  return false;
}

bool RuleMatch::matches_path(std::string_view path) const {
  return std::any_of(paths_.begin(), paths_.end(), [path](const std::string& wanted) {
    if (wanted == "*" || wanted == path) {
      return true;
    }
    return wanted.ends_with('*') &&
           path.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1));
  });
}

bool RuleMatch::matches_own_part(const event::Record& record) const {
  const event::KubeAttributes& kube = record.kube;
  if (own_.stages != 0 && (own_.stages & stage_bit(kube.stage)) == 0) {
    return false;
  }
  if (!own_.response_codes.empty() &&
      std::none_of(own_.response_codes.begin(), own_.response_codes.end(),
                   [&kube](const CodeRange& range) {
                     return kube.code >= range.first && kube.code <= range.last;
                   })) {
    return false;
  }
  if ((own_.min_size && record.raw.size() < *own_.min_size) ||
      (own_.max_size && record.raw.size() > *own_.max_size)) {
    return false;
  }
  for (const NamedGlobs& wanted : own_.fields) {
    const bool found = std::any_of(
        record.fields.begin(), record.fields.end(), [&wanted](const event::Field& field) {
          return field.name == wanted.name &&
                 any_glob(wanted.globs, field.value.substr(0, kGlobTextLimit));
        });
    if (!found) {
      return false;
    }
  }
  if (!own_.user_agents.empty() &&
      !any_glob(own_.user_agents, kube.user_agent.substr(0, kGlobTextLimit))) {
    return false;
  }
  if (!own_.source_networks.empty() &&
      !matches_network(kube.present ? kube.source_ip : record.field("source.ip"))) {
    return false;
  }
  return matches_annotations(kube) && (own_.times.empty() || matches_time(record));
}

bool RuleMatch::matches_annotations(const event::KubeAttributes& kube) const {
  return std::all_of(
      own_.annotations.begin(), own_.annotations.end(), [&kube](const NamedGlobs& wanted) {
        return std::any_of(
            kube.annotations.begin(), kube.annotations.end(), [&wanted](const auto& annotation) {
              return annotation.first == wanted.name &&
                     any_glob(wanted.globs, annotation.second.substr(0, kGlobTextLimit));
            });
      });
}

bool RuleMatch::matches_network(std::string_view ip) const {
  IpBytes address;
  return parse_ip_bytes(ip, address) &&
         std::any_of(own_.source_networks.begin(), own_.source_networks.end(),
                     [&address](const IpNetwork& network) { return network.contains(address); });
}

bool RuleMatch::matches_time(const event::Record& record) const {
  if (!record.time_known) {
    return false;
  }
  constexpr std::int64_t kMinuteNs = 60'000'000'000, kDayMinutes = 24 * 60;
  std::int64_t minutes = record.time_ns / kMinuteNs - (record.time_ns % kMinuteNs < 0 ? 1 : 0);
  const std::int64_t days = minutes / kDayMinutes - (minutes % kDayMinutes < 0 ? 1 : 0);
  minutes -= days * kDayMinutes;
  return std::any_of(
      own_.times.begin(), own_.times.end(), [days, minutes](const TimeWindow& window) {
        return in_window(window, weekday_of(days), static_cast<std::uint16_t>(minutes));
      });
}

}  // namespace auditship::filter
