#include "agent/base/encoding/sha256.h"

#include "agent/base/encoding/crc32c.h"
#include "agent/base/encoding/json_writer.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

template <typename Bytes>
std::string hex(const Bytes& bytes) {
  std::string out;
  append_hex(out, bytes.data(), bytes.size());
  return out;
}

}  // namespace

TEST_CASE("digests agree with published vectors", "[digest]") {
  Sha256 sha;
  CHECK(hex(sha.of("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha.of("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(md5("abc")) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(crc32c("123456789") == 0xE3069283u);
  CHECK(crc32c("") == 0u);
}

TEST_CASE("a hasher is ready again after each digest, and pieces do not matter", "[digest]") {
  Sha256 sha;
  const Digest whole = sha.of("hello world");
  sha.update("hello ");
  sha.update("world");
  CHECK(sha.finish() == whole);
}

TEST_CASE("length prefixes keep parts apart", "[digest]") {
  Sha256 sha;
  sha.update_prefixed("ab");
  sha.update_prefixed("c");
  const Digest one = sha.finish();
  sha.update_prefixed("a");
  sha.update_prefixed("bc");
  CHECK(sha.finish() != one);
}

TEST_CASE("a checksum goes on where the last call ended, at any length", "[crc]") {
  const std::string text = "The quick brown fox jumps over the lazy dog";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    CHECK(crc32c(std::string_view(text).substr(at), crc32c(std::string_view(text).substr(0, at))) ==
          crc32c(text));
  }
}
