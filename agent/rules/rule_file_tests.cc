#include <algorithm>

#include "agent/filter/match.h"
#include "agent/rules/rule_file_internal.h"

namespace auditship::rules {
namespace {

int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

// requestURI up to the query, escapes decoded once, as the parser does it.
std::string path_of_uri(std::string_view uri) {
  uri = uri.substr(0, uri.find('?'));
  std::string path;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const bool escape = uri[i] == '%' && i + 2 < uri.size() && hex_digit(uri[i + 1]) >= 0 &&
                        hex_digit(uri[i + 2]) >= 0;
    path += escape ? static_cast<char>(hex_digit(uri[i + 1]) * 16 + hex_digit(uri[i + 2])) : uri[i];
    i += escape ? 2 : 0;
  }
  return path;
}

void read_view(yaml::YamlMap& map, std::string_view key, event::Record& record,
               std::string_view& into) {
  std::string text;
  if (map.text(key, text)) {
    into = record.keep(text);
  }
}

void read_user(yaml::YamlMap& event, event::Record& record) {
  const yaml::YamlNode* node = event.get("user");
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap user(event.problems(), *node, event.path_of("user"));
  read_view(user, "username", record, record.kube.user);
  read_view(user, "uid", record, record.kube.uid);
  std::vector<std::string> groups;
  user.texts("groups", groups);
  for (const std::string& group : groups) {
    record.kube.groups.push_back(record.keep(group));
  }
  user.done();
  record.kube.has_user = !record.kube.user.empty() || !record.kube.uid.empty() || !groups.empty();
}

void read_object(yaml::YamlMap& event, event::Record& record) {
  const yaml::YamlNode* node = event.get("objectRef");
  if (node == nullptr) {
    return;
  }
  event::KubeAttributes& kube = record.kube;
  kube.has_object_ref = true;
  yaml::YamlMap object(event.problems(), *node, event.path_of("objectRef"));
  read_view(object, "resource", record, kube.resource);
  read_view(object, "subresource", record, kube.subresource);
  read_view(object, "namespace", record, kube.ns);
  read_view(object, "name", record, kube.name);
  read_view(object, "apiGroup", record, kube.api_group);
  read_view(object, "apiVersion", record, kube.api_version);
  object.done();
}

void read_annotations(yaml::YamlMap& event, event::Record& record) {
  const yaml::YamlNode* node = event.get("annotations");
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap annotations(event.problems(), *node, event.path_of("annotations"));
  for (const yaml::YamlNode::Member& member : annotations.members()) {
    if (const auto value =
            yaml::as_text(event.problems(), member.value, annotations.path_of(member.key))) {
      record.kube.annotations.emplace_back(record.keep(member.key), record.keep(*value));
      if (member.key == "authorization.k8s.io/decision") {
        record.kube.decision = record.kube.annotations.back().second;
      }
    }
  }
}

// The part of an audit event that rules look at; what is left out has the value of a plain success.
void read_event(yaml::YamlMap& test, event::Record& record) {
  const yaml::YamlNode* node = test.get("event");
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap event(test.problems(), *node, test.path_of("event"));
  event::KubeAttributes& kube = record.kube;
  kube.present = true;
  kube.stage = "ResponseComplete";
  kube.level = "Metadata";
  read_view(event, "stage", record, kube.stage);
  read_view(event, "level", record, kube.level);
  read_view(event, "auditID", record, kube.audit_id);
  read_view(event, "requestReceivedTimestamp", record, kube.received);
  read_view(event, "verb", record, kube.verb);
  read_user(event, record);
  if (const yaml::YamlNode* other = event.get("impersonatedUser")) {
    yaml::YamlMap user(event.problems(), *other, event.path_of("impersonatedUser"));
    read_view(user, "username", record, kube.impersonated_user);
    user.done();
  }
  read_object(event, record);
  std::string uri;
  if (event.text("requestURI", uri)) {
    kube.path = record.keep(path_of_uri(uri));
  }
  read_view(event, "userAgent", record, kube.user_agent);
  std::vector<std::string> addresses;
  event.texts("sourceIPs", addresses);
  kube.source_ip = addresses.empty() ? std::string_view() : record.keep(addresses.back());
  kube.code = kube.stage == "RequestReceived" ? 0 : 200;
  if (const yaml::YamlNode* status = event.get("responseStatus")) {
    yaml::YamlMap map(event.problems(), *status, event.path_of("responseStatus"));
    std::uint64_t code = 0;
    map.number("code", 0, 999, code);
    kube.code = static_cast<std::int32_t>(code);
    map.done();
  }
  read_annotations(event, record);
  event.done();
}

void read_fields(yaml::YamlMap& test, event::Record& record) {
  const yaml::YamlNode* node = test.get("fields");
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap fields(test.problems(), *node, test.path_of("fields"));
  for (const yaml::YamlNode::Member& member : fields.members()) {
    if (const auto value = yaml::as_scalar(test.problems(), member.value,
                                           fields.path_of(member.key), "the value of the field")) {
      record.add(record.keep(member.key), record.keep(*value));
    }
  }
}

void read_expectation(yaml::YamlMap& test, RuleTest& into) {
  const yaml::YamlNode* node = test.get("expect");
  if (node == nullptr) {
    test.add_problem("expect", "required: what the rules must say, as {rule: NAME, action: drop}");
    return;
  }
  yaml::YamlMap expect(test.problems(), *node, test.path_of("expect"));
  std::string text;
  if (expect.text("rule", text)) {
    into.rule = text == "none" ? "" : text;
  }
  if (expect.text("guard", text)) {
    into.guard = text == "none" ? "" : text;
    if (text != "none" && !filter::guard_by_name(text)) {
      expect.add_problem("guard", "there is no guard \"" + text + "\"");
    }
  }
  if (const auto action = expect.one_of("action", {"keep", "drop"})) {
    into.action = *action == 0 ? filter::Action::keep : filter::Action::drop;
  }
  if (expect.text("level", text)) {
    if (const auto level = filter::parse_level(text)) {
      into.level = *level;
    } else {
      expect.add_problem("level", level.error().message);
    }
  }
  expect.done();
  if (!into.rule && !into.guard && !into.action && !into.level) {
    test.add_problem("expect", "expected at least one of rule, action, level and guard");
  }
}

std::string or_none(std::string_view text) { return text.empty() ? "none" : std::string(text); }

std::string_view action_name(filter::Action action) {
  return action == filter::Action::keep ? "keep" : "drop";
}

void compare(std::string& out, std::string_view what, std::string_view expected,
             std::string_view got) {
  if (expected != got) {
    out += "\n  " + std::string(what) + ": expected " + std::string(expected) + ", got " +
           std::string(got);
  }
}

}  // namespace

void read_rule_tests(yaml::YamlMap& top, std::vector<RuleTest>& tests) {
  top.for_each_item("tests", [&](const yaml::YamlNode& item) {
    yaml::YamlMap map(top.problems(), item, "tests[" + std::to_string(tests.size()) + "]");
    RuleTest test;
    test.line = item.line;
    test.column = item.column;
    if (!map.text("name", test.name) && !map.has("name")) {
      map.add_problem("name", "required: a sentence that says what must hold");
    }
    if (map.has("event") == map.has("fields")) {
      map.add_problem("event", "expected either event (a piece of an audit event) or fields");
    }
    read_event(map, test.record);
    read_fields(map, test.record);
    read_expectation(map, test);
    map.done();
    tests.push_back(std::move(test));
  });
}

std::vector<std::string> run_rule_tests(const RuleFile& file) {
  std::vector<std::string> failures;
  for (const RuleTest& test : file.tests) {
    const filter::FilterDecision got = file.rules.judge(test.record);
    std::string diff;
    if (test.rule) {
      compare(
          diff, "rule", or_none(*test.rule),
          got.rule_index < 0 ? "none" : file.rules.name(static_cast<std::size_t>(got.rule_index)));
    }
    if (test.action) {
      compare(diff, "action", action_name(*test.action), action_name(got.action));
    }
    if (test.level) {
      compare(diff, "level", filter::level_name(*test.level), filter::level_name(got.level));
    }
    if (test.guard) {
      compare(diff, "guard", or_none(*test.guard), or_none(got.guard));
    }
    if (!diff.empty()) {
      failures.push_back(yaml::at_position(file.file, test.line, test.column,
                                           "test \"" + test.name + "\" fails:" + diff));
    }
  }
  return failures;
}

}  // namespace auditship::rules
