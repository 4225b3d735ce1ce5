// How much of a record is written out in its document (docs/fields.md, "Each fact once").
#pragma once

#include <cstdint>

namespace auditship::event {

enum class DocumentForm : std::uint8_t {
  lean,  // each fact once
  full,  // with the names that a mapping would answer, for consumers that have none
};

}  // namespace auditship::event
