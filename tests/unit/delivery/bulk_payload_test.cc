#include "agent/delivery/bulk_payload.h"

#include "tests/support/catch.h"

using namespace auditship;

namespace {

const std::string kRaw =
    "{\"create\":{\"_id\":\"a\"}}\n{\"n\":1}\n"
    "{\"create\":{\"_index\":\"x-2026.11.23\",\"_id\":\"b\"}}\n{\"n\":2}\n"
    "{\"create\":{\"_id\":\"c\"}}\n{\"n\":3}\n";

delivery::Part part_of(Codec codec) {
  delivery::Part part;
  part.body = std::make_shared<const std::string>(pack(codec, kRaw));
  part.codec = codec;
  part.documents = 3;
  part.raw_bytes = kRaw.size();
  return part;
}

std::string text_of(const delivery::Part& part) {
  auto raw = delivery::unpack_part(part);
  REQUIRE(raw.ok());
  CHECK(part.raw_bytes == raw->size());
  return *raw;
}

}  // namespace

TEST_CASE("a bulk body is cut into its items", "[delivery]") {
  auto items = delivery::bulk_items(kRaw);
  REQUIRE(items.ok());
  REQUIRE(items->size() == 3);
  CHECK((*items)[1].source == "{\"n\":2}");
  CHECK(delivery::id_of((*items)[0].action) == "a");
  CHECK(delivery::id_of((*items)[1].action) == "b");
  CHECK(delivery::id_of("{\"create\":{}}").empty());
  CHECK(delivery::bulk_items("")->empty());
}

TEST_CASE("a body that is not pairs of lines is corrupt", "[delivery]") {
  CHECK_FALSE(delivery::bulk_items("{\"create\":{}}\n").ok());
  CHECK_FALSE(delivery::bulk_items("{\"create\":{}}\n{}").ok());
  CHECK_FALSE(delivery::bulk_items("x").ok());
}

TEST_CASE("parts are selected, halved and packed anew without a byte of a document changing",
          "[delivery]") {
  const Codec codec = GENERATE(Codec::none, Codec::gzip, Codec::zstd);
  const delivery::Part part = part_of(codec);
  auto chosen = delivery::select_part(part, {0, 2});
  REQUIRE(chosen.ok());
  CHECK(chosen->documents == 2);
  CHECK(chosen->codec == codec);
  CHECK(text_of(*chosen) ==
        "{\"create\":{\"_id\":\"a\"}}\n{\"n\":1}\n{\"create\":{\"_id\":\"c\"}}\n{\"n\":3}\n");

  auto halves = delivery::halve_part(part);
  REQUIRE(halves.ok());
  CHECK(halves->first.documents + halves->second.documents == 3);
  CHECK(text_of(halves->first) + text_of(halves->second) == kRaw);

  const std::uint64_t one = kRaw.size() / 3;
  for (const std::uint64_t most : {std::uint64_t{1}, one, 2 * one, 3 * one, 100 * one}) {
    auto cut = delivery::cut_part(part, most);
    REQUIRE(cut.ok());
    std::string all;
    for (const delivery::Part& piece : *cut) {
      CHECK((piece.raw_bytes <= most || piece.documents == 1));
      CHECK(piece.codec == codec);
      all += text_of(piece);
    }
    CHECK(all == kRaw);
    for (std::size_t i = 0; i + 1 < cut->size(); ++i) {
      CHECK((*cut)[i].raw_bytes + (*cut)[i + 1].raw_bytes > most);  // no more of them than needed
    }
  }

  auto recoded = delivery::recode_part(part, Codec::gzip);
  REQUIRE(recoded.ok());
  CHECK(recoded->codec == Codec::gzip);
  CHECK(recoded->documents == 3);
  CHECK(text_of(*recoded) == kRaw);
}

TEST_CASE("a damaged body is an error, not a crash", "[delivery]") {
  delivery::Part part = part_of(Codec::gzip);
  part.body = std::make_shared<const std::string>(part.body->substr(0, part.body->size() / 2));
  CHECK_FALSE(delivery::unpack_part(part).ok());
  CHECK_FALSE(delivery::halve_part(part).ok());
  CHECK_FALSE(delivery::cut_part(part, 1).ok());
  CHECK_FALSE(delivery::select_part(part, {0}).ok());
  CHECK_FALSE(delivery::recode_part(part, Codec::none).ok());
}
