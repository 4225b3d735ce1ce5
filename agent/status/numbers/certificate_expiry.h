// When the certificates expire that the configuration names: for an alert before they do.
//
//   status.certificates = certificate_expiries(fs, sink.certificates());
//
// Reads the files at each call; keeps nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "sinks/sink_type.h"

namespace auditship::status::numbers {

struct CertificateExpiry {
  // "client" or "ca".
  std::string use;
  // As configured.
  std::string file;
  // Seconds since the epoch.
  std::int64_t not_after = 0;
};

// The first and the last notAfter of all certificates in PEM text, in seconds since the epoch.
struct CertificateTimes {
  std::int64_t first = 0, last = 0;
};
// Errors: invalid (no certificate, or a broken one).
[[nodiscard]] Result<CertificateTimes> certificate_times(std::string_view pem);

// Of the certificates in a file the first that expires, or the last where any of them may serve. As
// they are now. A file that cannot be read or holds no certificate is left out: whoever connects says
// so.
[[nodiscard]] std::vector<CertificateExpiry> certificate_expiries(
    Fs& fs, const std::vector<sinks::CertificateFile>& files);

}  // namespace auditship::status::numbers
