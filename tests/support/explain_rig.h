// Helpers for the tests of `auditship explain`: events from a few words, and a log read as the
// command reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/encoding/json_writer.h"
#include "agent/explain/explain.h"
#include "agent/explain/for_each_log_line.h"
#include "agent/input/file/file_log_files.h"
#include "agent/rules/rule_file.h"
#include "parsers/auth_log/auth_log_parser.h"
#include "parsers/kube_audit/kube_audit_parser.h"
#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship::test {

struct EventWords {
  std::string user = "system:kube-proxy", verb = "watch", group, resource = "services", subresource,
              path, time = "2026-11-23T10:00:00.000000Z";
  std::string stage = "ResponseComplete";
  int code = 200;
};

// A line of the audit log, without its newline; path: of a request that is about no resource.
inline std::string event_line(const EventWords& words) {
  std::string out =
      R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"a-1","stage":)";
  const auto text = [&out](std::string_view key, std::string_view value) {
    out += ",\"" + std::string(key) + "\":";
    append_json_string(out, value);
  };
  append_json_string(out, words.stage);
  text("requestURI", words.path.empty() ? "/api/v1/x" : words.path);
  text("verb", words.verb);
  out += R"(,"user":{)";
  if (!words.user.empty()) {
    out += R"("username":)";
    append_json_string(out, words.user);
  }
  out += R"(},"sourceIPs":["10.0.0.7"])";
  if (words.path.empty()) {
    out += R"(,"objectRef":{"namespace":"prod")";
    text("resource", words.resource);
    text("apiGroup", words.group);
    text("subresource", words.subresource);
    out += "}";
  }
  out += R"(,"responseStatus":{"code":)" + std::to_string(words.code) +
         R"(},"requestObject":{"a":"request"},"responseObject":{"b":"response"})";
  text("requestReceivedTimestamp", words.time);
  text("stageTimestamp", words.time);
  return out + "}";
}

inline filter::RuleSet rules_of(const std::string& text) {
  auto file = rules::parse_rule_file("rules.yaml", text);
  INFO(text << "\n" << (file ? "" : file.error().message));
  REQUIRE(file.ok());
  return std::move(file->rules);
}

inline filter::RuleSet our_rules(const std::string& items) {
  return rules_of("apiVersion: auditship/v1\nkind: FilterRules\nrules:\n" + items);
}

inline filter::RuleSet policy_of(const std::string& items) {
  return rules_of("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n" + items);
}

inline std::unique_ptr<parsers::Parser> parser_for(std::string_view stream) {
  if (stream == "authlog") {
    return std::make_unique<parsers::auth_log::AuthLogParser>(parsers::auth_log::AuthLogOptions{});
  }
  auto parser = parsers::kube_audit::KubeAuditParser::make({});
  REQUIRE(parser.ok());
  return std::move(*parser);
}

// Reads bytes as the command reads a file of this name.
inline Status read_log(const std::string& name, std::string_view bytes, parsers::Parser& parser,
                       const explain::UseLine& use, std::uint64_t line_max = 16 << 20) {
  SimClock clock;
  clock.jump_wall(std::int64_t{5'500'000} * 1'000'000'000);  // to November
  SimFs fs(clock);
  REQUIRE(fs.make_dirs("/log").ok());
  fs.put("/log/" + name, bytes);
  const input::file::FileLogFiles files(fs, {{}, {}, line_max});
  auto log = files.open({.file = "/log/" + name, .last = input::LastLine::take_unterminated});
  REQUIRE(log.ok());
  return explain::for_each_log_line(**log, parser, clock.wall_ns(), use);
}

inline void explain_text(explain::Explainer& explainer, std::string_view bytes,
                         std::string_view stream = "kubeaudit") {
  const auto parser = parser_for(stream);
  REQUIRE(read_log("x.log", bytes, *parser,
                   [&](const event::RawLine& line, const event::Records& records) {
                     explainer.add(line, records);
                     return Status();
                   })
              .ok());
}

// What --decisions prints.
inline std::string decisions_of(const filter::RuleSet& rules, std::string_view bytes,
                                std::string_view stream = "kubeaudit") {
  const auto parser = parser_for(stream);
  std::string out;
  std::uint64_t number = 0;
  REQUIRE(
      read_log("x.log", bytes, *parser, [&](const event::RawLine&, const event::Records& records) {
        explain::append_decision(out, ++number, explain::decide_line(rules, records));
        return Status();
      }).ok());
  return out;
}

}  // namespace auditship::test
