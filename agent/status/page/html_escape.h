// html_escape makes text safe inside an HTML element or a quoted attribute.
//
//   out += "<td>" + html_escape(file.path) + "</td>";
//
// Promises: whatever bytes go in, what comes out is valid UTF-8 without markup and control
// characters. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace auditship::status::page {

[[nodiscard]] std::string html_escape(std::string_view text);

}  // namespace auditship::status::page
