#include "agent/status/numbers/certificate_expiry.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;

namespace {

const std::string kFirst = R"(-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUeyhYHjvQURV7oLk1NuMO8hbsyJEwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFZmlyc3QwHhcNMjYxMTI4MDA1MjA3WhcNMzYxMTI1MDA1MjA3
WjAQMQ4wDAYDVQQDDAVmaXJzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABP+r
ztW0PpkdDVQXFXrbkvSa8/3zicMRQaT6DNrxpIgPkNHJIrD4fKaokujQCmx2C/kE
aEkhkC5lfc6Wal4kWCKjUzBRMB0GA1UdDgQWBBQ+WBi1ujQ3KSkjURJFMssnJF0n
mTAfBgNVHSMEGDAWgBQ+WBi1ujQ3KSkjURJFMssnJF0nmTAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCwnOZnsHyFaZSOVKDviZNFbGvU34NBldHv
uleODQ57nAIgWY/MqhbKL/JPGxUZZTKddiGwbzdyU49xvjoskeLYjEg=
-----END CERTIFICATE-----
)";
constexpr std::int64_t kFirstEnds = 2111187127;  // openssl x509 -enddate
const std::string kSecond = R"(-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUbKEYpwndMgPrtL2wb0t46N9zhC4wCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGc2Vjb25kMB4XDTI2MTEyODAwNTIwN1oXDTI4MDEwMjAwNTIw
N1owETEPMA0GA1UEAwwGc2Vjb25kMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
8oD1/Yqmq6OX3IvYnZoIpG+MKvDj2n6EtAIX9PAyBV6y/K4LxRgHWsVuDF5UBzOg
LgjjFE0+Xh59qpAQ1d5ZoaNTMFEwHQYDVR0OBBYEFJhPnzr4bGGAJaa5kDIjpvZr
tCP3MB8GA1UdIwQYMBaAFJhPnzr4bGGAJaa5kDIjpvZrtCP3MA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgfaXOU6zxPCjhIivqBeC2CpDeWeBKXWhP
ZYQ7FETNOzICIQDPoyrETXV7TYp+KR6oZ9ZJjMBl79Pkfi+h7nVP7sV5OQ==
-----END CERTIFICATE-----
)";
constexpr std::int64_t kSecondEnds = 1830387127;

}  // namespace

TEST_CASE("the first and the last end of all certificates in a file", "[certificates]") {
  CHECK(status::numbers::certificate_times(kFirst)->first == kFirstEnds);
  CHECK(status::numbers::certificate_times(kFirst)->last == kFirstEnds);
  for (const std::string& both :
       {"words before\n" + kFirst + "words between\n" + kSecond, kSecond + kFirst}) {
    CHECK(status::numbers::certificate_times(both)->first == std::min(kFirstEnds, kSecondEnds));
    CHECK(status::numbers::certificate_times(both)->last == std::max(kFirstEnds, kSecondEnds));
  }
}

TEST_CASE("what is no certificate, or a broken one, has no end", "[certificates]") {
  CHECK_FALSE(status::numbers::certificate_times("").ok());
  CHECK_FALSE(status::numbers::certificate_times("no certificate").ok());
  CHECK_FALSE(status::numbers::certificate_times(kFirst.substr(0, 300)).ok());
  std::string broken = kSecond;
  broken.replace(100, 4, "AAAA");
  CHECK_FALSE(
      status::numbers::certificate_times(kFirst + broken.substr(0, 200) + kSecond.substr(0, 40))
          .ok());
}

TEST_CASE(
    "only files that the configuration names are looked at, and those that are gone are left out",
    "[certificates]") {
  SimClock clock;
  SimFs fs(clock);
  (void)fs.make_dirs("/tls");
  fs.append("/tls/client.pem", kFirst);
  CHECK(
      status::numbers::certificate_expiries(fs, {{"client", "", false}, {"ca", "", true}}).empty());
  const auto ends = status::numbers::certificate_expiries(
      fs, {{"client", "/tls/client.pem", false}, {"ca", "/tls/gone.pem", true}});
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].use == "client");
  CHECK(ends[0].file == "/tls/client.pem");
  CHECK(ends[0].not_after == kFirstEnds);
  // Of a CA file any certificate may serve, of the client's chain all do.
  fs.append("/tls/client.pem", kSecond);
  fs.append("/tls/ca.pem", kFirst + kSecond);
  const auto both = status::numbers::certificate_expiries(
      fs, {{"client", "/tls/client.pem", false}, {"ca", "/tls/ca.pem", true}});
  REQUIRE(both.size() == 2);
  CHECK(both[0].not_after == std::min(kFirstEnds, kSecondEnds));
  CHECK(both[1].not_after == std::max(kFirstEnds, kSecondEnds));
}
