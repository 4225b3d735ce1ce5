// SHA-256 and MD5 by OpenSSL's libcrypto, with contexts that are made once and reused.
// A Hasher is not thread-safe; make one a thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace auditship {

// A SHA-256.
using Digest = std::array<std::uint8_t, 32>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  // Appends the length as 8 bytes big-endian, then the bytes: no two sequences of parts look alike.
  void update_prefixed(std::string_view bytes);
  // Digest of all since the last finish(); ready for the next one.
  Digest finish();
  // One call for one buffer.
  Digest of(std::string_view bytes) {
    update(bytes);
    return finish();
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::array<std::uint8_t, 16> md5(
    std::string_view bytes);  // only for SSH fingerprints

}  // namespace auditship
