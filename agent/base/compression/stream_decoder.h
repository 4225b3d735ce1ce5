// StreamDecoder: one way in which bytes are compressed, as Unpacker uses it: gzip, zstd, and xz and bzip2
// where their libraries were there at build time.
//
// Memory is bounded whatever the input says: zstd takes its window of at most 128 MiB, bzip2 under
// 4 MiB, xz at most kXzMemoryBytes, and what asks for more is refused as corrupt. One decoder belongs to
// one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace auditship {

class StreamDecoder {
 public:
  // What `xz -9` makes needs 65 MiB.
  static constexpr std::uint64_t kXzMemoryBytes = 72 << 20;

  StreamDecoder() = default;
  StreamDecoder(const StreamDecoder&) = delete;
  StreamDecoder& operator=(const StreamDecoder&) = delete;
  virtual ~StreamDecoder() = default;

  // As Unpacker::step() and at_end().
  virtual Status step(std::string_view& input, std::string& out, std::size_t max_out) = 0;
  [[nodiscard]] virtual bool at_end() const = 0;
};

[[nodiscard]] std::unique_ptr<StreamDecoder> make_gzip_decoder();
[[nodiscard]] std::unique_ptr<StreamDecoder> make_zstd_decoder();
// Null: built without the library.
[[nodiscard]] std::unique_ptr<StreamDecoder> make_xz_decoder();
[[nodiscard]] std::unique_ptr<StreamDecoder> make_bzip2_decoder();

}  // namespace auditship
