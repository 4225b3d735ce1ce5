// Compression of bodies: gzip (ISA-L where built with it, else zlib) and zstd.
//
// A Packer compresses as bytes come; unpack() inflates with a cap, so that no input can use up
// memory. One Packer belongs to one thread. Frames and sinks see only Codec, never a library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace auditship {

// xz and bzip2 are only unpacked: log files are compressed so, bodies never.
enum class Codec : std::uint8_t { none = 0, gzip = 1, zstd = 2, xz = 3, bzip2 = 4 };

// "identity", "gzip", "zstd": the words of Content-Encoding.
[[nodiscard]] std::string_view codec_name(Codec codec);
// Of a file by the end of its name: .gz, .zst, .xz, .bz2; else none.
[[nodiscard]] Codec codec_of_file(std::string_view name);
// False: this build has no library for it, and an Unpacker fails at once.
[[nodiscard]] bool can_unpack(Codec codec);

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
