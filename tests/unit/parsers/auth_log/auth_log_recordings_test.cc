// Real recorded lines: field-exact agreement with what was done, and what stays unrecognised.
#include <algorithm>
#include <set>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"
#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

using simdjson::dom::element;

struct File {
  std::string name, zone;
};

const std::vector<File> kFiles = {
    {"debian11-rfc3164.log", "America/St_Johns"}, {"debian12-rfc3164.log", "Etc/UTC"},
    {"debian12-rfc3339.log", "Etc/UTC"},          {"debian12-repeated-rfc3164.log", "Etc/UTC"},
    {"debian13-rfc3339.log", "Europe/Stockholm"}, {"debian13-rfc5424.log", "Europe/Stockholm"},
    {"constructed-framings.log", "Etc/UTC"}};

// auth_log_attempts_test.cc
bool is_of_programs(const std::string& file) {
  return file.ends_with("-kerberos.log") || file.ends_with("-security-keys.log") ||
         file.ends_with("-logins.log");
}

std::string zone_of(const std::string& file) {
  if (is_of_programs(file)) {
    return "Etc/UTC";
  }
  const auto found =
      std::find_if(kFiles.begin(), kFiles.end(), [&](const File& f) { return f.name == file; });
  REQUIRE(found != kFiles.end());
  return found->zone;
}

std::string repaired(const std::string& text) {
  std::string out;
  append_utf8_repaired(out, text);
  return out;
}

void check_field(const Parsed& parsed, const std::string& name, element expected) {
  INFO("field " << name << ", expected " << simdjson::minify(expected) << ", parsed "
                << parsed[name]);
  if (name == "@timestamp") {
    REQUIRE(parsed.time_known);
    CHECK(parsed.time_ns == instant_ns(std::string(expected.get_string().value())));
    return;
  }
  REQUIRE(parsed.has(name));
  if (expected.is_string()) {
    CHECK(parsed.types.at(name) == event::FieldType::string);
    CHECK(repaired(parsed[name]) == std::string(expected.get_string().value()));
  } else {
    CHECK(parsed.types.at(name) == event::FieldType::literal);
    CHECK(parsed[name] == simdjson::minify(expected));
  }
}

void check_record(element record, std::int64_t now_ns, const std::string& zone) {
  const std::string file(record["file"].get_string().value());
  const auto number = static_cast<std::size_t>(record["line"].get_uint64().value());
  const std::vector<std::string> lines = read_test_lines("authlog/" + file);
  REQUIRE(number <= lines.size());
  INFO(file << ":" << number << ": " << lines[number - 1]);
  parsers::auth_log::AuthLogOptions options;
  options.zone = test_zone(zone);
  parsers::auth_log::AuthLogParser parser(std::move(options));
  const Parsed parsed = parse_line(parser, lines[number - 1], now_ns);
  bool expects_action = false;
  for (const auto field : record["expect"].get_object()) {
    check_field(parsed, std::string(field.key), field.value);
    expects_action = expects_action || field.key == "event.action";
  }
  if (!expects_action) {
    CHECK_FALSE(parsed.has("event.action"));
  }
  simdjson::dom::array absent;
  if (record["absent"].get(absent) == simdjson::SUCCESS) {
    for (const auto name : absent) {
      INFO("must be absent: " << name.get_string().value());
      CHECK_FALSE(parsed.has(std::string(name.get_string().value())));
    }
  }
}

// A message without what varies, so that lines of one kind look alike.
std::string shape_of(const std::string& ident, const std::string& message) {
  std::string shape = ident + ": " + message;
  std::string out;
  bool digits = false;
  for (const char c : shape) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit || !digits) {
      out += digit ? 'N' : c;
    }
    digits = digit;
  }
  const std::size_t user = out.find("of user ");
  if (user != std::string::npos && out.compare(0, 7, "systemd") != 0) {
    const std::size_t end = out.find(' ', user + 8);
    out.replace(user + 8, end - user - 8, "U");
  }
  return out;
}

}  // namespace

TEST_CASE("every recorded example yields exactly the fields that were done", "[auth]") {
  simdjson::dom::parser parser;
  std::size_t count = 0;
  for (const std::string& line : read_test_lines("authlog/examples.jsonl")) {
    const element record = parser.parse(line).value();
    check_record(record, kNow, zone_of(std::string(record["file"].get_string().value())));
    ++count;
  }
  CHECK(count == 194);
}

TEST_CASE("every constructed line yields exactly its expected fields", "[auth]") {
  simdjson::dom::parser parser;
  std::size_t count = 0;
  for (const std::string& line : read_test_lines("authlog/constructed-expected.jsonl")) {
    const element record = parser.parse(line).value();
    check_record(record, instant_ns(std::string(record["reference_time"].get_string().value())),
                 std::string(record["timezone"].get_string().value()));
    ++count;
  }
  CHECK(count == 19);
}

TEST_CASE("all recorded lines are recognised, except the kinds without an action", "[auth]") {
  std::set<std::string> unrecognised;
  std::size_t lines = 0, known = 0;
  for (const File& file : kFiles) {
    parsers::auth_log::AuthLogOptions options;
    options.zone = test_zone(file.zone);
    parsers::auth_log::AuthLogParser parser(std::move(options));
    for (const std::string& line : read_test_lines("authlog/" + file.name)) {
      const Parsed parsed = parse_line(parser, line);
      ++lines;
      if (parsed.has("event.action")) {
        ++known;
      } else {
        unrecognised.insert(shape_of(parsed["process.name"], parsed["message"]));
      }
    }
  }
  for (const std::string& shape : unrecognised) {
    UNSCOPED_INFO(shape);
  }
  const std::set<std::string> without_action = {
      // sysklogd says only that something was repeated
      ": last message repeated N times",
      // the end of a directory listing, a status that was sent
      "internal-sftp: closedir \"/home/kim\"", "internal-sftp: sent status No such file",
      // other programs
      "kernel: [  N.N] audit: type=N", "polkitd(authority=local): Reloading rules",
      "systemd: Started Session N of user ann.",
      // sshd about itself; the address is the target of a forwarding
      "sshd: error: Could not get shadow information for NOUSER",
      "sshd-session: error: Could not get shadow information for NOUSER",
      "sshd: error: connect_to N.N.N.N port N: failed.",
      "sshd-session: error: connect_to N.N.N.N port N: failed.",
      "sshd-session: fatal: ssh_packet_send_debug: send DEBUG: Broken pipe",
      "sshd-session: syslogin_perform_logout: logout() returned an error",
      // settings, not decisions
      "sshd: pam_env(sshd:session): deprecated reading of user U enabled",
      "sudo: pam_limits(sudo:session): Could not set limit for 'core' to soft=N, hard=-N: "
      "Operation not permitted; "
      "uid=N,euid=N",
      "sudo: pam_limits(sudo-i:session): Could not set limit for 'core' to soft=N, hard=-N: "
      "Operation not permitted; "
      "uid=N,euid=N"};
  CHECK(unrecognised == without_action);
  CHECK(lines == 3199);
}

TEST_CASE("one event in two framings is one document", "[auth]") {
  const auto pair =
      GENERATE(std::pair<std::string, std::string>{"debian12-rfc3164.log", "debian12-rfc3339.log"},
               std::pair<std::string, std::string>{"debian13-rfc3339.log", "debian13-rfc5424.log"});
  const std::vector<std::string> left = read_test_lines("authlog/" + pair.first);
  const std::vector<std::string> right = read_test_lines("authlog/" + pair.second);
  REQUIRE(left.size() == right.size());
  const std::set<std::string> framing_only = {"log.syslog.facility.name",
                                              "log.syslog.severity.name"};
  for (std::size_t i = 0; i < left.size(); ++i) {
    INFO(left[i]);
    Parsed a = parse_line(left[i]);
    Parsed b = parse_line(right[i]);
    for (const std::string& name : framing_only) {
      a.fields.erase(name);
      b.fields.erase(name);
    }
    CHECK(a.fields == b.fields);
    CHECK(a.time_ns / 1'000'000'000 == b.time_ns / 1'000'000'000);
  }
}

TEST_CASE("the programs of Debian sid: all recorded lines are recognised, except these kinds",
          "[auth]") {
  const std::set<std::string> without_action = {
      "dropbear: Running in background",
      "internal-sftp: sent status No such file",
      "sshd-session: error: connect_to N.N.N.N port N: failed.",
      "sshd-session: pam_env(sshd:session): Unable to open env file: /etc/default/locale",
      "su: pam_env(su:session): Unable to open env file: /etc/default/locale",
      "sudo: pam_env(sudo:session): Unable to open env file: /etc/default/locale",
      "useradd: useradd defaults: GROUP=N, HOME=/home, SHELL=/bin/bash, INACTIVE=-N, EXPIRE=, "
      "SKEL=/etc/skel, CREATE_MAIL_SPOOL=no, LOG_INIT=yes"};
  std::set<std::string> unrecognised;
  parsers::auth_log::AuthLogParser parser({});
  for (const std::string& line : read_test_lines("authlog/sid-programs.log")) {
    const Parsed parsed = parse_line(parser, line, instant_ns("2026-11-28T20:00:00Z"));
    INFO(line);
    if (!parsed.has("event.action")) {
      unrecognised.insert(shape_of(parsed["process.name"], parsed["message"]));
    }
    // Every client was on this host, every name that is no user's was given by a client.
    CHECK((parsed["source.ip"].empty() || parsed["source.ip"] == "127.0.0.1"));
    CHECK_FALSE(parsed.has("event.form"));
    if (parsed["event.action"] == "sudo-command") {
      CHECK(parsed["event.outcome"] == "success");
      CHECK_FALSE(parsed.has("event.reason"));
    }
    if (parsed["event.action"] == "ssh-login" && parsed["event.outcome"] == "success") {
      CHECK(parsed["user.name"] == "ann");
    }
  }
  CHECK(unrecognised == without_action);
}

TEST_CASE("at LogLevel INFO a wrong key leaves nothing but the end of its connection", "[auth]") {
  // The first server of the recording takes only keys.
  bool within = false;
  std::size_t failures = 0;
  for (const std::string& line : read_test_lines("authlog/sid-programs.log")) {
    const Parsed parsed = parse_line(line, instant_ns("2026-11-28T20:00:00Z"));
    within = (within || parsed["server.port"] == "2201") && parsed["server.port"] != "2202";
    if (within) {
      INFO(line);
      CHECK((parsed["event.action"] != "ssh-login" || parsed["event.outcome"] == "success"));
      failures +=
          parsed["event.action"] == "ssh-disconnect" && parsed["event.outcome"] == "failure";
    }
  }
  CHECK(failures >= 10);
}

}  // namespace auditship::test
