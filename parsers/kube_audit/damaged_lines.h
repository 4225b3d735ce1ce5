// Odd lines of a kube-apiserver audit file: torn pieces, lines over the limit and
// the legacy text format. Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/event/event.h"
#include "parsers/kube_audit/redactor.h"

namespace auditship::parsers::kube_audit {

// How every event begins in the file.
inline constexpr std::string_view kEventMark = R"({"kind":"Event","apiVersion":"audit.k8s.io/)";

// Makes one whole event out of a line over the limit: the members that are whole in its head, and
// those that follow the bodies in its tail. False when the head does not begin an event.
[[nodiscard]] bool join_cut_event(std::string_view head, std::string_view tail, std::string& out);

// What may be shown of text that is no event: bodies may hold secrets that can no longer be told, so it
// ends where the first of them begins. Text that neither begins as an event nor is JSON as a whole may
// be the middle of a body: of JSON only the header of a syslog daemon is shown, of other text what
// stands in front of a word that is too long for prose. Nothing is shown of a line that is a Secret.
[[nodiscard]] std::string_view shown_of_no_event(std::string_view text);

// Text that is a piece of JSON: members, but neither their beginning nor a whole event.
[[nodiscard]] bool is_middle_of_json(std::string_view text);

// What a syslog daemon writes in front of a program's line: "Nov 28 19:00:00 h k3s[1]: ".
[[nodiscard]] bool is_line_header(std::string_view text);

// One line of --audit-log-format=legacy: fills fields and time. False when it is not one.
bool read_legacy_line(std::string_view line, const Redactor& redactor, std::size_t max_string_bytes,
                      event::Record& record);

}  // namespace auditship::parsers::kube_audit
