// The framing with a name that is stored with the frames of a buffer. For tools that read bodies.
#pragma once

#include <memory>
#include <string_view>

#include "sinks/framing/item_framing.h"

namespace auditship::sinks::framing {

// nullptr: there is none of that name.
[[nodiscard]] std::unique_ptr<const ItemFraming> framing_by_name(std::string_view name);

}  // namespace auditship::sinks::framing
