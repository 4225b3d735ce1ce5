// Writes the event's own tree into Record::json: unchanged members as bytes of the line, the others
// anew. Whatever the event holds, what is written is valid JSON and names no key twice. Stateless;
// thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

#include "agent/event/event.h"
#include "parsers/kube_audit/scan/event_scanner.h"

namespace auditship::parsers::kube_audit {

struct KubeDocumentInput {
  // requestURI as text, redacted.
  std::string_view uri;
  // False where the bytes of the line may be copied.
  bool uri_changed = false;
  // Whether webhook patches in annotations may hold secrets.
  bool hide_patches = false;
  // Whether user.extra is left out, as fields say all of it: extra_stands_in_fields().
  bool extra_restated = false;
  std::size_t max_string_bytes = 0;
  // Of a member that holds JSON text.
  std::size_t max_text_bytes = 0;
};

// True for the annotation keys of Kubernetes itself, which are kept as fields. All others are
// chosen by webhooks and policies: an open set that may collide, so they go to annotations_other as
// JSON text.
[[nodiscard]] bool is_known_annotation(std::string_view key);

// Appends to record.json and record.tags.
void write_kube_json(const scan::KubeEvent& event, const KubeDocumentInput& input,
                     event::Record& record);

}  // namespace auditship::parsers::kube_audit
