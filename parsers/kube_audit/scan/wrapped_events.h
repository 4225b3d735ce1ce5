// Finds the audit events that a line carries inside other JSON: an EventList or an array of them, or what a collector or
// a cloud wraps around each event, as an object or as a string that holds it:
//
//   {"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{…},{…}]}
//   {"category":"kube-audit","properties":{"log":"{\"kind\":\"Event\",…}"}}
//
// Never looks into an event, into bodies, or into what has the members of an event: a client chose what is there. The
// depth is bounded, so work is proportional to the line. Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace auditship::parsers::kube_audit::scan {

// An element of a list, or what was wrapped.
struct WrappedEvent {
  // The bytes of the line that it is made of, and where they stand. Where one string holds several events, they share
  // raw and have an offset each.
  std::string_view raw;
  std::size_t offset = 0;
  // The event as an object with kind and apiVersion, which the items of an EventList leave out. Empty: raw is that.
  std::string text;
  // False: an element beside events that is none.
  bool is_event = true;
};

// Of a line that is one whole JSON value. Appends what it carries, in order, and returns whether there is an event.
enum class WrappedLine : std::uint8_t {
  not_json,
  no_event,
  events,
};
[[nodiscard]] WrappedLine find_wrapped_events(std::string_view line,
                                              std::vector<WrappedEvent>& out);

}  // namespace auditship::parsers::kube_audit::scan
