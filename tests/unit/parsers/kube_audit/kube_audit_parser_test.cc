// The parser on files that a real kube-apiserver wrote, against what was really done.
#include "parsers/kube_audit/kube_audit_parser.h"

#include <map>
#include <set>

#include "tests/unit/parsers/kube_audit/kube_support.h"

using namespace auditship;
using namespace auditship::test;
using simdjson::dom::element;

namespace {

const std::vector<std::string> kLogs = {
    "admission.log",
    "exec.log",
    "failures.log",
    "failures-bodies.log",
    "impersonation.log",
    "kubespray-like.log",
    "metadata-day.log",
    "mixed-day-2.log",
    "truncated-by-server.log",
    "aggregated/kube-apiserver-audit.log",
    "aggregated/extension-apiserver-audit.log",
    "rotated/kube-apiserver-audit-2026-11-23T04-53-35.570.log",
    "rotated/kube-apiserver-audit-2026-11-23T04-53-35.870.log",
    "rotated/kube-apiserver-audit-2026-11-23T04-53-36.184.log",
    "rotated/kube-apiserver-audit.log",
    "rotated-gz/kube-apiserver-audit-2026-11-23T04-53-41.574.log.gz",
    "rotated-gz/kube-apiserver-audit-2026-11-23T04-53-41.884.log.gz",
    "rotated-gz/kube-apiserver-audit.log"};

std::string string_at(element row, std::string_view key) {
  std::string_view text;
  return row[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

bool is_true(element row, std::string_view key) {
  bool value = false;
  return row[key].get(value) == simdjson::SUCCESS && value;
}

// One event of a log, copied out of its record.
struct Seen {
  std::string stage, user, verb, uri, decision, impersonated, resource, subresource, ns, name;
  std::set<std::string> groups;
  std::int64_t code = 0;
};

// `file` may also be a directory: the generations of one log.
std::multimap<std::string, Seen> read_log(const std::string& file) {
  std::multimap<std::string, Seen> events;
  std::vector<std::string> lines;
  for (const std::string& log : kLogs) {
    if (log == file || log.substr(0, file.size() + 1) == file + "/") {
      const auto more = read_lines(log);
      lines.insert(lines.end(), more.begin(), more.end());
    }
  }
  Lab lab;
  for (const std::string& line : lines) {
    const event::Record& record = lab.parse(line);
    REQUIRE(record.kind == event::RecordKind::event);
    const event::KubeAttributes& kube = record.kube;
    Seen seen{view(kube.stage),
              view(kube.user),
              view(kube.verb),
              Lab::text(record, {"requestURI"}),
              view(kube.decision),
              view(kube.impersonated_user),
              view(kube.resource),
              view(kube.subresource),
              view(kube.ns),
              view(kube.name),
              {},
              kube.code};
    for (const std::string_view group : kube.groups) {
      seen.groups.insert(view(group));
    }
    events.emplace(view(kube.audit_id), seen);
  }
  return events;
}

struct Compared {
  std::size_t rows = 0, skipped = 0;
};

// Every row must have an event of each of its stages that says what was really done.
Compared compare(const std::string& expected) {
  std::map<std::string, std::multimap<std::string, Seen>> logs;
  simdjson::dom::parser parser;
  Compared done;
  for (const std::string& line : read_lines(expected)) {
    element row;
    REQUIRE(parser.parse(line).get(row) == simdjson::SUCCESS);
    INFO(line);
    if (is_true(row, "skipcheck") || is_true(row, "lost")) {
      ++done.skipped;
      continue;
    }
    const std::string file = string_at(row, "file");
    if (logs.find(file) == logs.end()) {
      logs.emplace(file, read_log(file));
    }
    const auto [first, last] = logs[file].equal_range(string_at(row, "auditID"));
    if (file == "rotated-gz" && first == last) {
      ++done.skipped;  // its backup was deleted by the server
      continue;
    }
    ++done.rows;
    std::int64_t code = 0;
    if (row["eventCode"].get(code) != simdjson::SUCCESS) {
      REQUIRE(row["code"].get(code) == simdjson::SUCCESS);
    }
    std::set<std::string> groups;
    simdjson::dom::array list;
    if (row["groups"].get(list) == simdjson::SUCCESS) {
      for (const element group : list) {
        groups.insert(std::string(std::string_view(group)));
      }
    }
    REQUIRE(row["stages"].get(list) == simdjson::SUCCESS);
    REQUIRE(list.size() > 0);
    for (const element wanted : list) {
      const std::string stage{std::string_view(wanted)};
      const bool received = stage == "RequestReceived";
      const bool found = std::any_of(first, last, [&](const auto& entry) {
        const Seen& seen = entry.second;
        element ref;
        const bool same_ref = row["objectRef"].get(ref) != simdjson::SUCCESS || !ref.is_object() ||
                              (string_at(ref, "resource") == seen.resource &&
                               string_at(ref, "namespace") == seen.ns &&
                               string_at(ref, "subresource") == seen.subresource &&
                               (received || string_at(ref, "name") == seen.name));
        return seen.stage == stage && seen.user == string_at(row, "user") &&
               seen.groups == groups && seen.verb == string_at(row, "verb") &&
               seen.uri == string_at(row, "requestURI") && same_ref &&
               (received || seen.code == code) &&
               (received || seen.decision == string_at(row, "decision")) &&
               (received || seen.impersonated == string_at(row, "impersonatedUser"));
      });
      const bool in_file =
          std::any_of(first, last, [&](const auto& entry) { return entry.second.stage == stage; });
      INFO(stage);
      CHECK((found || (file == "rotated-gz" && received && !in_file)));
    }
  }
  return done;
}

}  // namespace

TEST_CASE("every recorded line becomes one event that an index takes", "[kube]") {
  std::size_t lines = 0;
  Lab lab;
  for (const std::string& file : kLogs) {
    for (const std::string& line : read_lines(file)) {
      const event::Record& record = lab.parse(line);
      CHECK(lab.records.size() == 1);
      CHECK(record.kind == event::RecordKind::event);
      CHECK(record.time_known);
      CHECK(record.raw == line);
      CHECK(record.tags.empty());
      ++lines;
    }
  }
  CHECK(lines > 2700);
}

TEST_CASE("the documents say what was really done", "[kube]") {
  const std::map<std::string, std::size_t> least = {
      {"admission.expected.jsonl", 4},     {"aggregated.expected.jsonl", 3},
      {"failures.expected.jsonl", 25},     {"failures-bodies.expected.jsonl", 25},
      {"impersonation.expected.jsonl", 4}, {"metadata-day.expected.jsonl", 80},
      {"mixed-day-2.expected.jsonl", 700}, {"rotated.expected.jsonl", 10},
      {"rotated-gz.expected.jsonl", 5},    {"truncated-by-server.expected.jsonl", 4}};
  for (const auto& [file, rows] : least) {
    INFO(file);
    CHECK(compare(file).rows >= rows);
  }
}

TEST_CASE("exec events tell the command as it was typed", "[kube]") {
  simdjson::dom::parser parser;
  std::map<std::string, std::vector<std::string>> by_id;
  for (const std::string& line : read_lines("exec.log")) {
    element event;
    REQUIRE(parser.parse(line).get(event) == simdjson::SUCCESS);
    by_id[string_at(event, "auditID")].push_back(line);
  }
  std::size_t commands = 0;
  Lab lab;
  for (const std::string& line : read_lines("exec.expected.jsonl")) {
    element row;
    REQUIRE(parser.parse(line).get(row) == simdjson::SUCCESS);
    simdjson::dom::array command;
    if (row["command"].get(command) != simdjson::SUCCESS || command.size() == 0) {
      continue;
    }
    const std::string wanted = simdjson::minify(command);
    simdjson::dom::array ids;
    REQUIRE(row["auditIDs"].get(ids) == simdjson::SUCCESS);
    const std::string container = string_at(row, "container");
    const std::string user = string_at(row, "user");
    std::vector<std::string> names;
    for (const element id : ids) {
      names.emplace_back(std::string_view(id));
    }
    for (const std::string& id : names) {
      REQUIRE(!by_id[id].empty());
      for (const std::string& event : by_id[id]) {
        INFO(event);
        const event::Record& record = lab.parse(event);
        element args;
        simdjson::dom::parser second;
        REQUIRE(second.parse(view(record.field("process.args"))).get(args) == simdjson::SUCCESS);
        CHECK(simdjson::minify(args) == wanted);
        CHECK((container.empty() || record.field("container.name") == container));
        CHECK(record.field("user.name") == user);
        ++commands;
      }
    }
  }
  CHECK(commands >= 10);
}

TEST_CASE("unchanged bytes of the line are copied", "[kube]") {
  Lab lab;
  for (const std::string& line : read_lines("failures.log")) {
    const event::Record& record = lab.parse(line);
    if (line.find("\"extra\"") == std::string::npos && line.find("/x\":") == std::string::npos) {
      CHECK(line == "{" + record.json + "}");
    }
  }
}
