#include "agent/base/encoding/binary_io.h"

#include "tests/support/catch.h"

using namespace auditship;

TEST_CASE("numbers and bytes come back as they were put", "[wire]") {
  std::string out;
  put_u16(out, 0xBEEF);
  put_u32(out, 0xDEADBEEF);
  put_u64(out, 0x0123456789ABCDEF);
  for (const std::uint64_t v :
       {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}}) {
    put_varint(out, v);
  }
  put_bytes(out, "text");
  WireReader in(out);
  CHECK(in.u16() == 0xBEEF);
  CHECK(in.u32() == 0xDEADBEEF);
  CHECK(in.u64() == 0x0123456789ABCDEF);
  CHECK(in.varint() == 0);
  CHECK(in.varint() == 127);
  CHECK(in.varint() == 128);
  CHECK(in.varint() == ~std::uint64_t{0});
  CHECK(in.bytes(4) == "text");
  CHECK(in.ok());
  CHECK(in.at_end());
}

TEST_CASE("reading past the end fails once and for all", "[wire]") {
  WireReader in(std::string_view("\x01\x02", 2));
  CHECK(in.u32() == 0);
  CHECK_FALSE(in.ok());
  CHECK(in.u16() == 0);
  CHECK_FALSE(in.ok());
}

TEST_CASE("a length over the limit and an endless varint are refused", "[wire]") {
  std::string out;
  put_bytes(out, "12345");
  WireReader limited(out);
  CHECK(limited.bytes(4).empty());
  CHECK_FALSE(limited.ok());
  const std::string endless(20, '\xff');
  WireReader in(endless);
  CHECK(in.varint() == 0);
  CHECK_FALSE(in.ok());
}
