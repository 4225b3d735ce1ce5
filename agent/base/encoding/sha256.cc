// OpenSSL marks its plain SHA-256 functions as old in favour of EVP. They are the same code without
// EVP's cost a message, which for short log lines is more than the hash itself.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "agent/base/encoding/sha256.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "agent/base/result.h"

namespace auditship {

struct Sha256::State {
  SHA256_CTX context{};
  bool fresh = true;

  void begin() {
    AUDITSHIP_CHECK(SHA256_Init(&context) == 1, "SHA-256 cannot start");
    fresh = false;
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  if (state_->fresh) {
    state_->begin();
  }
  AUDITSHIP_CHECK(SHA256_Update(&state_->context, bytes.data(), bytes.size()) == 1,
                  "SHA-256 failed");
}

void Sha256::update_prefixed(std::string_view bytes) {
  char length[8];
  for (unsigned i = 0; i < 8; ++i) {
    length[i] = static_cast<char>(std::uint64_t{bytes.size()} >> (56 - 8 * i));
  }
  update({length, sizeof length});
  update(bytes);
}

Digest Sha256::finish() {
  if (state_->fresh) {
    state_->begin();
  }
  Digest digest;
  AUDITSHIP_CHECK(SHA256_Final(digest.data(), &state_->context) == 1, "SHA-256 failed");
  state_->fresh = true;
  return digest;
}

std::array<std::uint8_t, 16> md5(std::string_view bytes) {
  std::array<std::uint8_t, 16> digest{};
  unsigned size = 0;
  AUDITSHIP_CHECK(
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr) == 1 &&
          size == digest.size(),
      "libcrypto has no MD5");
  return digest;
}

}  // namespace auditship
