// The KEY part of sshd's Accepted and Failed lines: "ED25519 SHA256:…", "RSA-CERT SHA256:… ID x
// (serial 1) CA RSA SHA256:…". Stateless; thread-safe. A certificate's id is free text, so it is
// cut out between a fixed left and a fixed right part.
#pragma once

#include <string_view>

namespace auditship::parsers::ssh_key {

struct SshKeyText {
  bool valid = false;
  std::string_view type, fingerprint;
  std::string_view cert_id, cert_serial, ca_type, ca_fingerprint;
  // What stands behind the fingerprint and ", ".
  std::string_view details;
};

// The parts of text, views into it. Not valid where text is no KEY part, whoever chose it.
[[nodiscard]] SshKeyText read_ssh_key(std::string_view text);

// Whether text is the name of a digest, a colon and its value in Base64 (FingerprintHash takes any
// digest), or pairs of hex digits with or without MD5:.
[[nodiscard]] bool is_fingerprint(std::string_view text);

}  // namespace auditship::parsers::ssh_key
