#include "agent/delivery/in_flight/bulk_payload.h"

#include "agent/base/compression/packer.h"
#include "agent/base/compression/unpacker.h"

namespace auditship::delivery::in_flight {

using sinks::framing::FramedItem;
using sinks::framing::ItemFraming;

namespace {

// A frame is closed at 5 MB and one document more: far below this.
constexpr std::size_t kMaxRawBytes = 512u << 20;

}  // namespace

Result<std::string> unpack_payload(const BulkPayload& payload) {
  return unpack(payload.codec, *payload.body, kMaxRawBytes, payload.raw_bytes);
}

Result<UnpackedItems> unpack_items(const BulkPayload& payload, const ItemFraming& framing) {
  auto raw = unpack_payload(payload);
  if (!raw) {
    return raw.error();
  }
  UnpackedItems unpacked;
  unpacked.body = std::make_unique<const std::string>(std::move(*raw));
  auto items = framing.split(*unpacked.body);
  if (!items) {
    return items.error();
  }
  unpacked.items = std::move(*items);
  return unpacked;
}

BulkPayload make_payload(const std::vector<FramedItem>& items, Codec codec) {
  Packer packer(codec);
  for (const FramedItem& item : items) {
    packer.append(item.head);
    packer.append(item.document);
    packer.append("\n");
  }
  BulkPayload payload;
  payload.codec = codec;
  payload.documents = static_cast<std::uint32_t>(items.size());
  payload.raw_bytes = packer.raw_bytes();
  payload.body = std::make_shared<const std::string>(packer.finish());
  return payload;
}

Result<BulkPayload> select_items(const BulkPayload& payload, const ItemFraming& framing,
                                 const std::vector<std::uint32_t>& numbers) {
  auto unpacked = unpack_items(payload, framing);
  if (!unpacked) {
    return unpacked.error();
  }
  std::vector<FramedItem> chosen;
  chosen.reserve(numbers.size());
  for (const std::uint32_t n : numbers) {
    AUDITSHIP_CHECK(n < unpacked->items.size(), "an item number outside of its payload");
    chosen.push_back(unpacked->items[n]);
  }
  return make_payload(chosen, payload.codec);
}

Result<std::pair<BulkPayload, BulkPayload>> halve_payload(const BulkPayload& payload,
                                                          const ItemFraming& framing) {
  auto unpacked = unpack_items(payload, framing);
  if (!unpacked) {
    return unpacked.error();
  }
  const std::vector<FramedItem>& items = unpacked->items;
  AUDITSHIP_CHECK(items.size() >= 2, "one document cannot be halved");
  const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
  return std::pair(make_payload({items.begin(), middle}, payload.codec),
                   make_payload({middle, items.end()}, payload.codec));
}

Result<std::vector<BulkPayload>> cut_payload(const BulkPayload& payload, const ItemFraming& framing,
                                             std::uint64_t raw_bytes) {
  auto unpacked = unpack_items(payload, framing);
  if (!unpacked) {
    return unpacked.error();
  }
  std::vector<BulkPayload> payloads;
  std::vector<FramedItem> chosen;
  std::uint64_t size = 0;
  for (const FramedItem& item : unpacked->items) {
    if (!chosen.empty() && size + item.size() > raw_bytes) {
      payloads.push_back(make_payload(chosen, payload.codec));
      chosen.clear();
      size = 0;
    }
    chosen.push_back(item);
    size += item.size();
  }
  if (!chosen.empty()) {
    payloads.push_back(make_payload(chosen, payload.codec));
  }
  return payloads;
}

Result<BulkPayload> recode_payload(const BulkPayload& payload, Codec codec) {
  auto raw = unpack_payload(payload);
  if (!raw) {
    return raw.error();
  }
  BulkPayload recoded = payload;
  recoded.codec = codec;
  recoded.body = std::make_shared<const std::string>(pack(codec, *raw));
  return recoded;
}

}  // namespace auditship::delivery::in_flight
