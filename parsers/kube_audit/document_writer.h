// Writes the event's own tree into Record::json: unchanged members as bytes of the line, the others
// anew.
#pragma once

#include <cstddef>
#include <string_view>

#include "agent/event/event.h"
#include "parsers/kube_audit/event_scanner.h"

namespace auditship::parsers::kube_audit {

struct KubeDocumentInput {
  std::string_view uri;       // requestURI as text, redacted
  bool uri_changed = false;   // false: the bytes of the line are good
  bool hide_patches = false;  // webhook patches in annotations may hold secrets
  std::size_t max_string_bytes = 0;
  std::size_t max_text_bytes = 0;  // of a member that holds JSON text
};

// True for the annotation keys of Kubernetes itself, which are kept as fields. All others are
// chosen by webhooks and policies: an open set that may collide, so they go to annotations_other as
// JSON text.
[[nodiscard]] bool is_known_annotation(std::string_view key);

// Appends to record.json and record.tags.
void write_kube_json(const KubeEvent& event, const KubeDocumentInput& input, event::Record& record);

}  // namespace auditship::parsers::kube_audit
