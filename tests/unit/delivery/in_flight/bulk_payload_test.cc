#include "agent/delivery/in_flight/bulk_payload.h"

#include "agent/base/compression/packer.h"
#include "sinks/framing/bulk_framing.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::delivery::in_flight;

namespace {

const sinks::framing::BulkFraming kFraming;
const std::string kRaw =
    "{\"create\":{\"_id\":\"a\"}}\n{\"n\":1}\n"
    "{\"create\":{\"_index\":\"x-2026.11.23\",\"_id\":\"b\"}}\n{\"n\":2}\n"
    "{\"create\":{\"_id\":\"c\"}}\n{\"n\":3}\n";

BulkPayload payload_of(Codec codec) {
  BulkPayload payload;
  payload.body = std::make_shared<const std::string>(pack(codec, kRaw));
  payload.codec = codec;
  payload.documents = 3;
  payload.raw_bytes = kRaw.size();
  return payload;
}

std::string text_of(const BulkPayload& payload) {
  auto raw = unpack_payload(payload);
  REQUIRE(raw.ok());
  CHECK(payload.raw_bytes == raw->size());
  return *raw;
}

}  // namespace

TEST_CASE("payloads are selected, halved and packed anew without a byte of a document changing",
          "[bulk_payload]") {
  const Codec codec = GENERATE(Codec::none, Codec::gzip, Codec::zstd);
  const BulkPayload payload = payload_of(codec);
  auto chosen = select_items(payload, kFraming, {0, 2});
  REQUIRE(chosen.ok());
  CHECK(chosen->documents == 2);
  CHECK(chosen->codec == codec);
  CHECK(text_of(*chosen) ==
        "{\"create\":{\"_id\":\"a\"}}\n{\"n\":1}\n{\"create\":{\"_id\":\"c\"}}\n{\"n\":3}\n");

  auto halves = halve_payload(payload, kFraming);
  REQUIRE(halves.ok());
  CHECK(halves->first.documents + halves->second.documents == 3);
  CHECK(text_of(halves->first) + text_of(halves->second) == kRaw);

  const std::uint64_t one = kRaw.size() / 3;
  for (const std::uint64_t most : {std::uint64_t{1}, one, 2 * one, 3 * one, 100 * one}) {
    auto cut = cut_payload(payload, kFraming, most);
    REQUIRE(cut.ok());
    std::string all;
    for (const BulkPayload& piece : *cut) {
      CHECK((piece.raw_bytes <= most || piece.documents == 1));
      CHECK(piece.codec == codec);
      all += text_of(piece);
    }
    CHECK(all == kRaw);
    for (std::size_t i = 0; i + 1 < cut->size(); ++i) {
      CHECK((*cut)[i].raw_bytes + (*cut)[i + 1].raw_bytes > most);  // no more of them than needed
    }
  }

  auto recoded = recode_payload(payload, Codec::gzip);
  REQUIRE(recoded.ok());
  CHECK(recoded->codec == Codec::gzip);
  CHECK(recoded->documents == 3);
  CHECK(text_of(*recoded) == kRaw);
}

TEST_CASE("a damaged body is an error, not a crash", "[bulk_payload]") {
  BulkPayload payload = payload_of(Codec::gzip);
  payload.body =
      std::make_shared<const std::string>(payload.body->substr(0, payload.body->size() / 2));
  CHECK_FALSE(unpack_payload(payload).ok());
  CHECK_FALSE(halve_payload(payload, kFraming).ok());
  CHECK_FALSE(cut_payload(payload, kFraming, 1).ok());
  CHECK_FALSE(select_items(payload, kFraming, {0}).ok());
  CHECK_FALSE(recode_payload(payload, Codec::none).ok());
}
