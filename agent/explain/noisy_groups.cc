#include "agent/explain/noisy_groups.h"

#include <algorithm>

namespace auditship::explain {
namespace {

// Parts are ended by lengths, because NUL and all else may stand in them.
void append_part(std::string& key, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  key.append({static_cast<char>(size & 0xff), static_cast<char>(size >> 8 & 0xff)});
  key += text;
}

void kube_key(const event::KubeAttributes& kube, std::string& key) {
  key.push_back(static_cast<char>(!kube.has_user        ? GroupKind::nobody
                                  : kube.has_object_ref ? GroupKind::resource
                                                        : GroupKind::path));
  append_part(key, kube.user);
  append_part(key, kube.verb);
  if (!kube.has_object_ref) {
    append_part(key, kube.path);
    append_part(key, {});
    return;
  }
  append_part(key, kube.api_group);
  const std::size_t joined =
      kube.resource.size() + kube.subresource.size() + (kube.subresource.empty() ? 0 : 1);
  key.append({static_cast<char>(joined & 0xff), static_cast<char>(joined >> 8 & 0xff)});
  key += kube.resource;
  if (!kube.subresource.empty()) {
    key += '/';
    key += kube.subresource;
  }
}

// Whether the key is within its limit; looked at before anything is copied.
bool short_enough(const event::Record& record) {
  const event::KubeAttributes& kube = record.kube;
  std::size_t size = 0;
  if (kube.present) {
    for (const std::string_view part :
         {kube.user, kube.verb, kube.api_group, kube.resource, kube.subresource}) {
      size += part.size();
    }
    size += kube.has_object_ref ? 0 : kube.path.size();
  } else {
    for (const std::string_view name : kGroupFields) {
      size += record.field(name).size();
    }
  }
  return size <= NoisyGroups::kMaxKeyBytes;
}

void make_key(const event::Record& record, std::string& key) {
  key.clear();
  if (record.kube.present) {
    kube_key(record.kube, key);
    return;
  }
  key.push_back(static_cast<char>(GroupKind::fields));
  for (const std::string_view name : kGroupFields) {
    append_part(key, record.field(name));
  }
  append_part(key, {});
}

void read_key(std::string_view key, NoisyGroup& group) {
  group.kind = static_cast<GroupKind>(key.front());
  key.remove_prefix(1);
  for (std::string& part : group.parts) {
    const std::size_t size = static_cast<unsigned char>(key[0]) |
                             static_cast<std::size_t>(static_cast<unsigned char>(key[1])) << 8;
    part = key.substr(2, size);
    key.remove_prefix(2 + size);
  }
}

}  // namespace

void NoisyGroups::add(const event::Record& record, const filter::FilterDecision& decision,
                      std::uint64_t size) {
  if (!short_enough(record)) {
    ++other_events_;
    return;
  }
  make_key(record, key_);
  auto at = groups_.find(std::string_view(key_));
  if (at == groups_.end()) {
    if (groups_.size() >= max_groups_) {
      ++other_events_;
      return;
    }
    at = groups_.emplace(key_, Count{}).first;
  }
  Count& count = at->second;
  ++count.events;
  count.bytes += size;
  count.guarded += decision.guard.empty() ? 0 : 1;
  if (decision.rule_index >= 0 &&
      (count.first_rule < 0 || decision.rule_index < count.first_rule)) {
    count.first_rule = decision.rule_index;
  }
}

std::vector<NoisyGroup> NoisyGroups::noisiest(std::size_t count) const {
  using Entry = const std::pair<const std::string, Count>*;
  std::vector<Entry> entries;
  entries.reserve(groups_.size());
  for (const auto& entry : groups_) {
    entries.push_back(&entry);
  }
  count = std::min(count, entries.size());
  std::partial_sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(count),
                    entries.end(), [](Entry a, Entry b) {
                      return a->second.events != b->second.events
                                 ? a->second.events > b->second.events
                                 : a->first < b->first;
                    });
  std::vector<NoisyGroup> noisiest(count);
  for (std::size_t i = 0; i < count; ++i) {
    read_key(entries[i]->first, noisiest[i]);
    const Count& counted = entries[i]->second;
    noisiest[i].events = counted.events;
    noisiest[i].bytes = counted.bytes;
    noisiest[i].guarded = counted.guarded;
    noisiest[i].first_rule = counted.first_rule;
  }
  return noisiest;
}

bool NoisyGroups::has_narrower(const NoisyGroup& group) const {
  NoisyGroup other;
  return std::any_of(groups_.begin(), groups_.end(), [&](const auto& entry) {
    read_key(entry.first, other);
    if (other.kind != group.kind || other.parts == group.parts) {
      return false;
    }
    for (std::size_t i = 0; i < group.parts.size(); ++i) {
      if (!group.parts[i].empty() && group.parts[i] != other.parts[i]) {
        return false;
      }
    }
    return true;
  });
}

std::string describe_group(const NoisyGroup& group) {
  std::string out;
  const auto word = [&out](std::string_view text, std::string_view absent) {
    out += out.empty() ? "" : " ";
    if (text.empty()) {
      out += absent;
      return;
    }
    std::string quoted;
    append_yaml_string(quoted, text);
    out.append(quoted, 1, quoted.size() - 2);
  };
  if (group.kind == GroupKind::fields) {
    word(group.parts[0], "(no action)");
    word(group.parts[1], "(no program)");
    word(group.parts[2], "(no user)");
    return out;
  }
  word(group.parts[0], "(nobody)");
  word(group.parts[1], "?");
  word(group.parts[3].empty() ? group.parts[2] : group.parts[3], "?");
  if (!group.parts[3].empty() && !group.parts[2].empty()) {
    word("(" + group.parts[2] + ")", "");
  }
  return out;
}

}  // namespace auditship::explain
