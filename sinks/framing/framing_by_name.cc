#include "sinks/framing/framing_by_name.h"

#include "sinks/framing/bulk_framing.h"
#include "sinks/framing/line_framing.h"

namespace auditship::sinks::framing {

std::unique_ptr<const ItemFraming> framing_by_name(std::string_view name) {
  if (name == BulkFraming::kName) {
    return std::make_unique<BulkFraming>();
  }
  if (name == LineFraming::kName) {
    return std::make_unique<LineFraming>();
  }
  return nullptr;
}

}  // namespace auditship::sinks::framing
