#include "agent/base/encoding/base64.h"

#include <algorithm>
#include <limits>

#include <openssl/evp.h>

namespace auditship {
namespace {

// EVP_EncodeBlock and EVP_DecodeBlock count in int.
constexpr std::size_t kMaxBytes = std::numeric_limits<int>::max() / 2;

bool is_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string encode_base64(std::string_view bytes, Base64Padding padding) {
  std::string out;
  bytes = bytes.substr(0, kMaxBytes);
  // The function ends its text by a NUL, which a string has room for behind its last character.
  out.resize((bytes.size() + 2) / 3 * 4);
  EVP_EncodeBlock(bytes_of(out), bytes_of(bytes), static_cast<int>(bytes.size()));
  if (padding == Base64Padding::without) {
    out.erase(std::min(out.find('='), out.size()));
  }
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  const auto digits =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const std::string_view rest = text.substr(digits);
  const bool is_padding = rest.empty() || ((rest == "=" || rest == "==") && text.size() % 4 == 0);
  if (!is_padding || digits % 4 == 1 || digits > kMaxBytes) {
    return std::nullopt;
  }
  std::string padded(text.substr(0, digits));
  padded.resize((digits + 3) / 4 * 4, '=');
  std::string out;
  out.resize(padded.size() / 4 * 3);
  // OpenSSL counts what padding stands for as zero bytes.
  if (EVP_DecodeBlock(bytes_of(out), bytes_of(padded), static_cast<int>(padded.size())) < 0) {
    return std::nullopt;
  }
  out.resize(digits * 3 / 4);
  return out;
}

}  // namespace auditship
