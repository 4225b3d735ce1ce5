#include "parsers/kube_audit/scan/wrapped_events.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/json/json_scan.h"

namespace auditship::parsers::kube_audit::scan {
namespace {

using json::JsonKind;
using json::JsonScan;
using json::JsonValue;

// OpenTelemetry's logs are the deepest: resourceLogs[].scopeLogs[].logRecords[].body.stringValue.
constexpr int kMaxDepth = 8;
constexpr std::string_view kGroup = "audit.k8s.io/";

// What tells an object apart, found in one pass over its members.
struct Shape {
  std::string_view kind, version;
  JsonValue items;
  // It has a member that only events have.
  bool like_event = false;
  std::vector<JsonValue> containers;
};

bool is_text(const JsonValue& value) { return value.is_string() && !value.escaped; }

bool begins_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

// Members in which other logs carry what a client or the owner of a pod wrote: bodies of requests, labels. No collector
// puts an event there, so one that stands there is forged. "fields" repeats others.
bool belongs_to_clients(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kNames = {
      "protoPayload",   "request",           "response",         "requestObject",
      "responseObject", "requestParameters", "responseElements", "kubernetes",
      "labels",         "annotations",       "metadata",         "spec",
      "resource",       "attributes",        "parameters",       "fields"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// An object of the API that is neither an event nor a list: whatever it holds is somebody's content.
bool is_api_object(const Shape& shape) {
  return !shape.kind.empty() && !shape.version.empty() && !shape.kind.ends_with("List");
}

void note_member(std::string_view name, const JsonValue& value, Shape& shape) {
  static constexpr std::array<std::string_view, 6> kOfEvents = {
      "auditID", "requestURI", "objectRef", "requestObject", "responseObject", "stageTimestamp"};
  if (name == "kind" && is_text(value)) {
    shape.kind = value.inner();
  } else if (name == "apiVersion" && is_text(value)) {
    shape.version = value.inner();
  } else if (name == "items" && value.kind == JsonKind::array) {
    shape.items = value;
  }
  shape.like_event =
      shape.like_event || std::find(kOfEvents.begin(), kOfEvents.end(), name) != kOfEvents.end();
  const bool container = value.kind == JsonKind::object || value.kind == JsonKind::array;
  if ((container || (value.is_string() && begins_json(value.inner()))) &&
      !belongs_to_clients(name)) {
    shape.containers.push_back(value);
  }
}

std::string_view text_of(const WrappedEvent& event) {
  return event.text.empty() ? event.raw : std::string_view(event.text);
}

// auditID and stage, as they are written.
std::pair<std::string_view, std::string_view> identity_of(std::string_view event) {
  std::pair<std::string_view, std::string_view> identity;
  JsonScan scan(event);
  JsonValue key;
  JsonValue member;
  scan.open_object();
  while (scan.next_key(key) && scan.value(member)) {
    if (key.inner() == "auditID") {
      identity.first = member.raw;
    } else if (key.inner() == "stage") {
      identity.second = member.raw;
    }
  }
  return identity;
}

// What was parsed and written anew may differ in escapes and in the order of members.
bool is_same_event(const WrappedEvent& a, const WrappedEvent& b) {
  if (text_of(a) == text_of(b)) {
    return true;
  }
  const auto identity = identity_of(text_of(a));
  return a.is_event && b.is_event && !identity.first.empty() && identity == identity_of(text_of(b));
}

class Finder {
 public:
  Finder(std::string_view line, std::vector<WrappedEvent>& out) : line_(line), out_(out) {}

  // raw: the place in the line of a string that text was in; empty: text is of the line itself.
  bool value(std::string_view text, std::string_view raw, int depth) {
    if (depth > kMaxDepth || text.empty()) {
      return false;
    }
    return text.front() == '{' ? object(text, raw, depth) : array(text, raw, {}, depth);
  }

 private:
  bool object(std::string_view text, std::string_view raw, int depth) {
    Shape shape;
    JsonScan scan(text);
    JsonValue key;
    JsonValue member;
    scan.open_object();
    while (scan.next_key(key) && scan.value(member)) {
      note_member(key.inner(), member, shape);
    }
    const bool audit = shape.version.substr(0, kGroup.size()) == kGroup;
    if (audit && shape.kind == "Event") {
      add(text, raw, {}, true);
      return true;
    }
    if (audit && shape.kind == "EventList" && shape.items.present()) {
      return array(shape.items.raw, raw, shape.version, depth + 1);
    }
    return !shape.like_event && !is_api_object(shape) && containers(shape, raw, depth);
  }

  // Some collectors write a line twice, once as it was and once parsed or under another name: then it counts once.
  bool containers(const Shape& shape, std::string_view raw, int depth) {
    const std::size_t first = out_.size();
    std::size_t first_end = first;
    for (const JsonValue& container : shape.containers) {
      const std::size_t begin = out_.size();
      const bool found = container.is_string() ? string(container, raw, depth + 1)
                                               : value(container.raw, raw, depth + 1);
      if (found && begin > first && same_events(first, first_end, begin)) {
        out_.resize(begin);
      } else if (found && begin == first) {
        first_end = out_.size();
      }
    }
    return first_end > first;
  }

  // Whether the events from `first` to `end` are those from `begin` on.
  [[nodiscard]] bool same_events(std::size_t first, std::size_t end, std::size_t begin) const {
    const auto at = [this](std::size_t i) { return out_.begin() + static_cast<std::ptrdiff_t>(i); };
    return std::equal(at(first), at(end), at(begin), out_.end(), is_same_event);
  }

  // version: of the list that these are the items of; empty: they say it themselves.
  bool array(std::string_view text, std::string_view raw, std::string_view version, int depth) {
    const std::size_t before = out_.size();
    bool found = false;
    JsonScan scan(text);
    JsonValue element;
    scan.open_array();
    while (scan.next_element() && scan.value(element)) {
      found =
          (version.empty() ? other_element(element, raw, depth) : item(element, raw, version)) ||
          found;
    }
    if (!found) {
      out_.resize(before);
    }
    return found;
  }

  bool other_element(const JsonValue& element, std::string_view raw, int depth) {
    const bool container = element.kind == JsonKind::object || element.kind == JsonKind::array;
    const bool found = container             ? value(element.raw, raw, depth + 1)
                       : element.is_string() ? string(element, raw, depth + 1)
                                             : false;
    if (!found) {
      add(element.raw, raw, {}, false);
    }
    return found;
  }

  // The items of a list have no kind and no version of their own, or may have them.
  bool item(const JsonValue& element, std::string_view raw, std::string_view version) {
    if (element.kind != JsonKind::object) {
      add(element.raw, raw, {}, false);
      return false;
    }
    JsonScan scan(element.raw);
    JsonValue key;
    JsonValue member;
    bool typed = false;
    bool empty = true;
    scan.open_object();
    while (scan.next_key(key) && scan.value(member)) {
      typed = typed || key.inner() == "kind" || key.inner() == "apiVersion";
      empty = false;
    }
    std::string text;
    if (!typed) {
      text.append(R"({"kind":"Event","apiVersion":")").append(version);
      text.append(empty ? "\"}" : "\",").append(empty ? "" : element.raw.substr(1));
    }
    add(element.raw, raw, std::move(text), true);
    return true;
  }

  bool string(const JsonValue& value_in, std::string_view raw, int depth) {
    if (!begins_json(value_in.inner())) {
      return false;
    }
    std::string text;
    json::append_json_unescaped(text, value_in.inner());
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    const std::string_view whole = std::string_view(text).substr(first, last + 1 - first);
    JsonScan scan(whole);
    JsonValue checked;
    if (!scan.value(checked) || !scan.at_end()) {
      return false;
    }
    const std::string_view place = raw.empty() ? value_in.raw : raw;
    const std::size_t before = out_.size();
    const bool outermost = raw.empty();
    const bool found = value(whole, place, depth);
    if (outermost) {
      // Several events of one string: apart from each other, and within the string.
      for (std::size_t i = before; i < out_.size(); ++i) {
        out_[i].offset += i - before;
      }
    }
    return found;
  }

  void add(std::string_view text, std::string_view raw, std::string typed, bool is_event) {
    WrappedEvent& event = out_.emplace_back();
    event.is_event = is_event;
    event.raw = raw.empty() ? text : raw;
    event.offset = static_cast<std::size_t>(event.raw.data() - line_.data());
    if (!typed.empty()) {
      event.text = std::move(typed);
    } else if (!raw.empty()) {
      event.text = text;
    }
  }

  std::string_view line_;
  std::vector<WrappedEvent>& out_;
};

}  // namespace

WrappedLine find_wrapped_events(std::string_view line, std::vector<WrappedEvent>& out) {
  out.clear();
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos || (line[first] != '{' && line[first] != '[')) {
    return WrappedLine::not_json;
  }
  JsonScan scan(line.substr(first));
  JsonValue whole;
  if (!scan.value(whole) || !scan.at_end()) {
    return WrappedLine::not_json;
  }
  if (Finder(line, out).value(whole.raw, {}, 0)) {
    return WrappedLine::events;
  }
  out.clear();
  return WrappedLine::no_event;
}

}  // namespace auditship::parsers::kube_audit::scan
