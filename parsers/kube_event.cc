#include "parsers/kube_event.h"

#include <span>

#include "parsers/json_tame.h"

namespace auditship {
namespace {

constexpr std::size_t kMaxOddBytes = 64 * 1024;
constexpr std::size_t kMaxMembers = 64;

static constexpr std::array<std::string_view, kKubeKeys> kNames = {
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

// Members come in the order of kNames, so the search begins behind the last hit.
KubeKey find_key(std::string_view name, std::size_t& hint) {
  for (std::size_t i = 0; i < kKubeKeys; ++i) {
    const std::size_t at = hint + i < kKubeKeys ? hint + i : hint + i - kKubeKeys;
    if (kNames[at] == name) {
      hint = at + 1 == kKubeKeys ? 0 : at + 1;
      return static_cast<KubeKey>(at);
    }
  }
  return KubeKey::unknown;
}

void add_odd(KubeEvent& event, std::string_view path, const JsonValue& key,
             const JsonValue& value) {
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

enum class Shape : std::uint8_t { string, number, strings, tree };

struct Slot {
  std::string_view name;
  Shape shape = Shape::string;
  JsonValue* value = nullptr;
  std::vector<JsonValue>* elements = nullptr;  // for strings
};

bool fits(const JsonValue& value, Shape shape) {
  if (value.kind == JsonKind::null) {
    return true;
  }
  switch (shape) {
    case Shape::string:
      return value.kind == JsonKind::string;
    case Shape::number:
      return value.kind == JsonKind::number;
    case Shape::strings:
      return value.kind == JsonKind::array;
    case Shape::tree:
      return value.kind == JsonKind::object;
  }
  return false;
}

std::string_view between(std::string_view text, std::size_t begin, std::size_t end) {
  return text.substr(begin, end - begin);
}

// Reads an array of strings, keeping its elements. plain: nothing else was in it.
bool read_strings(std::string_view text, JsonScan& scan, std::vector<JsonValue>& elements,
                  JsonValue& whole, bool& plain) {
  elements.clear();
  if (scan.peek() != '[') {
    plain = true;
    return scan.value(whole);
  }
  const std::size_t begin = scan.position();
  scan.open_array();
  whole = JsonValue{};
  whole.kind = JsonKind::array;
  plain = true;
  JsonValue element;
  while (scan.next_element()) {
    if (!scan.value(element)) {
      return false;
    }
    if (element.longest > whole.longest) {
      whole.longest = element.longest;
    }
    if (element.is_string()) {
      elements.push_back(element);
    } else {
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
    JsonValue key;
    std::size_t begin = scan_.position();
    while (scan_.next_key(key)) {
      begin = static_cast<std::size_t>(key.raw.data() - text_.data());
      if (!member(key, begin)) {
        return 0;
      }
    }
    return scan_.failed() || !is_audit_event() ? 0 : scan_.position();
  }

 private:
  bool is_audit_event() const {
    const JsonValue& kind = event_[KubeKey::kind];
    const JsonValue& version = event_[KubeKey::api_version];
    return kind.is_string() && kind.inner() == "Event" && version.is_string() &&
           version.inner().substr(0, 13) == "audit.k8s.io/";
  }

  bool member(const JsonValue& key, std::size_t begin) {
    const KubeKey known = find_key(key.inner(), hint_);
    const auto slot = static_cast<std::size_t>(known);
    if (known != KubeKey::unknown && event_.by_key[slot].present()) {
      event_.duplicate_key = true;  // the first one counts; the other is kept as evidence
      return odd_member("", key);
    }
    KubeMember member;
    member.key = known;
    member.name = key.inner();
    if (!value_of(member)) {
      return false;
    }
    if (known == KubeKey::unknown) {
      return unknown_member(key, member, begin);
    }
    if (!right_kind(member)) {
      add_odd(event_, "", key, member.value);
      return true;
    }
    member.whole = between(text_, begin, scan_.position());
    event_.by_key[slot] = member.value;
    event_.members.push_back(member);
    return true;
  }

  bool odd_member(std::string_view path, const JsonValue& key) {
    JsonValue value;
    if (!scan_.value(value)) {
      return false;
    }
    add_odd(event_, path, key, value);
    return true;
  }

  bool unknown_member(const JsonValue& key, KubeMember& member, std::size_t begin) {
    bool repeated = false;
    for (const KubeMember& other : event_.members) {
      repeated = repeated || other.name == member.name;
    }
    event_.duplicate_key = event_.duplicate_key || repeated;
    if (repeated || key.escaped || event_.members.size() >= kMaxMembers) {
      add_odd(event_, "", key, member.value);
      return true;
    }
    member.whole = between(text_, begin, scan_.position());
    event_.members.push_back(member);
    return true;
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
        return person(member, event_.user, &event_.groups, "user.");
      case KubeKey::impersonated_user:
        return person(member, event_.impersonated, &unused_, "impersonatedUser.");
      case KubeKey::object_ref:
        return object_ref(member);
      case KubeKey::response_status:
        return status(member);
      case KubeKey::source_ips:
        return read_strings(text_, scan_, event_.source_ips, member.value, member.plain);
      case KubeKey::annotations:
        return annotations(member);
      case KubeKey::metadata:
      case KubeKey::authentication_metadata:
        return scan_.value(member.value) && tame_or_odd(member);
      default:
        return scan_.value(member.value);
    }
  }

  // Small objects without a known shape: kept where they are tame, else shown as text.
  bool tame_or_odd(KubeMember& member) {
    member.plain = is_tame_json(member.value.raw);
    return true;
  }

  bool person(KubeMember& member, KubePerson& who, std::vector<JsonValue>* groups,
              std::string_view path) {
    const std::array<Slot, 4> slots = {{{"username", Shape::string, &who.username, nullptr},
                                        {"uid", Shape::string, &who.uid, nullptr},
                                        {"groups", Shape::strings, &who.groups, groups},
                                        {"extra", Shape::tree, &who.extra, nullptr}}};
    return object(member, slots, path);
  }

  bool object_ref(KubeMember& member) {
    KubeObjectRef& ref = event_.ref;
    const std::array<Slot, 8> slots = {
        {{"resource", Shape::string, &ref.resource, nullptr},
         {"namespace", Shape::string, &ref.ns, nullptr},
         {"name", Shape::string, &ref.name, nullptr},
         {"uid", Shape::string, &ref.uid, nullptr},
         {"apiGroup", Shape::string, &ref.api_group, nullptr},
         {"apiVersion", Shape::string, &ref.api_version, nullptr},
         {"resourceVersion", Shape::string, &ref.resource_version, nullptr},
         {"subresource", Shape::string, &ref.subresource, nullptr}}};
    return object(member, slots, "objectRef.");
  }

  bool status(KubeMember& member) {
    KubeStatus& status = event_.status;
    const std::array<Slot, 6> slots = {{{"metadata", Shape::tree, &status.metadata, nullptr},
                                        {"status", Shape::string, &status.status, nullptr},
                                        {"message", Shape::string, &status.message, nullptr},
                                        {"reason", Shape::string, &status.reason, nullptr},
                                        {"details", Shape::tree, &status.details, nullptr},
                                        {"code", Shape::number, &status.code, nullptr}}};
    return object(member, slots, "responseStatus.");
  }

  // Reads an object of known shape. What does not fit goes to `odd`, and the object is not plain.
  bool object(KubeMember& member, std::span<const Slot> slots, std::string_view path) {
    if (scan_.peek() != '{') {
      return scan_.value(member.value);
    }
    const std::size_t begin = scan_.position();
    scan_.open_object();
    member.value.kind = JsonKind::object;
    JsonValue key;
    std::size_t next = 0;
    while (scan_.next_key(key)) {
      const Slot* slot = nullptr;
      for (std::size_t i = 0; i < slots.size() && slot == nullptr; ++i) {
        const std::size_t at = (next + i) % slots.size();
        if (slots[at].name == key.inner()) {
          slot = &slots[at];
          next = at + 1;
        }
      }
      if (!slot_value(member, slot, key, path)) {
        return false;
      }
    }
    member.value.raw = between(text_, begin, scan_.position());
    return !scan_.failed();
  }

  bool slot_value(KubeMember& member, const Slot* slot, const JsonValue& key,
                  std::string_view path) {
    JsonValue value;
    bool plain = true;
    if (slot != nullptr && slot->elements != nullptr && !slot->value->present()) {
      if (!read_strings(text_, scan_, *slot->elements, value, plain)) {
        return false;
      }
    } else if (!scan_.value(value)) {
      return false;
    }
    const bool repeated = slot != nullptr && slot->value->present();
    event_.duplicate_key = event_.duplicate_key || repeated;
    const bool tree = slot != nullptr && slot->shape == Shape::tree && slot->name != "extra";
    if (slot == nullptr || repeated || !plain || !fits(value, slot->shape) ||
        (tree && value.raw.size() > 2 && !is_tame_json(value.raw))) {
      member.plain = false;
      add_odd(event_, path, key, value);
      return true;
    }
    if (value.longest > member.value.longest) {
      member.value.longest = value.longest;
    }
    *slot->value = value;
    return true;
  }

  bool annotations(KubeMember& member) {
    if (scan_.peek() != '{') {
      return scan_.value(member.value);
    }
    const std::size_t begin = scan_.position();
    scan_.open_object();
    member.value.kind = JsonKind::object;
    JsonValue key;
    JsonValue value;
    while (scan_.next_key(key)) {
      if (!scan_.value(value)) {
        return false;
      }
      if (value.is_string()) {
        event_.annotations.emplace_back(key, value);
      } else {
        add_odd(event_, "annotations.", key, value);
      }
    }
    member.value.raw = between(text_, begin, scan_.position());
    return !scan_.failed();
  }

  std::string_view text_;
  JsonScan scan_;
  KubeEvent& event_;
  std::vector<JsonValue> unused_;
  std::size_t hint_ = 0;
};

void clear(KubeEvent& event) {
  event.members.clear();
  event.by_key.fill(JsonValue{});
  event.user = event.impersonated = KubePerson{};
  event.ref = KubeObjectRef{};
  event.status = KubeStatus{};
  event.groups.clear();
  event.source_ips.clear();
  event.annotations.clear();
  event.odd.clear();
  event.duplicate_key = event.odd_overflow = false;
}

}  // namespace

std::size_t read_kube_event(std::string_view text, KubeEvent& event) {
  clear(event);
  return Reader(text, event).read();
}

}  // namespace auditship
