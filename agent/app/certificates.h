// When the certificates end that the configuration names: for an alert before they do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/app/config.h"
#include "agent/core/fs.h"

namespace auditship {

struct CertificateEnd {
  std::string use;             // "client" or "ca"
  std::string file;            // as configured
  std::int64_t not_after = 0;  // seconds since the epoch
};

// The earliest notAfter of all certificates in PEM text. Errors: invalid (none, or a broken one).
[[nodiscard]] Result<std::int64_t> earliest_not_after(std::string_view pem);

// Of the client's certificate and the CA file, as they are now. A file that cannot be read or holds
// no certificate is left out: whoever connects says so.
[[nodiscard]] std::vector<CertificateEnd> certificate_ends(Fs& fs, const Config& config);

}  // namespace auditship
