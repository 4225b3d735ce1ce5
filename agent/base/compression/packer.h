// Packer: compresses bodies as bytes come, by gzip (ISA-L where built with it, else zlib) or zstd. One
// Packer belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/compression/codec.h"

namespace auditship {

class Packer {
 public:
  explicit Packer(Codec codec);
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  [[nodiscard]] Codec codec() const;
  // Compresses bytes; output is kept inside until finish().
  void append(std::string_view bytes);
  // Bytes given since the last finish(), and compressed bytes produced so far of them.
  [[nodiscard]] std::uint64_t raw_bytes() const;
  [[nodiscard]] std::uint64_t packed_bytes() const;
  // Ends the stream and returns it; ready for the next one.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One buffer at once.
[[nodiscard]] std::string pack(Codec codec, std::string_view bytes);

}  // namespace auditship
