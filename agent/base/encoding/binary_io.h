// Little-endian and varint encoding for our own files. Reader never reads past its end and
// remembers the first failure, so a caller checks ok() once after reading all it wants.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace auditship {

void put_u16(std::string& out, std::uint16_t v);
void put_u32(std::string& out, std::uint32_t v);
void put_u64(std::string& out, std::uint64_t v);
void put_varint(std::string& out, std::uint64_t v);
void put_bytes(std::string& out, std::string_view bytes);  // varint length, then the bytes

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint();
  // A length-prefixed run of at most max_size bytes, borrowed from the input.
  std::string_view bytes(std::size_t max_size);
  std::string_view raw(std::size_t size);
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace auditship
