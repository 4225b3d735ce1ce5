// The framings that syslog daemons write. The lines are of the daemons named, run with `logger`; names and addresses are
// invented.
#include <string>
#include <vector>

#include "parsers/syslog/repeated_message.h"
#include "parsers/syslog/syslog_line.h"
#include "parsers/syslog/timestamp_resolver.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

using parsers::syslog::Framing;
using parsers::syslog::split_syslog_line;
using parsers::syslog::SyslogLine;

struct Expected {
  std::string text, host, ident, pid, message;
  int priority = parsers::syslog::kNoPriority;
};

void check(const Expected& expected) {
  INFO(expected.text);
  const SyslogLine line = split_syslog_line(expected.text);
  CHECK(line.framing != Framing::none);
  CHECK(line.host == expected.host);
  CHECK(line.ident == expected.ident);
  CHECK(line.pid == expected.pid);
  CHECK(line.message == expected.message);
  CHECK(line.priority == expected.priority);
}

// Seconds since the epoch, and nanoseconds.
std::pair<std::int64_t, std::int64_t> instant_of(const std::string& text) {
  INFO(text);
  const SyslogLine line = split_syslog_line(text);
  REQUIRE(line.stamp.valid);
  parsers::syslog::TimestampResolver resolver{TimeZone()};
  // 2026-11-28T20:00:00Z
  const auto ns = resolver.instant(line.stamp, std::int64_t{1795896000} * 1'000'000'000);
  REQUIRE(ns.has_value());
  return {*ns / 1'000'000'000, *ns % 1'000'000'000};
}

}  // namespace

TEST_CASE("busybox syslogd: facility and level before the tag, or with -S no host", "[syslog]") {
  check({"Nov 29 02:17:29 alp auth.info sshd[14353]: Accepted x", "alp", "sshd", "14353",
         "Accepted x", 38});
  check({"Nov 29 02:17:29 alp authpriv.notice sudo:      ann : TTY=pts/0", "alp", "sudo", "",
         "ann : TTY=pts/0", 85});
  check({"Nov 29 02:17:29 alp authpriv.info (systemd): x", "alp", "(systemd)", "", "x", 86});
  check({"Nov 28 19:00:00 alp auth.info no tag at all", "alp", "", "", "no tag at all", 38});
  check({"Nov 28 19:00:00 alp auth.info webhost sshd[12]: with a host", "alp", "", "",
         "webhost sshd[12]: with a host", 38});
  check({"Nov 29 02:17:30 alp <999> x: bad", "alp", "x", "", "bad"});
  check({"Nov 28 19:00:00 alp <127> x: y", "alp", "x", "", "y", 127});
  check({"Nov 28 19:00:00 alp kern.emerg pri[0]: zero", "alp", "pri", "0", "zero", 0});
  check(
      {"Nov 28 19:00:00 alp  sshd[12]: without facility", "alp", "sshd", "12", "without facility"});
  check({"Nov 29 02:17:31 sshd[14423]: Accepted x", "", "sshd", "14423", "Accepted x"});
  check({"Nov 29 02:17:31 sudo:      ann : TTY=pts/0", "", "sudo", "", "ann : TTY=pts/0"});
  check({"Nov 29 02:17:31 (systemd): x", "", "(systemd)", "", "x"});
  check(
      {"Nov 29 02:17:31 polkitd(authority=local)[7]: x", "", "polkitd(authority=local)", "7", "x"});
  check({"Nov 28 19:00:00 sshd[12]:no blank", "", "sshd", "12", "no blank"});
}

TEST_CASE("OpenWrt's logread: day of the week, year behind the clock, no host", "[syslog]") {
  check({"Sat Nov 28 19:00:00 2026 authpriv.info dropbear[1]: Child connection from x", "",
         "dropbear", "1", "Child connection from x", 86});
  check(
      {"Sat Nov 28 19:00:00 2026 daemon.err no tag: but text", "", "", "", "no tag: but text", 27});
}

TEST_CASE("sysklogd 2 writes the fields of RFC 5424 without priority and version", "[syslog]") {
  check({"2026-11-28T19:00:00.188165+02:00 kiwi sudo 209981 - -     ann : TTY=pts/12", "kiwi",
         "sudo", "209981", "ann : TTY=pts/12"});
  check({"2026-11-28T19:00:00.188165+02:00 kiwi sudo - - - ann : TTY=pts/12", "kiwi", "sudo", "",
         "ann : TTY=pts/12"});
  check(
      {"2026-11-28T19:00:00.188165+02:00 kiwi app 7 ID47 [a b=\"c\"] x", "kiwi", "app", "7", "x"});
  check({"2026-11-28T19:00:00.188165+02:00 kiwi - - - - last message buffered 3 times", "kiwi", "",
         "", "last message buffered 3 times"});
  // What only begins like it.
  check({"2026-11-28T19:00:00.188165+02:00 kiwi sudo: 7 - - x", "kiwi", "sudo", "", "7 - - x"});
  check({"2026-11-28T19:00:00.188165+02:00 kiwi one two - - x", "kiwi", "", "", "one two - - x"});
  check({"2026-11-28T19:00:00.188165+02:00 kiwi one 2 three four", "kiwi", "", "",
         "one 2 three four"});
}

TEST_CASE("RFC 5424 with NIL in every place", "[syslog]") {
  check({"<38>1 2026-11-29T02:20:13+00:00 h sshd 77 - [meta sequenceId=\"7\"] Failed x", "h",
         "sshd", "77", "Failed x", 38});
  check({"<38>1 2026-11-28T19:00:00Z - - - - - all", "", "", "", "all", 38});
  check({"<999>1 2026-11-28T19:00:00Z h x - - - bad", "h", "x", "", "bad"});
  const SyslogLine line = split_syslog_line("<38>1 - h sshd 12 - - x");
  CHECK(line.framing == Framing::rfc5424);
  CHECK_FALSE(line.stamp.valid);
  CHECK(line.ident == "sshd");
  CHECK(split_syslog_line("1 - h sshd 12 - - x").framing == Framing::none);
}

TEST_CASE("syslog-ng: each ts-format() with and without fraction", "[syslog]") {
  for (const std::string stamp :
       {"Nov 28 19:00:00", "Nov 28 19:00:00.123", "Nov 28 19:00:00.123456", "2026 Nov 28 19:00:00",
        "2026 Nov 28 19:00:00.098", "2026-11-28T19:00:00+00:00", "1795892400", "1795892400.123"}) {
    check({stamp + " s_net@relay/h sshd[77]: x", "s_net@relay/h", "sshd", "77", "x"});
  }
}

TEST_CASE("socklog and svlogd, metalog, Solaris, AIX, FreeBSD", "[syslog]") {
  for (const std::string stamp : {"", "2026-11-28T19:00:00.12345 ", "2026-11-28_19:00:00.12345 ",
                                  "@400000006b0b2ebb12345678 "}) {
    check({stamp + "auth.info: Nov 28 19:00:00 sshd[12]: x", "", "sshd", "12", "x", 38});
  }
  check({"Nov 28 19:00:00 [sshd] Accepted x", "", "sshd", "", "Accepted x"});
  check({"Nov 28 19:00:00 h sshd[12]: [ID 800047 auth.info] Accepted x", "h", "sshd", "12",
         "Accepted x", 38});
  check({"Nov 28 19:00:00 h sshd[12]: [ID of a badge] x", "h", "sshd", "12", "[ID of a badge] x"});
  check({"Nov 28 19:00:00 h auth|security:info sshd[12]: x", "h", "sshd", "12", "x", 38});
  check({"Nov 28 19:00:00 <4.6> h sshd[12]: x", "h", "sshd", "12", "x", 38});
  check({"Nov 28 19:00:00 <auth.info> h sshd[12]: x", "h", "sshd", "12", "x", 38});
  check({"<38>Nov 28 19:00:00 h sshd[12]: x", "h", "sshd", "12", "x", 38});
}

TEST_CASE("any number of blanks may stand between the words of a header", "[syslog]") {
  check({"Nov  28   19:00:00   h    sshd[12]:   x", "h", "sshd", "12", "x"});
  check({"Nov 8 19:00:00 h sshd[12]: x", "h", "sshd", "12", "x"});
  check({"Nov\t28 19:00:00\th sshd[12]: x", "h", "sshd", "12", "x"});
}

TEST_CASE("stamps of all shapes give the same instant", "[syslog]") {
  const std::int64_t expected = 1795892400;  // 2026-11-28T19:00:00Z
  for (const std::string stamp :
       {"Nov 28 19:00:00", "2026 Nov 28 19:00:00", "Nov 28 2026 19:00:00", "Nov 28 19:00:00 2026",
        "Sat Nov 28 19:00:00 2026", "Sat Nov 28 19:00:00", "Sat 2026-11-28 19:00:00 UTC",
        "2026-11-28 19:00:00", "2026-11-28T19:00:00", "2026-11-28 20:00:00 +0100",
        "2026-11-28 20:00:00+01:00", "1795892400", "2026-11-28_19:00:00"}) {
    CHECK(instant_of(stamp + " h a: x") == std::pair(expected, std::int64_t{0}));
  }
  for (const std::string stamp : {"Nov 28 19:00:00.125", "2026-11-28 19:00:00,125",
                                  "1795892400.125", "2026 Nov 28 19:00:00.125000"}) {
    CHECK(instant_of(stamp + " h a: x") == std::pair(expected, std::int64_t{125'000'000}));
  }
  CHECK(instant_of("2025 Nov 28 19:00:00 h a: x").first == expected - 365 * 86400);
  CHECK(instant_of("@400000006a1b9a1a1dcd6500 auth.info: a: x").second == 500'000'000);
}

TEST_CASE("a stamp without a zone is in that of the node, also with a year", "[syslog]") {
  for (const char* text : {"2026-02-30 19:00:00 h a: x", "2026 Feb 29 19:00:00 h a: x",
                           "2026-11-28 25:00:00 h a: x", "Nov 31 19:00:00.5 h a: x"}) {
    INFO(text);
    const SyslogLine line = split_syslog_line(text);
    CHECK(line.framing != Framing::none);
    CHECK_FALSE(line.stamp.valid);
    CHECK(line.host == "h");
  }
}

TEST_CASE("a tag is never a host, and a host never ends in a colon", "[syslog]") {
  for (const std::string word : {"sshd:", "sshd[1]:", "sshd[1]", "sshd[1]:x", "2001:db8::", "a:",
                                 "(systemd):", "auth.info", "<38>", "[x]", "k=v", "\"q\""}) {
    INFO(word);
    for (const std::string stamp : {"Nov 28 19:00:00 ", "2026-11-28T19:00:00Z "}) {
      CHECK(split_syslog_line(stamp + word + " sudo: x").host.empty());
      CHECK(split_syslog_line(stamp + word).host.empty());
    }
  }
}

TEST_CASE("repeats of each daemon", "[syslog]") {
  struct Repeat {
    std::string text, count, message;
    bool pid_of_daemon = false;
  };
  const Repeat repeat = GENERATE(
      Repeat{"h sshd[7]: message repeated 3 times: [ Failed x]", "3", "Failed x"},
      Repeat{"h sshd[7]: message repeated 3 times: [ a] times: [ b]]", "3", "a] times: [ b]"},
      Repeat{"h last message repeated 3 times", "3", ""},
      Repeat{"last message repeated 3 times", "3", ""},
      Repeat{"h last message repeated 1 time", "1", ""},
      Repeat{"h auth.info last message repeated 2 times", "2", ""},
      Repeat{"h last message buffered 3 times", "3", ""},
      Repeat{"h --- last message repeated 3 times ---", "3", ""},
      Repeat{"[sshd] Last output repeated 4 times", "4", ""},
      Repeat{"[sshd] Last output repeated twice", "2", ""},
      Repeat{"h sshd[9]: Last message 'Failed password for ' repeated 3 times, suppressed by "
             "syslog-ng on h",
             "3", "", true},
      Repeat{"h sshd[9]: Last message '' repeated 9 times' repeated 3 times, suppressed by "
             "syslog-ng on h",
             "3", "", true});
  INFO(repeat.text);
  const std::string text = "Nov 28 19:00:00 " + repeat.text;
  parsers::syslog::RepeatedMessage out;
  REQUIRE(parsers::syslog::read_repeated_message(split_syslog_line(text), out));
  CHECK(out.count == repeat.count);
  CHECK(out.message == repeat.message);
  CHECK(out.pid_of_daemon == repeat.pid_of_daemon);
}

TEST_CASE("what only looks like a repeat is none", "[syslog]") {
  for (const std::string text :
       {"h sshd[7]: last message repeated 3 times", "h last message repeated x times",
        "h last message repeated 3 times and more", "h sshd[7]: message repeated 3 times: [ x",
        "h sshd[7]: message repeated times: [ x]", "h Last output repeated twice",
        "h sshd[7]: Last message 'x' repeated  times, suppressed by syslog-ng on h",
        "h sshd[7]: Last message 'x' repeated 3 times"}) {
    INFO(text);
    parsers::syslog::RepeatedMessage out;
    const std::string whole = "Nov 28 19:00:00 " + text;
    CHECK_FALSE(parsers::syslog::read_repeated_message(split_syslog_line(whole), out));
  }
}

}  // namespace auditship
