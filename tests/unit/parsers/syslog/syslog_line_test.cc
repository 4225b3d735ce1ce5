// Framing: stamp, host, ident, pid and message, whatever the line looks like.
#include "parsers/syslog/syslog_line.h"

#include "agent/base/net/ip_address.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

struct Tag {
  std::string text, ident, pid, message;
};

}  // namespace

TEST_CASE("idents are not words only", "[syslog]") {
  const Tag tag = GENERATE(
      Tag{"sudo: x", "sudo", "", "x"}, Tag{"(systemd): x", "(systemd)", "", "x"},
      Tag{"polkitd(authority=local)[812]: x", "polkitd(authority=local)", "812", "x"},
      Tag{"sshd(pam_unix)[77]: x", "sshd(pam_unix)", "77", "x"},
      Tag{"gdm-password][4321]: x", "gdm-password]", "4321", "x"},
      Tag{"/usr/sbin/cron[9]: x", "/usr/sbin/cron", "9", "x"}, Tag{"CRON[9]: x", "CRON", "9", "x"},
      Tag{"org.gnome.Shell.desktop[2]: x", "org.gnome.Shell.desktop", "2", "x"},
      Tag{"rsyslogd: x", "rsyslogd", "", "x"},
      Tag{"kernel: [12345.678901] x", "kernel", "", "[12345.678901] x"},
      Tag{"a[]: x", "a[]", "", "x"}, Tag{"a[1x]: x", "a[1x]", "", "x"},
      Tag{"[7]: x", "[7]", "", "x"}, Tag{"sshd[1]:", "sshd", "1", ""},
      Tag{"a:b: x", "a:b", "", "x"}, Tag{"no tag here: x", "", "", "no tag here: x"},
      Tag{"word", "", "", "word"}, Tag{": x", "", "", ": x"},
      Tag{"sudo:    alice : x", "sudo", "", "alice : x"});
  INFO(tag.text);
  const std::string text = "Nov 23 01:02:03 web1 " + tag.text;
  const parsers::syslog::SyslogLine line = parsers::syslog::split_syslog_line(text);
  CHECK(line.framing == parsers::syslog::Framing::rfc3164);
  CHECK(line.host == "web1");
  CHECK(line.ident == tag.ident);
  CHECK(line.pid == tag.pid);
  CHECK(line.message == tag.message);
}

TEST_CASE("a tag is at most 128 bytes", "[syslog]") {
  const std::string fits = "Nov 23 01:02:03 web1 " + std::string(128, 'a') + ": x";
  const std::string longer = "Nov 23 01:02:03 web1 " + std::string(129, 'a') + ": x";
  CHECK(parsers::syslog::split_syslog_line(fits).ident.size() == 128);
  CHECK(parsers::syslog::split_syslog_line(longer).ident.empty());
}

TEST_CASE("the framing is found per line", "[syslog]") {
  CHECK(parsers::syslog::split_syslog_line("Nov  3 01:02:03 h a: x").framing ==
        parsers::syslog::Framing::rfc3164);
  CHECK(parsers::syslog::split_syslog_line("Nov 03 01:02:03 h a: x").framing ==
        parsers::syslog::Framing::rfc3164);
  CHECK(parsers::syslog::split_syslog_line("2026-11-23T05:03:11.123456+01:00 h a: x").framing ==
        parsers::syslog::Framing::iso);
  CHECK(parsers::syslog::split_syslog_line("<86>1 2026-11-23T05:03:11Z h a 1 - - x").framing ==
        parsers::syslog::Framing::rfc5424);
  CHECK(parsers::syslog::split_syslog_line("1 2026-11-23T05:03:11Z h a 1 - - x").framing ==
        parsers::syslog::Framing::rfc5424);
  for (const char* text :
       {"", " ", "Now 23 01:02:03 h a: x", "Nov 23 01:02 h a: x", "ovD 23 01:02:03 h a: x",
        "Nov 23 01:02:03x h", "2026-11-23T05:03:11.Z h", "1 2026", "<86>", "<999>1 x"}) {
    INFO(text);
    CHECK(parsers::syslog::split_syslog_line(text).framing == parsers::syslog::Framing::none);
    CHECK(parsers::syslog::split_syslog_line(text).message == text);
  }
}

TEST_CASE("ISO stamps: 0 to 9 digits, Z or offset with or without colon, lower case, second 60",
          "[syslog]") {
  const auto seconds = [](std::string_view stamp) {
    const std::string text = std::string(stamp) + " h a: x";
    const parsers::syslog::SyslogLine line = parsers::syslog::split_syslog_line(text);
    REQUIRE(line.framing == parsers::syslog::Framing::iso);
    REQUIRE(line.stamp.valid);
    return std::pair(parsers::syslog::timestamp_seconds(line.stamp), line.stamp.nanosecond);
  };
  const std::int64_t expected = 1795406706;  // 2026-11-23T04:05:06Z
  CHECK(seconds("2026-11-23T04:05:06Z") == std::pair(expected, std::int64_t{0}));
  CHECK(seconds("2026-11-23t04:05:06z") == std::pair(expected, std::int64_t{0}));
  CHECK(seconds("2026-11-23T05:05:06.5+01:00") == std::pair(expected, std::int64_t{500'000'000}));
  CHECK(seconds("2026-11-23T05:05:06.123456789+0100") ==
        std::pair(expected, std::int64_t{123'456'789}));
  CHECK(seconds("2026-11-23T00:35:06-03:30") == std::pair(expected, std::int64_t{0}));
  CHECK(seconds("2026-11-23T04:04:60Z").first == expected - 6);
}

TEST_CASE("rfc5424: nil values, structured data with quotes and brackets, byte order mark",
          "[syslog]") {
  const parsers::syslog::SyslogLine nil =
      parsers::syslog::split_syslog_line("<13>1 2026-11-23T05:03:11Z - - - - - hello");
  CHECK(nil.host.empty());
  CHECK(nil.ident.empty());
  CHECK(nil.pid.empty());
  CHECK(nil.message == "hello");
  CHECK(nil.priority == 13);
  const parsers::syslog::SyslogLine data = parsers::syslog::split_syslog_line(
      "<86>1 2026-11-23T05:03:11Z h app 7 ID [a b=\"x\\\"] y\" c=\"]\"][d] \xEF\xBB\xBFtext [1]");
  CHECK(data.framing == parsers::syslog::Framing::rfc5424);
  CHECK(data.pid == "7");
  CHECK(data.message == "text [1]");
  CHECK(parsers::syslog::split_syslog_line("<86>1 2026-11-23T05:03:11Z h app 7 ID [a b=\"x text")
            .framing == parsers::syslog::Framing::none);
  CHECK(
      parsers::syslog::split_syslog_line("<86>1 2026-11-23T05:03:11Z h app 7 - -").message.empty());
}

TEST_CASE("a run of NUL bytes at a line's start is skipped, a CR at its end is dropped",
          "[syslog]") {
  const std::string text = std::string(5, '\0') + "Nov 23 01:02:03 h sshd[1]: x\r";
  const parsers::syslog::SyslogLine line = parsers::syslog::split_syslog_line(text);
  CHECK(line.framing == parsers::syslog::Framing::rfc3164);
  CHECK(line.message == "x");
  CHECK(parsers::syslog::split_syslog_line(std::string_view("\0\0\0", 3)).message.empty());
}

TEST_CASE("numeric addresses are told from what only looks like one", "[ip]") {
  for (const char* text :
       {"192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8",
        "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "fe80::1%eth0", "1::8", "1:2:3:4:5:6:7::"}) {
    INFO(text);
    CHECK(read_ip(text).valid);
  }
  for (const char* text : {"",
                           "1.2.3",
                           "1.2.3.4.5",
                           "256.1.1.1",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           "1..2.3",
                           ":",
                           ":::",
                           "1:::2",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "12345::",
                           "::g",
                           "1:2:3:4:5:6:7:8::",
                           "::1%",
                           "::1%a b",
                           "1:2",
                           "host",
                           "1.2.3.4%eth0",
                           "::1.2.3",
                           "1:"}) {
    INFO(text);
    CHECK_FALSE(read_ip(text).valid);
  }
}

}  // namespace auditship
