// When the certificates end that the configuration names: for an alert before they do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/config/config.h"

namespace auditship::status {

struct CertificateEnd {
  std::string use;             // "client" or "ca"
  std::string file;            // as configured
  std::int64_t not_after = 0;  // seconds since the epoch
};

// The first and the last notAfter of all certificates in PEM text, in seconds since the epoch.
struct CertificateTimes {
  std::int64_t first = 0, last = 0;
};
// Errors: invalid (no certificate, or a broken one).
[[nodiscard]] Result<CertificateTimes> certificate_times(std::string_view pem);

// Of the client's certificates the first that ends, of the CA file the last: any of those may
// serve. As they are now. A file that cannot be read or holds no certificate is left out: whoever
// connects says so.
[[nodiscard]] std::vector<CertificateEnd> certificate_ends(Fs& fs, const config::Config& config);

}  // namespace auditship::status
