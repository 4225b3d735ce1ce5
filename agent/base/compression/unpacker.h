// Unpacking with a cap, so that no input can use up memory: of one buffer at once, or piece by piece.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/compression/codec.h"
#include "agent/base/result.h"

namespace auditship {

// False: this build has no library for it, and an Unpacker fails at once.
[[nodiscard]] bool can_unpack(Codec codec);

// Inflates at most max_bytes. likely_bytes: what it inflates to, where that is known; only for
// room. Errors: corrupt (bad stream, cut short, or more than max_bytes).
[[nodiscard]] Result<std::string> unpack(Codec codec, std::string_view packed,
                                         std::size_t max_bytes, std::size_t likely_bytes = 0);

// Inflates a file piece by piece: gzip of several members, zstd of several frames, xz and bzip2 of
// several streams.
class Unpacker {
 public:
  explicit Unpacker(Codec codec);
  ~Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  // Takes bytes from the front of input (removes what it used) and appends at most max_out bytes to
  // out, of one member: what is intact comes out before the error of what stands behind it. Errors:
  // corrupt; from then on every call fails.
  Status step(std::string_view& input, std::string& out, std::size_t max_out);
  // True when the input so far ended exactly at the end of a member.
  [[nodiscard]] bool at_end() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auditship
