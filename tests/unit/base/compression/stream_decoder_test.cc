#include "agent/base/compression/stream_decoder.h"

#include <algorithm>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/unpacker.h"
#include "tests/support/catch.h"
#include "tests/support/pack_file.h"

using namespace auditship;
using namespace auditship::test;

namespace {

std::vector<Codec> codecs() {
  std::vector<Codec> all{Codec::xz, Codec::bzip2};
  std::erase_if(all, [](Codec codec) { return !can_unpack(codec); });
  return all;
}

std::string text_of(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    text += "line " + std::to_string(i * 7919) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("files of xz and bzip2 unpack, of several streams too", "[codec]") {
  for (const Codec codec : codecs()) {
    const std::string text = text_of(30'000);
    const std::string packed = pack_file(codec, text) + pack_file(codec, text);
    const auto out = unpack(codec, packed, 2 * text.size());
    REQUIRE(out.ok());
    CHECK(*out == text + text);
  }
}

TEST_CASE("xz and bzip2 come in pieces of any size", "[codec]") {
  for (const Codec codec : codecs()) {
    const std::string text = text_of(3'000);
    const std::string packed = pack_file(codec, text);
    Unpacker unpacker(codec);
    std::string out;
    for (const char c : packed) {
      std::string_view one(&c, 1);
      while (!one.empty()) {
        REQUIRE(unpacker.step(one, out, 100).ok());
      }
    }
    for (std::size_t had = out.size() + 1; had != out.size();) {
      had = out.size();
      std::string_view none;
      REQUIRE(unpacker.step(none, out, 100).ok());
    }
    CHECK(unpacker.at_end());
    CHECK(out == text);
  }
}

TEST_CASE("cut or damaged xz and bzip2 are refused, and never more than asked for comes out",
          "[codec]") {
  for (const Codec codec : codecs()) {
    const std::string text = text_of(3'000);
    const std::string packed = pack_file(codec, text);
    for (std::size_t i = 0; i < packed.size(); i += 97) {
      CHECK_FALSE(unpack(codec, std::string_view(packed).substr(0, i + 1), text.size()).ok());
      std::string damaged = packed;
      damaged[i] = static_cast<char>(damaged[i] ^ 0x24);
      const auto out = unpack(codec, damaged, text.size());
      CHECK((!out.ok() || *out == text));
    }
    const std::string bomb = pack_file(codec, std::string(20 << 20, 'x'));
    CHECK(bomb.size() < 100'000);
    CHECK_FALSE(unpack(codec, bomb, 1 << 20).ok());
  }
}

TEST_CASE("an xz file that asks for more memory than it is given is refused", "[codec]") {
  if (!can_unpack(Codec::xz)) {
    return;
  }
  const std::string text = text_of(100);
  CHECK(unpack(Codec::xz, pack_xz_with_dictionary(text, 1 << 20), text.size()).ok());
  CHECK_FALSE(unpack(Codec::xz, pack_xz_with_dictionary(text, 128 << 20), text.size()).ok());
}

TEST_CASE("a codec is known by the end of a file's name", "[codec]") {
  CHECK(codec_of_file("a.gz") == Codec::gzip);
  CHECK(codec_of_file("a.zst") == Codec::zstd);
  CHECK(codec_of_file("a.1.xz") == Codec::xz);
  CHECK(codec_of_file("a.1.bz2") == Codec::bzip2);
  CHECK(codec_of_file("a.log") == Codec::none);
}
