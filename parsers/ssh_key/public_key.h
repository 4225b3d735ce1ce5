// A line of an authorized_keys file, or of a .pub file: options, key type, key, comment (sshd(8)).
// The fingerprints are computed from the key itself, as sshd computes those that it logs.
// Stateless; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace auditship::parsers::ssh_key {

struct SshPublicKey {
  // As sshd logs it: ED25519, RSA, ECDSA, DSA, ED25519-SK, ECDSA-SK.
  std::string type;
  // "SHA256:" and 43 characters.
  std::string sha256;
  // "MD5:" and 16 pairs of hex digits.
  std::string md5;
  std::string comment;
  // The option cert-authority: the key signs certificates and is no one's own.
  bool is_authority = false;
};

// Nothing for a blank line or a comment. Errors: invalid, says what is wrong with the line.
[[nodiscard]] Result<std::optional<SshPublicKey>> read_public_key(std::string_view line);

}  // namespace auditship::parsers::ssh_key
