// BulkFraming: pairs of lines as OpenSearch's `_bulk` takes them, {"create":{"_id":"…"}} and the
// document. With a dated prefix each item names its index, PREFIX-YYYY.MM.DD of its event's UTC day.
#pragma once

#include <string>

#include "sinks/framing/item_framing.h"

namespace auditship::sinks::framing {

class BulkFraming final : public ItemFraming {
 public:
  static constexpr std::string_view kName = "bulk";

  // dated_prefix: empty, or the beginning of the names of dated indices.
  explicit BulkFraming(std::string dated_prefix = {}) : dated_prefix_(std::move(dated_prefix)) {}

  [[nodiscard]] std::string_view name() const override { return kName; }
  [[nodiscard]] bool head_has_id() const override { return true; }
  void begin_item(const ItemAddress& address, std::string& body) const override;
  [[nodiscard]] Result<std::vector<FramedItem>> split(std::string_view body) const override;
  [[nodiscard]] std::string_view id_of(const FramedItem& item) const override;
  [[nodiscard]] std::string_view index_of(const FramedItem& item) const override;

 private:
  std::string dated_prefix_;
};

}  // namespace auditship::sinks::framing
