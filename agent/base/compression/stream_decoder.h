// StreamDecoder: one way in which log files are compressed by others and which the agent only reads:
// xz and bzip2, each where its library was there at build time. What Unpacker uses for them.
//
// Memory is bounded whatever the file says: bzip2 takes under 4 MiB, xz at most kXzMemoryBytes, and a
// file that asks for more is refused as corrupt. One decoder belongs to one thread.
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

// Null: built without the library.
[[nodiscard]] std::unique_ptr<StreamDecoder> make_xz_decoder();
[[nodiscard]] std::unique_ptr<StreamDecoder> make_bzip2_decoder();

}  // namespace auditship
