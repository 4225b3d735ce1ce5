// What the status page is made of besides the status itself. Only for page*.cc.
#pragma once

#include <string_view>

namespace auditship::status {

extern const std::string_view kPageStyle, kPageScript;

}  // namespace auditship::status
