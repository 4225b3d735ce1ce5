#include "agent/filter/match.h"

#include "tests/support/catch.h"

namespace auditship {
namespace {

event::Record get_pods() {
  event::Record record;
  record.kube.present = record.kube.has_user = record.kube.has_object_ref = true;
  record.kube.stage = "ResponseComplete";
  record.kube.verb = "get";
  record.kube.user = "system:serviceaccount:a:b";
  record.kube.groups = {"system:serviceaccounts", "system:authenticated"};
  record.kube.ns = "prod";
  record.kube.resource = "pods";
  record.kube.name = "db-0";
  record.kube.path = "/api/v1/namespaces/prod/pods/db-0";
  record.kube.user_agent = "kubectl/v1.31.0 (linux/amd64)";
  record.kube.source_ip = "10.1.2.3";
  record.kube.code = 200;
  return record;
}

bool matches(const filter::MatchSpec& spec, const event::Record& record) {
  return filter::RuleMatch(spec).matches(record);
}

Result<IpNetwork> network(std::string_view text) { return IpNetwork::parse(text); }

TEST_CASE("an empty match takes everything and a Kubernetes condition only audit events",
          "[filter]") {
  event::Record other;
  CHECK(matches({}, other));
  CHECK(matches({}, get_pods()));
  filter::MatchSpec verbs;
  verbs.verbs = {"get"};
  CHECK_FALSE(matches(verbs, other));
  CHECK(matches(verbs, get_pods()));
}

TEST_CASE("source networks match the peer in IPv4, IPv6 and mapped form", "[filter]") {
  filter::MatchSpec spec;
  spec.source_networks = {*network("10.0.0.0/8"), *network("2001:db8::/33")};
  event::Record record = get_pods();
  const auto matches_ip = [&](std::string_view ip) {
    record.kube.source_ip = ip;
    return matches(spec, record);
  };
  CHECK(matches_ip("10.255.0.1"));
  CHECK_FALSE(matches_ip("11.0.0.1"));
  CHECK(matches_ip("::ffff:10.9.9.9"));
  CHECK(matches_ip("2001:db8:7fff::1%eth0"));
  CHECK_FALSE(matches_ip("2001:db8:8000::1"));
  CHECK_FALSE(matches_ip(""));
  CHECK_FALSE(matches_ip("10.0.0.1, 10.0.0.2"));
  CHECK_FALSE(matches_ip(std::string(5000, '1')));
  spec.source_networks = {*network("0.0.0.0/0")};
  CHECK(matches_ip("203.0.113.9"));
  CHECK_FALSE(matches_ip("2001:db8::1"));
}

TEST_CASE("response codes match numbers and ranges, and nothing at RequestReceived", "[filter]") {
  filter::MatchSpec spec;
  spec.response_codes = {*filter::parse_code_range("404"), *filter::parse_code_range("409-422")};
  event::Record record = get_pods();
  const auto matches_code = [&](std::int32_t code) {
    record.kube.code = code;
    return matches(spec, record);
  };
  CHECK(matches_code(404));
  CHECK_FALSE(matches_code(405));
  CHECK(matches_code(409));
  CHECK(matches_code(422));
  CHECK_FALSE(matches_code(423));
  CHECK_FALSE(matches_code(0));
}

TEST_CASE("sizes are those of the event in the file, both ends included", "[filter]") {
  filter::MatchSpec spec;
  spec.min_size = 10;
  spec.max_size = 20;
  event::Record record = get_pods();
  const std::string text(30, 'x');
  const auto matches_size = [&](std::size_t size) {
    record.raw = std::string_view(text).substr(0, size);
    return matches(spec, record);
  };
  CHECK_FALSE(matches_size(9));
  CHECK(matches_size(10));
  CHECK(matches_size(20));
  CHECK_FALSE(matches_size(21));
}

TEST_CASE("annotations need every key, with any of its values", "[filter]") {
  filter::MatchSpec spec;
  spec.annotations = {{"a", {"x", "y*"}}, {"b", {"*"}}};
  event::Record record = get_pods();
  record.kube.annotations = {{"a", "yes"}, {"b", ""}};
  CHECK(matches(spec, record));
  record.kube.annotations = {{"a", "yes"}};
  CHECK_FALSE(matches(spec, record));
  record.kube.annotations = {{"a", "no"}, {"b", ""}};
  CHECK_FALSE(matches(spec, record));
}

TEST_CASE("user agents match by glob", "[filter]") {
  filter::MatchSpec spec;
  spec.user_agents = {"curl/*", "kubectl/*"};
  CHECK(matches(spec, get_pods()));
  spec.user_agents = {"kubectl"};
  CHECK_FALSE(matches(spec, get_pods()));
}

TEST_CASE("fields of an authlog record match by name and glob", "[filter]") {
  filter::MatchSpec spec;
  spec.fields = {{"process.name", {"CRON", "cron"}}, {"user.name", {"r*t"}}};
  event::Record record;
  record.add("process.name", "CRON");
  CHECK_FALSE(matches(spec, record));
  record.add("user.name", "root");
  CHECK(matches(spec, record));
  spec.source_networks = {*network("192.0.2.0/24")};
  CHECK_FALSE(matches(spec, record));
  record.add("source.ip", "192.0.2.7");
  CHECK(matches(spec, record));
}

TEST_CASE("time windows are UTC, may pass midnight, and need a known time", "[filter]") {
  constexpr std::int64_t kHour = 3'600'000'000'000;
  constexpr std::int64_t kMonday = 4 * 24 * kHour;  // 1970-01-05
  filter::MatchSpec spec;
  spec.times = {*filter::parse_time_window("mon-fri 22:00-06:00")};
  event::Record record = get_pods();
  const auto matches_at = [&](std::int64_t hours) {
    record.time_known = true;
    record.time_ns = kMonday + hours * kHour;
    return matches(spec, record);
  };
  CHECK(matches_at(22));
  CHECK(matches_at(23));
  CHECK(matches_at(24 + 5));  // Tuesday morning, begun on Monday
  CHECK_FALSE(matches_at(6));
  CHECK_FALSE(matches_at(5));     // Monday morning belongs to Sunday's window
  CHECK(matches_at(5 * 24 + 5));  // Saturday morning belongs to Friday's
  CHECK_FALSE(matches_at(5 * 24 + 22));
  CHECK_FALSE(matches_at(-2));  // Sunday 22:00
  record.time_known = false;
  CHECK_FALSE(matches(spec, record));
}

TEST_CASE("a time before 1970 is no special case", "[filter]") {
  filter::MatchSpec spec;
  spec.times = {*filter::parse_time_window("wed 23:00-24:00")};
  event::Record record = get_pods();
  record.time_known = true;
  record.time_ns = -1;  // Wednesday, 31 December 1969, 23:59:59
  CHECK(matches(spec, record));
}

TEST_CASE("stages narrow a rule", "[filter]") {
  filter::MatchSpec spec;
  spec.stages = filter::kRequestReceived | filter::kPanic;
  event::Record record = get_pods();
  CHECK_FALSE(matches(spec, record));
  record.kube.stage = "Panic";
  CHECK(matches(spec, record));
  record.kube.stage = "Unheard";
  CHECK_FALSE(matches(spec, record));
}

TEST_CASE("long lists are found in any order", "[filter]") {
  filter::MatchSpec spec;
  for (int i = 20; i > 0; --i) {
    spec.users.push_back("user-" + std::to_string(i));
  }
  event::Record record = get_pods();
  record.kube.user = "user-13";
  CHECK(matches(spec, record));
  record.kube.user = "user-21";
  CHECK_FALSE(matches(spec, record));
}

}  // namespace
}  // namespace auditship
