// What an exec, attach, port-forward or proxy request asked for: read from the query of its
// requestURI, as kube-apiserver reads it. The verb says nothing: it is `create` by SPDY and `get`
// by WebSocket. Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/event/event.h"
#include "parsers/kube_audit/redactor.h"

namespace auditship::parsers::kube_audit {

// True where the request runs, attaches to or tunnels into something.
[[nodiscard]] bool is_connect_request(const event::KubeAttributes& kube);

// Adds process.*, container.name and exec.* to record.fields. uri is requestURI as the server
// logged it.
void add_connect_fields(std::string_view uri, const Redactor& redactor,
                        std::size_t max_string_bytes, event::Record& record);

}  // namespace auditship::parsers::kube_audit
