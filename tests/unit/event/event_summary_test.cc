#include "agent/event/event_summary.h"

#include "tests/support/catch.h"

using namespace auditship;

namespace {

std::string pretty(const event::Record& record) {
  std::string out;
  event::append_pretty(out, record, 0, false);
  return out;
}

}  // namespace

TEST_CASE("a login is a sentence: when, where, who, with which key, from where", "[pretty]") {
  event::Record record;
  record.clear();
  record.time_ns = 1763874191'000'000'000;
  record.time_known = true;
  record.add("host", "node1");
  record.add("process.name", "sshd");
  record.add("event.action", "ssh-login");
  record.add("event.outcome", "success");
  record.add("user.name", "root");
  record.add("ssh.key.owner", "alice@example.org");
  record.add("ssh.key.type", "ED25519");
  record.add("ssh.key.fingerprint", "SHA256:abc");
  record.add("source.ip", "10.0.0.7");
  CHECK(pretty(record) ==
        "05:03:11 node1 ssh login alice@example.org (key ED25519 SHA256:abc) as root from "
        "10.0.0.7: success\n");
}

TEST_CASE("an audit event tells who did what to what, and the code", "[pretty]") {
  event::Record record;
  record.clear();
  record.kube.present = true;
  record.kube.has_object_ref = true;
  record.kube.stage = "ResponseComplete";
  record.kube.user = "alice";
  record.kube.verb = "get";
  record.kube.resource = "pods";
  record.kube.subresource = "exec";
  record.kube.ns = "prod";
  record.kube.name = "db-0";
  record.kube.source_ip = "10.1.2.3";
  record.kube.code = 101;
  record.add("process.command_line", "sh -c id");
  record.add("event.outcome", "success");
  CHECK(pretty(record) ==
        "00:00:00 alice get pods/exec prod/db-0: sh -c id from 10.1.2.3: success (101)\n");
}

TEST_CASE("hostile text cannot act on a terminal or begin a line of its own", "[pretty]") {
  event::Record record;
  record.clear();
  record.add("host", "n");
  record.add("event.action", "ssh-login");
  record.add("user.name", "x\n00:00:00 root\x1b[2J\x7f\xc2\x9b\xe2\x80\xae\xff");
  const std::string line = pretty(record);
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.find('\x7f') == std::string::npos);
  CHECK(line.find("\xc2\x9b") == std::string::npos);
  CHECK(line.find("\xe2\x80\xae") == std::string::npos);
}

TEST_CASE("long values are cut", "[pretty]") {
  event::Record record;
  record.clear();
  record.add("host", "n");
  record.add("process.name", "sudo");
  record.add("message", std::string_view(record.keep(std::string(5000, 'm'))));
  CHECK(pretty(record).size() < 600);
}
