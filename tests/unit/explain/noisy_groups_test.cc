// The noisiest groups, and that the rule for each loads and matches exactly that group.
#include "agent/explain/noisy_groups.h"

#include "tests/support/explain_rig.h"

namespace auditship {
namespace {

using test::event_line;
using test::EventWords;

constexpr auto kOurs = filter::RuleSetKind::filter_rules;

// Groups of a log of one line for each, and the records again, to ask rules about.
struct Groups {
  explicit Groups(const std::vector<EventWords>& all) {
    for (const EventWords& words : all) {
      log += event_line(words) + "\n";
    }
    add("kubeaudit");
  }
  explicit Groups(std::string auth) : log(std::move(auth)) { add("authlog"); }

  void add(std::string_view name) {
    stream = name;
    for_each_record([this](const event::Record& record, std::size_t size) {
      groups.add(record, keeps.judge(record), size);
    });
  }
  void for_each_record(const std::function<void(const event::Record&, std::size_t)>& use) const {
    const auto parser = test::parser_for(stream);
    REQUIRE(test::read_log("x.log", log, *parser,
                           [&](const event::RawLine& line, const event::Records& records) {
                             for (std::size_t i = 0; i < records.size(); ++i) {
                               use(records[i], line.length + 1);
                             }
                             return Status();
                           })
                .ok());
  }

  std::string log, stream;
  filter::RuleSet keeps;
  explain::NoisyGroups groups;
};

filter::RuleSet load(const explain::SuggestedRule& rule, filter::RuleSetKind kind) {
  return kind == kOurs ? test::our_rules(rule.yaml) : test::policy_of(rule.yaml);
}

// Each group's rule loads, drops as many events as the group has, and they all are of this group.
std::size_t check_rules(const Groups& groups, filter::RuleSetKind kind) {
  std::set<std::string> names;
  std::size_t with_rule = 0;
  for (const explain::NoisyGroup& group : groups.groups.noisiest(100)) {
    const explain::SuggestedRule rule = explain::suggest_rule(groups.groups, group, kind, names);
    INFO(explain::describe_group(group) << "\n" << rule.yaml << rule.why);
    if (rule.yaml.empty()) {
      CHECK_FALSE(rule.why.empty());
      continue;
    }
    ++with_rule;
    const filter::RuleSet loaded = load(rule, kind);
    explain::NoisyGroups matched;
    groups.for_each_record([&](const event::Record& record, std::size_t size) {
      const filter::FilterDecision decision = loaded.judge(record);
      if (decision.rule_index == 0) {
        matched.add(record, decision, size);
      }
    });
    REQUIRE(matched.size() == 1);
    const explain::NoisyGroup got = matched.noisiest(1)[0];
    CHECK(got.parts == group.parts);
    CHECK(got.kind == group.kind);
    CHECK(got.events == group.events);
    CHECK(got.bytes == group.bytes);
  }
  return with_rule;
}

EventWords words(const char* user, const char* verb, const char* group, const char* resource,
                 const char* subresource) {
  EventWords out;
  out.user = user;
  out.verb = verb;
  out.group = group;
  out.resource = resource;
  out.subresource = subresource;
  return out;
}

EventWords on_path(const char* user, const char* path) {
  EventWords out;
  out.user = user;
  out.verb = "get";
  out.path = path;
  return out;
}

std::vector<EventWords> many_kinds() {
  return {
      words("system:a", "get", "", "pods", ""),
      words("system:a", "get", "", "pods", ""),
      words("system:a", "get", "", "pods", "log"),
      words("system:a", "get", "apps", "pods", ""),
      words("system:a", "Get", "", "pods", ""),
      words("system:A", "get", "", "pods", ""),
      words("system:a", "get", "", "secrets", ""),
      words("system:a", "create", "", "pods", "exec"),
      words("alice@example.com", "delete", "", "secrets", ""),
      words("system:anonymous", "list", "", "pods", ""),
      words("system:'\"\\ \t#: {x}", "get", "", "pods", ""),
      words("null", "get", "", "1e3", ""),
      words("system:\xe2\x80\xae\xc2\x9b\x7f\xc3\xa5", "get", "", "pods", ""),
      words("system:a", "", "", "pods", ""),
      on_path("system:a", "/healthz"),
      on_path("system:a", "/healthz/etcd"),
      on_path("system:a", "/a%20b"),
  };
}

TEST_CASE("each group's rule loads and matches exactly that group", "[explain]") {
  const Groups groups(many_kinds());
  CHECK(groups.groups.size() == many_kinds().size() - 1);
  CHECK(check_rules(groups, kOurs) == groups.groups.size());
  CHECK(check_rules(groups, filter::RuleSetKind::policy) == groups.groups.size());
}

TEST_CASE("a group that no rule can name exactly gets none, and it is said why", "[explain]") {
  std::vector<EventWords> all = {
      words("system:a", "get", "", "*", ""),
      words("system:a", "get", "", "pods", "*"),
      words("system:a", "get", "", "*", "scale"),
      words("system:a", "get", "*", "pods", ""),
      words("system:a", "get", "Bad/v1", "pods", ""),
      words("", "get", "", "pods", ""),
      on_path("system:a", "/healthz*"),
      on_path("system:a", "healthz"),
      on_path("system:a", "*"),
  };
  CHECK(check_rules(Groups(all), kOurs) == 0);
  CHECK(check_rules(Groups(all), filter::RuleSetKind::policy) == 0);
}

TEST_CASE("where guards keep all of a group, its rule says so", "[explain]") {
  const Groups groups({words("alice", "delete", "", "secrets", "")});
  std::set<std::string> names;
  const explain::SuggestedRule rule =
      explain::suggest_rule(groups.groups, groups.groups.noisiest(1)[0], kOurs, names);
  CHECK(rule.yaml ==
        "  - name: quiet-alice-delete-secrets\n"
        "    action: drop\n"
        "    allow_hiding: [secrets, unknown-names]\n"
        "    users: [\"alice\"]\n"
        "    verbs: [\"delete\"]\n"
        "    resources: [{group: \"\", resources: [\"secrets\"]}]\n");
  CHECK(rule.why.find("think twice") != std::string::npos);
}

TEST_CASE("suggested names are free and fit a rule file", "[explain]") {
  std::vector<EventWords> all;
  for (int i = 0; i < 12; ++i) {
    const std::string user = "system:x:" + std::string(100, 'a') + std::to_string(i);
    all.push_back(words(user.c_str(), "get", "", "pods", ""));
  }
  CHECK(check_rules(Groups(all), kOurs) == 12);
}

TEST_CASE("the noisiest comes first", "[explain]") {
  const Groups groups(many_kinds());
  const auto top = groups.groups.noisiest(2);
  REQUIRE(top.size() == 2);
  CHECK(top[0].events == 2);
  CHECK(explain::describe_group(top[0]) == "system:a get pods");
  CHECK(top[1].events == 1);
}

TEST_CASE("auth.log groups are by action, program and user", "[explain]") {
  std::string log;
  for (const char* user : {"root", "anna", "root"}) {
    log += "Nov 23 10:00:00 h CRON[7]: pam_unix(cron:session): session opened for user " +
           std::string(user) + "(uid=0) by (uid=0)\n";
  }
  for (const char* text : {"sshd[9]: Disconnected from user anna 10.0.0.7 port 1", "sshd[9]: hello",
                           "thing[9]: hello", "what*[9]: hello"}) {
    log += "Nov 23 10:00:00 h " + std::string(text) + "\n";
  }
  const Groups groups(log);
  const auto top = groups.groups.noisiest(10);
  REQUIRE(top.size() == 6);
  CHECK(top[0].events == 2);
  CHECK(explain::describe_group(top[0]) == "session-opened CRON root");
  // None for sshd without action and user, for there are others of sshd; none for what*.
  CHECK(check_rules(groups, kOurs) == 4);
  CHECK(check_rules(groups, filter::RuleSetKind::policy) == 0);
}

TEST_CASE("groups beyond the limit are counted as others", "[explain]") {
  explain::NoisyGroups groups(2);
  event::Record record;
  for (const char* user : {"a", "b", "c", "a", "d"}) {
    record.clear();
    record.kube.present = record.kube.has_user = true;
    record.kube.user = user;
    groups.add(record, {}, 10);
  }
  CHECK(groups.size() == 2);
  CHECK(groups.other_events() == 2);
  CHECK(groups.noisiest(1)[0].events == 2);
  const std::string huge(explain::NoisyGroups::kMaxKeyBytes + 1, 'u');
  record.kube.user = huge;
  groups.add(record, {}, 10);
  CHECK(groups.other_events() == 3);
}

}  // namespace
}  // namespace auditship
