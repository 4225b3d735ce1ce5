// Random rules on random events: the engine and a naive second implementation must agree.
#include <cstdlib>
#include <random>

#include "agent/filter/rule_set.h"
#include "tests/support/catch.h"
#include "tests/support/naive_filter.h"

namespace auditship {
namespace {

using Texts = std::vector<std::string>;

const Texts kUsers = {"anna@example.com", "system:anonymous",          "system:apiserver",
                      "system:node:n1",   "system:serviceaccount:a:b", ""};
const Texts kGroups = {"system:nodes", "system:unauthenticated", "system:masters", "oidc:dev"};
const Texts kVerbs = {"get", "list", "watch", "create", "update", "delete", "deletecollection", ""};
const Texts kNamespaces = {"", "prod", "kube-system"};
const Texts kApiGroups = {"", "apps", "rbac.authorization.k8s.io", "admissionregistration.k8s.io",
                          "certificates.k8s.io"};
const Texts kResources = {
    "pods", "secrets", "serviceaccounts", "nodes", "certificatesigningrequests", "roles"};
const Texts kSubresources = {"", "", "exec", "token", "proxy", "status", "approval"};
const Texts kNames = {"", "a", "b"};
const Texts kPaths = {"/healthz", "/healthz/x", "/healthzfoo", "//healthz", "/version", "/"};
const Texts kStages = {"RequestReceived", "ResponseStarted", "ResponseComplete", "Panic", "Odd"};
const Texts kAgents = {"", "curl/8", "kubectl/v1.31 (linux)", "a*b?"};
const Texts kPatterns = {"pods",
                         "pods/*",
                         "pods/exec",
                         "*/proxy",
                         "*",
                         "secrets",
                         "/",
                         "",
                         "po*",
                         "nodes/status",
                         "serviceaccounts/token",
                         "*/"};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  const std::string& of(const Texts& list) { return list[below(list.size())]; }
  // Usually empty, else some of list.
  Texts some(const Texts& list) {
    Texts out;
    if (one_in(3)) {
      for (std::size_t i = 1 + below(3); i > 0; --i) {
        out.push_back(of(list));
      }
    }
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

filter::MatchSpec random_match(Random& random) {
  filter::MatchSpec m;
  m.users = random.some(kUsers);
  m.user_groups = random.some(kGroups);
  m.verbs = random.some(kVerbs);
  if (random.one_in(4)) {
    m.non_resource_urls = random.some({"*", "/healthz*", "/healthz/*", "/version", "/*"});
  } else {
    m.namespaces = random.some(kNamespaces);
    for (std::size_t i = random.below(3); i > 0; --i) {
      filter::ResourceSpec& entry = m.resources.emplace_back();
      entry.group = random.one_in(4) ? "*" : random.of(kApiGroups);
      entry.resources = random.some(kPatterns);
      entry.resource_names = entry.resources.empty() ? Texts{} : random.some(kNames);
    }
  }
  m.stages =
      random.one_in(6) ? static_cast<filter::StageSet>(1 + random.below(15)) : filter::StageSet{0};
  if (random.one_in(6)) {
    m.response_codes = {{400, 499}, {200, 200}};
  }
  if (random.one_in(6)) {
    m.user_agents = random.some({"*", "curl/?", "kubectl/*", "*b?", ""});
  }
  if (random.one_in(8)) {
    m.min_size = random.below(40);
  }
  if (random.one_in(8)) {
    m.fields = {{"user.name", {"a*", "root"}}};
  }
  return m;
}

filter::RuleSetSpec random_spec(Random& random) {
  filter::RuleSetSpec spec;
  spec.kind = random.one_in(3) ? filter::RuleSetKind::policy : filter::RuleSetKind::filter_rules;
  const bool policy = spec.kind == filter::RuleSetKind::policy;
  spec.omit_stages =
      random.one_in(4) ? static_cast<filter::StageSet>(random.below(16)) : filter::StageSet{0};
  for (std::size_t i = 1 + random.below(8); i > 0; --i) {
    filter::RuleSpec& rule = spec.rules.emplace_back();
    rule.name = "rule-" + std::to_string(i);
    rule.match = random_match(random);
    rule.level = static_cast<filter::Level>(random.below(4));
    rule.omit_stages =
        random.one_in(4) ? static_cast<filter::StageSet>(random.below(16)) : filter::StageSet{0};
    if (!policy && random.one_in(3)) {
      rule.action = random.one_in(2) ? filter::RuleAction::drop : filter::RuleAction::keep;
      rule.level.reset();
    }
    if (!policy && random.one_in(3)) {
      rule.allow_hiding = static_cast<filter::GuardSet>(random.below(1U << filter::kGuardCount));
    }
  }
  if (!policy && random.one_in(3)) {
    filter::GuardException& exception = spec.guards.emplace_back();
    exception.guard = static_cast<filter::Guard>(random.below(filter::kGuardCount));
    exception.except = random_match(random);
    exception.except.verbs = {random.of(kVerbs)};
    exception.reason = "random";
  }
  return spec;
}

void fill(Random& random, event::Record& record) {
  record.clear();
  event::KubeAttributes& kube = record.kube;
  kube.present = !random.one_in(20);
  kube.stage = random.of(kStages);
  kube.user = random.of(kUsers);
  for (const std::string& group : random.some(kGroups)) {
    kube.groups.push_back(record.keep(group));
  }
  kube.has_user = !kube.user.empty() || !kube.groups.empty();
  kube.verb = random.of(kVerbs);
  kube.has_object_ref = !random.one_in(4);
  if (kube.has_object_ref) {
    kube.ns = random.of(kNamespaces);
    kube.api_group = random.of(kApiGroups);
    kube.resource = random.of(kResources);
    kube.subresource = random.of(kSubresources);
    kube.name = random.of(kNames);
  }
  kube.path = random.of(kPaths);
  kube.user_agent = random.of(kAgents);
  kube.code =
      static_cast<std::int32_t>(std::array{0, 200, 200, 401, 403, 404, 500}[random.below(7)]);
  kube.decision = random.one_in(8) ? "forbid" : "allow";
  kube.impersonated_user = random.one_in(10) ? "root" : "";
  record.raw = record.keep(std::string(random.below(60), 'x'));
  if (random.one_in(3)) {
    record.add("user.name", random.of(kUsers));
  }
}

TEST_CASE("the engine agrees with a naive one on random rules and events", "[filter]") {
  const char* wish = std::getenv("AUDITSHIP_LONG");
  const std::size_t wanted = wish != nullptr && *wish == '1' ? 100'000 : 5'000;
  std::size_t cases = 0, dropped = 0, saved = 0, refused = 0;
  for (std::uint64_t seed = 1; cases < wanted; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const filter::RuleSetSpec spec = random_spec(random);
    const auto set = filter::RuleSet::build(spec);
    if (!set) {
      ++refused;  // a rule that exists to hide, or a use of allow_hiding without effect
      REQUIRE(refused < 100 + 3 * seed / 4);
      continue;
    }
    event::Record record;
    for (int i = 0; i < 10; ++i, ++cases) {
      fill(random, record);
      if (!record.kube.present && spec.kind == filter::RuleSetKind::policy) {
        continue;  // a Policy does not judge other records
      }
      const filter::FilterDecision got = set->judge(record);
      const test::NaiveDecision want = test::naive_decide(spec, record);
      REQUIRE((got.action == filter::Action::keep) == want.keep);
      REQUIRE(got.rule_index == want.rule);
      REQUIRE(filter::level_name(got.level) == want.level);
      REQUIRE(got.guard == want.guard);
      dropped += want.keep ? 0 : 1;
      saved += got.guard_effect == filter::GuardEffect::saved ? 1 : 0;
    }
  }
  CHECK(dropped > wanted / 20);
  CHECK(saved > wanted / 50);
}

}  // namespace
}  // namespace auditship
