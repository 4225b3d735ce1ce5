#include <random>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/base/compression/unpacker.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

std::string sample(std::size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) {
    text += "{\"verb\":\"get\",\"n\":" + std::to_string(random() % 1000) + "}\n";
  }
  return text;
}

constexpr Codec kAll[] = {Codec::none, Codec::gzip, Codec::zstd};

}  // namespace

TEST_CASE("what is packed unpacks to itself in every codec", "[codec]") {
  for (const Codec codec : kAll) {
    for (const std::size_t size : {0u, 1u, 100u, 200'000u, 3'000'000u}) {
      const std::string text = sample(size);
      auto out = unpack(codec, pack(codec, text), text.size());
      REQUIRE(out.ok());
      CHECK(*out == text);
    }
  }
}

TEST_CASE("a packer takes pieces of any size and is ready for the next stream", "[codec]") {
  const std::string text = sample(500'000);
  for (const Codec codec : kAll) {
    Packer packer(codec);
    for (int stream = 0; stream < 3; ++stream) {
      for (std::size_t at = 0, step = 1; at < text.size();
           at += step, step = step * 3 % 70'001 + 1) {
        packer.append(std::string_view(text).substr(at, step));
      }
      CHECK(packer.raw_bytes() == text.size());
      auto out = unpack(codec, packer.finish(), text.size());
      REQUIRE(out.ok());
      CHECK(*out == text);
      CHECK(packer.raw_bytes() == 0);
    }
  }
}

TEST_CASE("a bomb is refused at the cap", "[codec]") {
  const std::string zeros(50'000'000, '\0');
  for (const Codec codec : {Codec::gzip, Codec::zstd}) {
    const std::string packed = pack(codec, zeros);
    CHECK(packed.size() < 200'000);
    auto out = unpack(codec, packed, 1'000'000);
    REQUIRE_FALSE(out.ok());
    CHECK(out.error().code == Errc::corrupt);
  }
}

TEST_CASE("every truncation and every flipped byte is refused or harmless, never a hang",
          "[codec]") {
  const std::string text = sample(2000);
  for (const Codec codec : {Codec::gzip, Codec::zstd}) {
    const std::string packed = pack(codec, text);
    for (std::size_t size = 1; size < packed.size(); ++size) {
      CHECK_FALSE(unpack(codec, packed.substr(0, size), 1 << 20).ok());
    }
    for (std::size_t at = 0; at < packed.size(); ++at) {
      std::string bad = packed;
      bad[at] = static_cast<char>(bad[at] ^ 0x10);
      auto out = unpack(codec, bad, 1 << 20);
      if (out.ok()) {
        CHECK(*out == text);  // a header byte that means nothing
      }
    }
  }
}

TEST_CASE("several members behind each other are one stream, in steps of any size", "[codec]") {
  const std::string text = sample(300'000);
  for (const Codec codec : {Codec::gzip, Codec::zstd}) {
    const std::string packed = pack(codec, text.substr(0, 1000)) + pack(codec, text.substr(1000));
    Unpacker unpacker(codec);
    std::string out;
    std::string_view rest;
    std::size_t given = 0;
    for (int guard = 0;
         guard < 1'000'000 && (given < packed.size() || !rest.empty() || !unpacker.at_end());
         ++guard) {
      if (rest.empty() && given < packed.size()) {
        const std::size_t step = std::min<std::size_t>(777, packed.size() - given);
        rest = std::string_view(packed).substr(given, step);
        given += step;
      }
      REQUIRE(unpacker.step(rest, out, 333).ok());
    }
    CHECK(out == text);
    CHECK(unpacker.at_end());
  }
}

TEST_CASE("what stands before garbage is given out first", "[codec]") {
  const std::string text = sample(1000);
  for (const Codec codec : {Codec::gzip, Codec::zstd}) {
    const std::string packed = pack(codec, text) + std::string(64, '\0');
    Unpacker unpacker(codec);
    std::string_view input = packed;
    std::string out;
    REQUIRE(unpacker.step(input, out, 1 << 20).ok());
    CHECK(out == text);
    CHECK(input.size() == 64);
    CHECK_FALSE(unpacker.step(input, out, 1 << 20).ok());
    CHECK(out == text);
  }
}
