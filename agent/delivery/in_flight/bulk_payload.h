// BulkPayload: documents of one frame that still have to be sent, packed as they go on the wire.
//
// A frame starts as one payload. A partial failure leaves a smaller one; a body that is too large is
// cut in halves. Bodies stay packed until that happens. Plain functions over bytes; no I/O; stateless.
// Errors everywhere: corrupt, when a body does not unpack or was framed in another way.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/compression/codec.h"
#include "agent/base/result.h"
#include "sinks/framing/item_framing.h"

namespace auditship::delivery::in_flight {

struct BulkPayload {
  // Framed items, packed. Owners: this payload and the requests that send it.
  std::shared_ptr<const std::string> body;
  Codec codec = Codec::none;
  std::uint32_t documents = 0;
  std::uint64_t raw_bytes = 0;
};

// The items of a payload, and the unpacked body that they are views into.
struct UnpackedItems {
  std::unique_ptr<const std::string> body;
  std::vector<sinks::framing::FramedItem> items;
};

[[nodiscard]] Result<std::string> unpack_payload(const BulkPayload& payload);
[[nodiscard]] Result<UnpackedItems> unpack_items(const BulkPayload& payload,
                                                 const sinks::framing::ItemFraming& framing);
// A payload of these items, in their order, packed in codec.
[[nodiscard]] BulkPayload make_payload(const std::vector<sinks::framing::FramedItem>& items,
                                       Codec codec);
// The items with these numbers (ascending).
[[nodiscard]] Result<BulkPayload> select_items(const BulkPayload& payload,
                                               const sinks::framing::ItemFraming& framing,
                                               const std::vector<std::uint32_t>& numbers);
// Two halves by number of documents. Only for payloads of at least two.
[[nodiscard]] Result<std::pair<BulkPayload, BulkPayload>> halve_payload(
    const BulkPayload& payload, const sinks::framing::ItemFraming& framing);
// In order, payloads of at most raw_bytes, or of one document that alone is larger.
[[nodiscard]] Result<std::vector<BulkPayload>> cut_payload(
    const BulkPayload& payload, const sinks::framing::ItemFraming& framing,
    std::uint64_t raw_bytes);
[[nodiscard]] Result<BulkPayload> recode_payload(const BulkPayload& payload, Codec codec);

}  // namespace auditship::delivery::in_flight
