#include "agent/status/numbers/certificate_expiry.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace auditship::status::numbers {
namespace {

constexpr std::size_t kMaxFile = 4 << 20;  // a bundle of all public authorities has 200 KiB

std::optional<std::int64_t> seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return std::nullopt;
  }
  return ::timegm(&parts);
}

}  // namespace

Result<CertificateTimes> certificate_times(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(
      BIO_new_mem_buf(pem.data(), static_cast<int>(std::min(pem.size(), kMaxFile))), BIO_free);
  std::optional<CertificateTimes> times;
  while (in) {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
    if (!certificate) {
      break;
    }
    const auto end = seconds_of(X509_get0_notAfter(certificate.get()));
    if (!end) {
      continue;  // a time that nobody can read says nothing
    }
    times = times ? CertificateTimes{std::min(times->first, *end), std::max(times->last, *end)}
                  : CertificateTimes{*end, *end};
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!times || !at_end) {
    return Error{Errc::invalid, "no certificate in PEM, or a broken one"};
  }
  return *times;
}

std::vector<CertificateExpiry> certificate_expiries(
    Fs& fs, const std::vector<sinks::CertificateFile>& files) {
  std::vector<CertificateExpiry> ends;
  for (const sinks::CertificateFile& one : files) {
    if (one.file.empty()) {
      continue;
    }
    auto pem = fs.read_file(one.file, kMaxFile);
    if (!pem) {
      continue;
    }
    if (auto times = certificate_times(*pem)) {
      ends.push_back(
          CertificateExpiry{one.use, one.file, one.any_serves ? times->last : times->first});
    }
  }
  return ends;
}

}  // namespace auditship::status::numbers
