// AuthLogParser: fields of the header, tags, times, repeated messages, limits.
#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {

TEST_CASE("a line that no table knows still has the fields of its header", "[auth]") {
  const Parsed parsed = parse_line("Nov 23 04:05:06 web1 my-app[77]: something  happened ");
  CHECK(parsed["host"] == "web1");
  CHECK(parsed["process.name"] == "my-app");
  CHECK(parsed["process.pid"] == "77");
  CHECK(parsed.types.at("process.pid") == event::FieldType::literal);
  CHECK(parsed["message"] == "something  happened ");
  CHECK_FALSE(parsed.has("event.action"));
  CHECK_FALSE(parsed.has("event.category"));
}

TEST_CASE("a line without a header is a document with only its message", "[auth]") {
  const Parsed parsed = parse_line("\tat java.lang.Thread.run");
  CHECK(parsed.tagged("no-header"));
  CHECK(parsed["message"] == "\tat java.lang.Thread.run");
  CHECK_FALSE(parsed.has("host"));
  CHECK_FALSE(parsed.time_known);
}

TEST_CASE("an impossible stamp keeps the line and is tagged", "[auth]") {
  const auto text =
      GENERATE("Feb 30 01:02:03", "Nov 23 25:00:00", "Nov 00 01:02:03", "2026-02-29T00:00:00Z",
               "2026-11-23T04:60:00Z", "2026-11-23T04:00:00+25:00");
  const Parsed parsed =
      parse_line(std::string(text) + " web1 sshd[1]: Invalid user x from 192.0.2.9 port 5");
  INFO(text);
  CHECK(parsed.tagged("timestamp-unparsed"));
  CHECK_FALSE(parsed.time_known);
  CHECK(parsed["event.action"] == "ssh-invalid-user");
}

TEST_CASE("a repeated message is parsed like the message and counted", "[auth]") {
  const Parsed parsed = parse_line(
      "Nov 23 04:25:31 web1 sshd[1728]: message repeated 2 times: [ Failed password for root from "
      "192.0.2.9 port 5 ssh2]");
  CHECK(parsed.tagged("repeated"));
  CHECK(parsed["event.count"] == "2");
  CHECK(parsed["event.action"] == "ssh-login");
  CHECK(parsed["source.port"] == "5");
}

TEST_CASE("a repeated message without its closing bracket is not taken apart", "[auth]") {
  const Parsed parsed = parse_line(
      "Nov 23 04:25:31 web1 sshd[1]: message repeated 2 times: [ Invalid user x from 1.2.3.4");
  CHECK_FALSE(parsed.has("event.count"));
  CHECK_FALSE(parsed.has("source.ip"));
  CHECK_FALSE(
      parse_line("Nov 23 04:25:31 web1 sshd[1]: message repeated 2 times: []").has("event.action"));
}

TEST_CASE("last message repeated has a count but no action", "[auth]") {
  const Parsed parsed = parse_line("Nov 23 04:25:31 web1 last message repeated 3 times");
  CHECK(parsed["event.count"] == "3");
  CHECK(parsed["message"] == "last message repeated 3 times");
  CHECK_FALSE(parsed.has("process.name"));
}

TEST_CASE("the whole line is kept where it is asked for", "[auth]") {
  parsers::auth_log::AuthLogOptions options;
  options.keep_original = true;
  parsers::auth_log::AuthLogParser parser(std::move(options));
  const std::string line = "Nov 23 04:25:31 web1 sshd[1]: hello";
  CHECK(parse_line(parser, line)["event.original"] == line);
  CHECK_FALSE(parse_line(line).has("event.original"));
}

TEST_CASE("a message over the limit is cut and tagged, not split", "[auth]") {
  const Parsed parsed =
      parse_line("Nov 23 04:25:31 web1 sudo: ann : PWD=/ ; USER=root ; COMMAND=/bin/echo " +
                 std::string(400 << 10, 'x'));
  CHECK(parsed.tagged("cut"));
  CHECK(parsed["message"].size() < (257 << 10));
  CHECK(parsed["user.name"] == "ann");
}

TEST_CASE("related.user and related.ip name each of a document once, escaped", "[auth]") {
  const Parsed parsed = parse_line(
      "Nov 23 04:05:06 web1 su: pam_unix(su-l:auth): authentication failure; logname=a\"b uid=1 "
      "euid=0 tty=pts/1 ruser=a\"b "
      "rhost=  user=root");
  CHECK(parsed["related.user"] == R"(["a\"b","root"])");
  CHECK(parsed.types.at("related.user") == event::FieldType::literal);
  const Parsed opened = parse_line(
      "Nov 23 04:05:06 web1 sshd[1]: Connection from 192.0.2.9 port 1 on 192.0.2.1 port 22");
  CHECK(opened["related.ip"] == R"(["192.0.2.9","192.0.2.1"])");
  CHECK(opened.roles.at("related.ip") == event::FieldRole::copied);
}

TEST_CASE("numbers that do not fit their type yield no field", "[auth]") {
  const Parsed port =
      parse_line("Nov 23 04:05:06 web1 sshd[007]: Invalid user x from 192.0.2.9 port 70000");
  CHECK_FALSE(port.has("source.port"));
  CHECK(port["process.pid"] == "7");
  const Parsed huge = parse_line("Nov 23 04:05:06 web1 sshd[99999999999999999999]: x");
  CHECK(huge["log.syslog.procid_text"] == "99999999999999999999");
  CHECK_FALSE(huge.has("process.pid"));
}

TEST_CASE("names that repeat a fact of the header are aliases, in every framing", "[auth]") {
  for (const char* line :
       {"Nov 23 04:05:06 web1 sshd[77]: x", "2026-11-23T04:05:06Z web1 sshd[77]: x",
        "<38>1 2026-11-23T04:05:06Z web1 sshd 77 - - x"}) {
    INFO(line);
    const Parsed parsed = parse_line(line);
    CHECK(parsed["log.syslog.hostname"] == parsed["host"]);
    CHECK(parsed["log.syslog.appname"] == parsed["process.name"]);
    CHECK(parsed["log.syslog.procid"] == parsed["process.pid"]);
    for (const auto& [name, role] : parsed.roles) {
      const bool again = name == "log.syslog.hostname" || name == "log.syslog.appname" ||
                         name == "log.syslog.procid";
      INFO(name);
      CHECK(role == (again ? event::FieldRole::alias : event::FieldRole::stored));
    }
  }
}

TEST_CASE("a PROCID that is no number is a fact of its own", "[auth]") {
  const std::string head = "<38>1 2026-11-23T04:05:06Z web1 sshd ";
  const Parsed word = parse_line(head + "worker-7 - - x");
  CHECK(word["log.syslog.procid_text"] == "worker-7");
  CHECK(word.roles.at("log.syslog.procid_text") == event::FieldRole::stored);
  CHECK_FALSE(word.has("process.pid"));
  CHECK_FALSE(word.has("log.syslog.procid"));
  const Parsed none = parse_line(head + "- - - x");
  CHECK_FALSE(none.has("log.syslog.procid_text"));
  CHECK_FALSE(none.has("process.pid"));
}

TEST_CASE("rfc5424 fields come from its header, and the space before MSG is not part of it",
          "[auth]") {
  const Parsed parsed = parse_line(
      "<38>1 2026-11-23T05:12:08.167484+01:00 node sshd-session 1031 - -  Accepted password for "
      "dave "
      "from 127.0.0.21 port 40107 ssh2");
  CHECK(parsed["message"] == "Accepted password for dave from 127.0.0.21 port 40107 ssh2");
  CHECK(parsed["log.syslog.appname"] == "sshd-session");
  CHECK(parsed["log.syslog.procid"] == "1031");
  CHECK(parsed["log.syslog.facility.name"] == "auth");
  CHECK(parsed["log.syslog.severity.name"] == "info");
  CHECK(parsed.time_ns == instant_ns("2026-11-23T04:12:08.167484Z"));
  CHECK(parsed["event.action"] == "ssh-login");
}

TEST_CASE("a rotated file is dated by its last change, a given reference overrides all", "[auth]") {
  event::RecordOrigin origin;
  origin.written_until_ns = instant_ns("2024-03-01T00:00:00Z");
  event::RawLine line;
  line.text = "Feb 29 12:00:00 web1 sshd[1]: x";
  line.origin = &origin;
  event::Records records;
  parsers::auth_log::AuthLogParser parser({});
  parser.parse(line, kNow, records);
  CHECK(records[0].time_ns == instant_ns("2024-02-29T12:00:00Z"));
  parsers::auth_log::AuthLogOptions options;
  options.reference_ns = instant_ns("2021-06-01T00:00:00Z");
  parsers::auth_log::AuthLogParser fixed(std::move(options));
  fixed.parse(line, kNow, records);
  CHECK(records[0].time_ns == instant_ns("2020-02-29T12:00:00Z"));
}

TEST_CASE("event.category and event.type follow the action", "[auth]") {
  const Parsed login = parse_sshd("Accepted password for ann from 192.0.2.9 port 1 ssh2");
  CHECK(login["event.category"] == R"(["authentication"])");
  CHECK(login["event.type"] == R"(["start"])");
  const Parsed denied =
      parse_as("sudo", "ann : command not allowed ; PWD=/ ; USER=root ; COMMAND=/bin/sh");
  CHECK(denied["event.category"] == R"(["process","authentication"])");
  CHECK(denied["event.type"] == R"(["denied"])");
}

}  // namespace auditship::test
