// KubeBodyWriter makes the text of requestObject and responseObject: secrets masked, bulky
// server-side bookkeeping removed, over-long bodies shortened so that they stay valid JSON.
//
// Works on the raw slice without a tree and without recursion: nesting of 10,000 levels, duplicate
// keys and odd numbers pass as they are. A body that needs no change is not copied. Not
// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event/event.h"
#include "parsers/json/json_scan.h"
#include "parsers/kube_audit/redactor.h"

namespace auditship::parsers::kube_audit {

// What the object of the request is, for redaction.
enum class BodySubject : std::uint8_t {
  ordinary,
  // A Secret or ConfigMap: its data are masked.
  confidential,
};

class KubeBodyWriter {
 public:
  KubeBodyWriter(const Redactor& redactor, bool slim, std::size_t max_bytes);

  // value must have been validated. The result views value or lives in the record.
  [[nodiscard]] event::Body write(const json::JsonValue& value, BodySubject subject,
                                  event::Record& record);

 private:
  const Redactor& redactor_;
  bool slim_;
  std::size_t max_bytes_;
  // Reused between bodies.
  std::string out_;
  std::vector<std::uint8_t> levels_;
};

}  // namespace auditship::parsers::kube_audit
