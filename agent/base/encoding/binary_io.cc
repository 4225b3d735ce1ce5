#include "agent/base/encoding/binary_io.h"

namespace auditship {
namespace {

void put_le(std::string& out, std::uint64_t v, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    out.push_back(static_cast<char>(v >> (8 * i)));
  }
}

std::uint64_t get_le(std::string_view bytes) {
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    v |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return v;
}

}  // namespace

void put_u16(std::string& out, std::uint16_t v) { put_le(out, v, 2); }
void put_u32(std::string& out, std::uint32_t v) { put_le(out, v, 4); }
void put_u64(std::string& out, std::uint64_t v) { put_le(out, v, 8); }

void put_varint(std::string& out, std::uint64_t v) {
  while (v >= 0x80) {
    out.push_back(static_cast<char>(v | 0x80));
    v >>= 7;
  }
  out.push_back(static_cast<char>(v));
}

void put_bytes(std::string& out, std::string_view bytes) {
  put_varint(out, bytes.size());
  out.append(bytes);
}

std::string_view WireReader::raw(std::size_t size) {
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint16_t WireReader::u16() { return static_cast<std::uint16_t>(get_le(raw(2))); }
std::uint32_t WireReader::u32() { return static_cast<std::uint32_t>(get_le(raw(4))); }
std::uint64_t WireReader::u64() { return get_le(raw(8)); }

std::uint64_t WireReader::varint() {
  std::uint64_t v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::string_view one = raw(1);
    if (!ok_) {
      return 0;
    }
    const auto byte = static_cast<unsigned char>(one[0]);
    if (shift == 63 && byte > 1) {
      break;
    }
    v |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) {
      return v;
    }
  }
  ok_ = false;
  return 0;
}

std::string_view WireReader::bytes(std::size_t max_size) {
  const std::uint64_t size = varint();
  if (size > max_size) {
    ok_ = false;
    return {};
  }
  return raw(static_cast<std::size_t>(size));
}

}  // namespace auditship
