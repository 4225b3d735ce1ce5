#include "agent/core/digest.h"

#include <openssl/evp.h>

#include "agent/core/result.h"

namespace auditship {

struct Sha256::State {
  EVP_MD* algorithm = nullptr;
  EVP_MD_CTX* context = nullptr;
  bool fresh = true;

  void begin() {
    AUDITSHIP_CHECK(EVP_DigestInit_ex2(context, algorithm, nullptr) == 1, "SHA-256 cannot start");
    fresh = false;
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  state_->algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  state_->context = EVP_MD_CTX_new();
  AUDITSHIP_CHECK(state_->algorithm != nullptr && state_->context != nullptr,
                  "libcrypto has no SHA-256");
}

Sha256::~Sha256() {
  if (state_) {
    EVP_MD_CTX_free(state_->context);
    EVP_MD_free(state_->algorithm);
  }
}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&& other) noexcept {
  state_.swap(other.state_);
  return *this;
}

void Sha256::update(std::string_view bytes) {
  if (state_->fresh) {
    state_->begin();
  }
  AUDITSHIP_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1,
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
  unsigned size = 0;
  AUDITSHIP_CHECK(
      EVP_DigestFinal_ex(state_->context, digest.data(), &size) == 1 && size == digest.size(),
      "SHA-256 failed");
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
