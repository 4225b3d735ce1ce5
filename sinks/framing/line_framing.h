// LineFraming: bare lines, one document each (NDJSON), which says its id itself. For sinks that have no use for ids,
// as they store whole batches exactly once.
#pragma once

#include "sinks/framing/item_framing.h"

namespace auditship::sinks::framing {

class LineFraming final : public ItemFraming {
 public:
  static constexpr std::string_view kName = "lines";

  [[nodiscard]] std::string_view name() const override { return kName; }
  [[nodiscard]] bool head_has_id() const override { return false; }
  void begin_item(const ItemAddress& /*address*/, std::string& /*body*/) const override {}
  [[nodiscard]] Result<std::vector<FramedItem>> split(std::string_view body) const override;
  [[nodiscard]] std::string_view id_of(const FramedItem& /*item*/) const override { return {}; }
  [[nodiscard]] std::string_view index_of(const FramedItem& /*item*/) const override { return {}; }
};

}  // namespace auditship::sinks::framing
