#include "agent/base/encoding/base64.h"

#include "tests/support/catch.h"

using namespace auditship;

// The vectors of RFC 4648, section 10.
TEST_CASE("base64 agrees with RFC 4648, with padding and without", "[base64]") {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : vectors) {
    CHECK(encode_base64(bytes) == text);
    const std::string bare = std::string(text).substr(0, std::string_view(text).find('='));
    CHECK(encode_base64(bytes, Base64Padding::without) == bare);
    CHECK(decode_base64(text) == std::string(bytes));
    CHECK(decode_base64(bare) == std::string(bytes));
  }
}

TEST_CASE("every byte comes back from base64", "[base64]") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<char>(i));
    CHECK(decode_base64(encode_base64(bytes)) == bytes);
  }
}

TEST_CASE("what no bytes encode to is no base64", "[base64]") {
  for (const char* bad : {"A", "AAAAA", "A===", "AA===", "AAA==", "AAAA=", "AAAA====", "=",
                          "AA =", "Zm9v\n", " Zm9v", "Zm-_", "Zm9v=Zm9v", "\xc3\xa5=="}) {
    CHECK_FALSE(decode_base64(bad).has_value());
  }
  CHECK_FALSE(decode_base64(std::string_view("AA\0=", 4)).has_value());
}
