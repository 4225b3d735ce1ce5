// CRC-32C (Castagnoli): guards what we write to disk against damage, not against people.
#pragma once

#include <cstdint>
#include <string_view>

namespace auditship {

// crc32c("123456789") == 0xE3069283. Pass the result of the last call to go on. Thread-safe.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace auditship
