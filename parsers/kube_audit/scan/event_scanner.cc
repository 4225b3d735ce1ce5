#include "parsers/kube_audit/scan/event_scanner.h"

#include <algorithm>

#include "parsers/json/json_safety.h"
#include "parsers/kube_audit/scan/member_names.h"

namespace auditship::parsers::kube_audit::scan {
namespace {

constexpr std::size_t kMaxOddBytes = 64 * 1024;
constexpr std::size_t kMaxMembers = 64;

void add_odd(KubeEvent& event, std::string_view path, const json::JsonValue& key,
             const json::JsonValue& value) {
  if (event.odd.size() + value.raw.size() + key.raw.size() + path.size() > kMaxOddBytes) {
    event.odd_overflow = true;
    return;
  }
  if (!event.odd.empty()) {
    event.odd.push_back(',');
  }
  event.odd.push_back('"');
  event.odd.append(path).append(key.inner()).append("\":").append(value.raw);
}

bool fits(const json::JsonValue& value, Shape shape) {
  if (value.kind == json::JsonKind::null) {
    return true;
  }
  switch (shape) {
    case Shape::string:
      return value.kind == json::JsonKind::string;
    case Shape::number:
      return value.kind == json::JsonKind::number;
    case Shape::strings:
      return value.kind == json::JsonKind::array;
    case Shape::tree:
    case Shape::extra:
      return value.kind == json::JsonKind::object;
  }
  return false;
}

std::string_view between(std::string_view text, std::size_t begin, std::size_t end) {
  return {text.data() + begin, end - begin};
}

// Reads an array of strings, keeping its elements. plain: nothing else was in it.
bool read_strings(std::string_view text, json::JsonScan& scan,
                  std::vector<json::JsonValue>& elements, json::JsonValue& whole, bool& plain) {
  elements.clear();
  if (scan.peek() != '[') {
    plain = true;
    return scan.value(whole);
  }
  const std::size_t begin = scan.position();
  scan.open_array();
  whole = json::JsonValue{};
  whole.kind = json::JsonKind::array;
  plain = true;
  while (scan.next_element()) {
    json::JsonValue& element = elements.emplace_back();
    if (!scan.value(element)) {
      return false;
    }
    whole.longest = std::max(whole.longest, element.longest);
    if (!element.is_string()) {
      elements.pop_back();
      plain = false;
    }
  }
  whole.raw = between(text, begin, scan.position());
  return !scan.failed();
}

class Reader {
 public:
  Reader(std::string_view text, KubeEvent& event) : text_(text), scan_(text), event_(event) {}

  std::size_t read() {
    if (!scan_.open_object()) {
      return 0;
    }
    json::JsonValue key;
    while (scan_.next_key(key)) {
      const auto begin = static_cast<std::size_t>(key.raw.data() - text_.data());
      if (!member(key, begin)) {
        return 0;
      }
    }
    return scan_.failed() || !is_audit_event() ? 0 : scan_.position();
  }

 private:
  bool is_audit_event() const {
    const json::JsonValue& kind = event_[KubeKey::kind];
    const json::JsonValue& version = event_[KubeKey::api_version];
    return kind.is_string() && kind.inner() == "Event" && version.is_string() &&
           version.inner().substr(0, 13) == "audit.k8s.io/";
  }

  // Values are read where they stay: a copy of what was written a moment ago stalls.
  bool member(const json::JsonValue& key, std::size_t begin) {
    const KubeKey known = find_key(key.inner(), hint_);
    if (known != KubeKey::unknown && event_.has(known)) {
      // The first one counts; the other is kept as evidence.
      event_.duplicate_key = true;
      return odd_member("", key);
    }
    KubeMember& member = event_.members.emplace_back();
    member.key = known;
    member.name = key.inner();
    if (!value_of(member)) {
      return false;
    }
    member.whole = between(text_, begin, scan_.position());
    if (!(known == KubeKey::unknown ? may_keep(key, member) : right_kind(member))) {
      add_odd(event_, "", key, member.value);
      event_.members.pop_back();
    } else if (known != KubeKey::unknown) {
      event_.places[static_cast<std::size_t>(known)] =
          static_cast<std::uint8_t>(event_.members.size());
    }
    return true;
  }

  bool odd_member(std::string_view path, const json::JsonValue& key) {
    json::JsonValue value;
    if (!scan_.value(value)) {
      return false;
    }
    add_odd(event_, path, key, value);
    return true;
  }

  // Of a member that is not in kNames and stands last.
  bool may_keep(const json::JsonValue& key, const KubeMember& member) {
    const std::size_t others = event_.members.size() - 1;
    bool repeated = false;
    for (std::size_t i = 0; i < others; ++i) {
      repeated = repeated || event_.members[i].name == member.name;
    }
    event_.duplicate_key = event_.duplicate_key || repeated;
    return !repeated && !key.escaped && others < kMaxMembers;
  }

  static bool right_kind(const KubeMember& member) {
    switch (member.key) {
      case KubeKey::metadata:
      case KubeKey::user:
      case KubeKey::impersonated_user:
      case KubeKey::authentication_metadata:
      case KubeKey::object_ref:
      case KubeKey::response_status:
      case KubeKey::annotations:
        return fits(member.value, Shape::tree);
      case KubeKey::source_ips:
        return fits(member.value, Shape::strings) && member.plain;
      case KubeKey::request_object:
      case KubeKey::response_object:
        return true;
      default:
        return fits(member.value, Shape::string);
    }
  }

  bool value_of(KubeMember& member) {
    switch (member.key) {
      case KubeKey::user:
        return object(member, event_.user, kPersonSlots, "user.");
      case KubeKey::impersonated_user:
        return object(member, event_.impersonated, kPersonSlots, "impersonatedUser.");
      case KubeKey::object_ref:
        return object(member, event_.ref, kObjectRefSlots, "objectRef.");
      case KubeKey::response_status:
        return object(member, event_.status, kStatusSlots, "responseStatus.");
      case KubeKey::source_ips:
        return read_strings(text_, scan_, event_.source_ips, member.value, member.plain);
      case KubeKey::annotations:
        return annotations(member);
      case KubeKey::metadata:
      case KubeKey::authentication_metadata:
        return scan_.value(member.value) && safe_or_odd(member);
      default:
        return scan_.value(member.value);
    }
  }

  // Small objects without a known shape: kept where they are safe to index, else shown as text.
  bool safe_or_odd(KubeMember& member) {
    member.plain = json::is_safe_to_index(member.value.raw);
    return true;
  }

  // Reads an object of known shape. What does not fit goes to `odd`, and the object is not plain.
  template <typename Owner, std::size_t kCount>
  bool object(KubeMember& member, Owner& owner, const std::array<Slot<Owner>, kCount>& slots,
              std::string_view path) {
    if (scan_.peek() != '{') {
      return scan_.value(member.value);
    }
    const std::size_t begin = scan_.position();
    scan_.open_object();
    member.value.kind = json::JsonKind::object;
    json::JsonValue key;
    std::size_t next = 0;
    while (scan_.next_key(key)) {
      // Members come in the order of the slots, so the search begins behind the last hit.
      std::size_t left = kCount;
      while (left > 0 && !same_name(slots[next].name, key.inner())) {
        next = next + 1 == kCount ? 0 : next + 1;
        --left;
      }
      const Slot<Owner>& slot = slots[next];
      json::JsonValue* const value = left > 0 ? &(owner.*slot.value) : nullptr;
      if (!slot_value(member, value, slot.shape, key, path)) {
        return false;
      }
      next = next + 1 == kCount ? 0 : next + 1;
    }
    member.value.raw = between(text_, begin, scan_.position());
    return !scan_.failed();
  }

  // slot: where the value of a known name goes.
  bool slot_value(KubeMember& member, json::JsonValue* slot, Shape shape,
                  const json::JsonValue& key, std::string_view path) {
    json::JsonValue other;
    bool plain = true;
    const bool first = slot != nullptr && !slot->present();
    json::JsonValue& value = first ? *slot : other;
    const bool user = member.key == KubeKey::user;
    bool read = false;
    if (first && shape == Shape::strings) {
      read = read_strings(text_, scan_, user ? event_.groups : unused_, value, plain);
    } else if (first && shape == Shape::extra && user) {
      read = extra(value);
    } else {
      read = scan_.value(value);
    }
    if (!read) {
      return false;
    }
    event_.duplicate_key = event_.duplicate_key || (slot != nullptr && !first);
    if (!first || !plain || !fits(value, shape) ||
        (shape == Shape::tree && value.raw.size() > 2 && !json::is_safe_to_index(value.raw))) {
      member.plain = false;
      add_odd(event_, path, key, value);
      value = json::JsonValue{};
      return true;
    }
    member.value.longest = std::max(member.value.longest, value.longest);
    return true;
  }

  bool extra(json::JsonValue& whole) {
    if (scan_.peek() != '{') {
      return scan_.value(whole);
    }
    const std::size_t begin = scan_.position();
    scan_.open_object();
    whole.kind = json::JsonKind::object;
    for (;;) {
      auto& [key, value] = event_.bound.emplace_back();
      if (!scan_.next_key(key)) {
        event_.bound.pop_back();
        break;
      }
      if (!scan_.value(value)) {
        return false;
      }
      whole.longest = std::max({whole.longest, key.longest, value.longest});
      if (key.inner().substr(0, kBoundPrefix.size()) != kBoundPrefix) {
        event_.bound.pop_back();
        event_.only_bound = false;
      }
    }
    whole.raw = between(text_, begin, scan_.position());
    return !scan_.failed();
  }

  bool annotations(KubeMember& member) {
    if (scan_.peek() != '{') {
      return scan_.value(member.value);
    }
    const std::size_t begin = scan_.position();
    scan_.open_object();
    member.value.kind = json::JsonKind::object;
    for (;;) {
      auto& [key, value] = event_.annotations.emplace_back();
      if (!scan_.next_key(key)) {
        event_.annotations.pop_back();
        break;
      }
      if (!scan_.value(value)) {
        return false;
      }
      if (!value.is_string()) {
        add_odd(event_, "annotations.", key, value);
        event_.annotations.pop_back();
      }
    }
    member.value.raw = between(text_, begin, scan_.position());
    return !scan_.failed();
  }

  std::string_view text_;
  json::JsonScan scan_;
  KubeEvent& event_;
  std::vector<json::JsonValue> unused_;
  std::size_t hint_ = 0;
};

// One by one: a block of them would be cleared with rep stos, which is slow to start.
template <typename... Values>
void reset(Values&... values) {
  ((values = json::JsonValue{}), ...);
}

void clear(KubePerson& who) { reset(who.username, who.uid, who.groups, who.extra); }

void clear(KubeEvent& event) {
  event.members.clear();
  event.places.fill(0);
  clear(event.user);
  clear(event.impersonated);
  KubeObjectRef& ref = event.ref;
  reset(ref.resource, ref.ns, ref.name, ref.uid, ref.api_group, ref.api_version,
        ref.resource_version, ref.subresource);
  KubeStatus& status = event.status;
  reset(status.metadata, status.status, status.message, status.reason, status.details, status.code);
  event.groups.clear();
  event.source_ips.clear();
  event.annotations.clear();
  event.bound.clear();
  event.only_bound = true;
  event.odd.clear();
  event.duplicate_key = event.odd_overflow = false;
}

}  // namespace

std::size_t read_kube_event(std::string_view text, KubeEvent& event) {
  clear(event);
  return Reader(text, event).read();
}

}  // namespace auditship::parsers::kube_audit::scan
