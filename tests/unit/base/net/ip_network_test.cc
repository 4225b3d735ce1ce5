#include "agent/base/net/ip_network.h"

#include "tests/support/catch.h"

using namespace auditship;

namespace {

bool lies_in(const char* network, const char* address) {
  IpBytes bytes;
  return parse_ip_bytes(address, bytes) && IpNetwork::parse(network)->contains(bytes);
}

}  // namespace

TEST_CASE("an address lies in a network when it shares the prefix", "[ip]") {
  CHECK(lies_in("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(lies_in("10.0.0.0/8", "11.0.0.1"));
  CHECK(lies_in("192.0.2.128/25", "192.0.2.129"));
  CHECK_FALSE(lies_in("192.0.2.128/25", "192.0.2.127"));
  CHECK(lies_in("192.0.2.1", "192.0.2.1"));
  CHECK(lies_in("0.0.0.0/0", "198.51.100.7"));
  CHECK_FALSE(lies_in("0.0.0.0/0", "2001:db8::1"));
  CHECK(lies_in("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(lies_in("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(lies_in("::/0", "10.0.0.1"));
  CHECK(lies_in("10.0.0.0/8", "::ffff:10.1.2.3"));
  CHECK(lies_in("fe80::/10", "fe80::1%eth0"));
}

TEST_CASE("what is no network is refused with the text in the message", "[ip]") {
  for (const char* bad :
       {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "10.0.0.0/8x", "a", "fd00::/7",
        "10.0.0/8", "10.0.0.1/8", "2001:db8::/129", "2001:db8::1/64", "fe80::1%eth0", "example.org",
        "/8", "010.0.0.1"}) {
    const auto network = IpNetwork::parse(bad);
    REQUIRE_FALSE(network.ok());
    CHECK(network.error().code == Errc::invalid);
    CHECK(network.error().message.find("\"" + std::string(bad) + "\"") != std::string::npos);
  }
}

TEST_CASE("a list holds what one of its networks holds; a zone lies in none", "[ip]") {
  const auto list = IpNetworkList::parse(
      {"10.0.0.0/8", "192.168.1.7", "fc00::/7", "::ffff:172.16.0.0/108", "2001:db8::/32"});
  REQUIRE(list.ok());
  CHECK(list->contains("10.1.2.3"));
  CHECK(list->contains("2001:db8::1"));
  CHECK(list->contains("::ffff:10.1.2.3"));
  CHECK(list->contains("172.16.9.9"));
  CHECK(list->contains("192.168.1.7"));
  CHECK_FALSE(list->contains("192.168.1.8"));
  CHECK(list->contains("fdff::1"));
  CHECK_FALSE(list->contains("fe80::1"));
  CHECK_FALSE(list->contains("192.0.2.1"));
  CHECK_FALSE(list->contains("10.1.2.3 "));
  CHECK_FALSE(list->contains("2001:db8::1%eth0"));
  CHECK_FALSE(list->contains(""));
  CHECK_FALSE(IpNetworkList::parse({"10.0.0.0/8", "nonsense"}).ok());
}
