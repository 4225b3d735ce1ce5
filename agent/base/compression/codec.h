// Codec: how bytes are compressed, its name in HTTP and the ends of file names that tell it. Frames and
// sinks see only this, never a library. Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace auditship {

// xz and bzip2 are only unpacked: log files are compressed so, bodies never. foreign: compressed in a way that is known
// by its name only (lzma, lz4, compress, lzip, brotli), so that what cannot be read is not taken for text.
enum class Codec : std::uint8_t { none = 0, gzip = 1, zstd = 2, xz = 3, bzip2 = 4, foreign = 5 };

// "identity", "gzip", "zstd": the words of Content-Encoding.
[[nodiscard]] std::string_view codec_name(Codec codec);
// Of a file by the end of its name: .gz, .zst, .xz, .bz2, those of foreign ones; else none.
[[nodiscard]] Codec codec_of_file(std::string_view name);

}  // namespace auditship
