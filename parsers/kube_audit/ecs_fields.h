// From the slices of an event to what rules and people look at: KubeAttributes and the ECS fields.
// Values are views of the event's text, or kept in the record. Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

#include "agent/base/net/ip_network.h"
#include "agent/event/event.h"
#include "parsers/kube_audit/redactor.h"
#include "parsers/kube_audit/scan/event_scanner.h"
#include "parsers/kube_audit/text_conversions.h"

namespace auditship::parsers::kube_audit {

// Fills record.kube, record.time_ns and record.time_text.
void read_kube_attributes(const scan::KubeEvent& event, const IpNetworkList& trusted_proxies,
                          event::Record& record);

struct KubeFieldsInput {
  // requestURI as logged.
  std::string_view uri;
  // requestURI with credentials masked.
  std::string_view safe_uri;
  // As KubeDocumentInput has it.
  bool extra_restated = false;
  std::size_t max_string_bytes = 0;
};

// Adds the derived members to record.fields. After read_kube_attributes.
void add_kube_fields(const scan::KubeEvent& event, const KubeFieldsInput& input,
                     const Redactor& redactor, event::Record& record);

}  // namespace auditship::parsers::kube_audit
