// The KEY part of sshd's Accepted and Failed lines: "ED25519 SHA256:…", "RSA-CERT SHA256:… ID x
// (serial 1) CA RSA SHA256:…". Stateless. A certificate's id is free text, so it is cut out between
// a fixed left and a fixed right part.
#pragma once

#include <string_view>

namespace auditship::parsers::ssh_key {

struct SshKeyText {
  bool valid = false;
  std::string_view type, fingerprint;
  std::string_view cert_id, cert_serial, ca_type, ca_fingerprint;
};

[[nodiscard]] SshKeyText read_ssh_key(std::string_view text);

[[nodiscard]] bool is_fingerprint(std::string_view text);

}  // namespace auditship::parsers::ssh_key
