// What docker's json-file driver and the CRI runtimes wrap around a line.
#include "agent/unwrap/unwrapper.h"

#include <random>
#include <string>

#include "agent/base/encoding/json_writer.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

using unwrap::Unwrapped;
using unwrap::Unwrapper;
using Kind = Unwrapped::Kind;

const std::string kTime = "2026-11-28T19:00:00.123456789Z";

std::string docker(const std::string& log, const std::string& stream = "stdout") {
  std::string line = "{\"log\":";
  append_json_string(line, log);
  return line + ",\"stream\":\"" + stream + "\",\"time\":\"" + kTime + "\"}";
}

}  // namespace

TEST_CASE("a line of docker's json-file gives its text, stream and time", "[unwrap]") {
  Unwrapper unwrapper;
  const std::string text = "Nov 28 19:00:00 h sshd[1]: \"x\" \\ \t \xC3\xA9";
  const std::string line = docker(text + "\n", "stderr");
  const Unwrapped record = unwrapper.open(line);
  CHECK(record.kind == Kind::record);
  CHECK(record.text == text);
  CHECK(record.stream == "stderr");
  CHECK(record.time == kTime);
  CHECK(unwrapper.open(docker("plain\r\n")).text == "plain");
  CHECK(unwrapper.open(docker("\n")).text.empty());
  CHECK(unwrapper
            .open(R"({"log":"a\n","stream":"stdout","attrs":{"tag":"x"},"time":")" + kTime + "\"}")
            .text == "a");
  CHECK(unwrapper.open(docker("half of a rec")).kind == Kind::part);
}

TEST_CASE("a line of the CRI gives its text, stream and time", "[unwrap]") {
  Unwrapper unwrapper;
  for (const std::string& time :
       {kTime, std::string("2026-11-28T19:00:00.1+02:00"), std::string("2026-11-28T19:00:00Z")}) {
    const std::string line = time + " stdout F {\"a\": 1} stderr F";
    const Unwrapped record = unwrapper.open(line);
    CHECK(record.kind == Kind::record);
    CHECK(record.text == "{\"a\": 1} stderr F");
    CHECK(record.stream == "stdout");
    CHECK(record.time == time);
  }
  CHECK(unwrapper.open(kTime + " stderr P half").kind == Kind::part);
  CHECK(unwrapper.open(kTime + " stdout F:more:tags x").text == "x");
  CHECK(unwrapper.open(kTime + " stdout F ").text.empty());
  CHECK(unwrapper.open(kTime + " stdout F").text.empty());
}

TEST_CASE("what only looks like a wrapper is none", "[unwrap]") {
  Unwrapper unwrapper;
  const std::string tail = ",\"stream\":\"stdout\",\"time\":\"" + kTime + "\"}";
  for (const std::string& line :
       {std::string(), std::string("{"), std::string("{\"log\":\"x\\n\"}"),
        "{\"log\":\"x\\n\"" + tail + " ", "{\"log\":\"x\\n\"" + tail + "y",
        "{\"log\":\"x\\n\",\"kind\":\"Event\"" + tail, "{\"log\":1" + tail,
        "{\"log\":\"a\\n\",\"log\":\"b\\n\"" + tail,
        std::string(R"({"log":"x\n","stream":"other","time":"2026-11-28T19:00:00Z"})"),
        std::string(R"({"log":"x\n","stream":"stdout","time":"yesterday"})"),
        kTime + " stdout X text", kTime + " stdlog F text", kTime + "  stdout F text",
        std::string("2026-11-28T19:00:00 stdout F text"),
        std::string("2026-11-28T19:00:00.Z stdout F text"),
        std::string("2026-11-28T19:00:00Z h sshd[1]: stdout F"),
        std::string(R"({"kind":"Event","log":"x\n"})")}) {
    INFO(line);
    const Unwrapped record = unwrapper.open(line);
    // A blank behind a whole one does no harm.
    if (!line.ends_with(" ")) {
      CHECK(record.kind == Kind::not_wrapped);
      CHECK(record.text == line);
    }
  }
}

TEST_CASE("of a line that was cut the text is what its ends hold", "[unwrap]") {
  Unwrapper unwrapper;
  const std::string text =
      "{\"a\":\"b\\\\\",\"tab\":\"\t\"," + std::string(300, 'x') + ",\"end\":\"\xC3\xA9 \\n\"}";
  const std::string line = docker(text + "\n");
  for (std::size_t head = 8; head < 40; ++head) {
    for (std::size_t tail = 80; tail < 140; ++tail) {
      const Unwrapped record =
          unwrapper.open_cut(std::string_view(line).substr(0, head),
                             std::string_view(line).substr(line.size() - tail));
      REQUIRE(text.starts_with(record.text));
      REQUIRE(text.ends_with(record.tail));
      REQUIRE(record.text.size() + 6 >= (head - 8) / 2);
    }
  }
  const std::string cri = kTime + " stdout F " + text;
  const Unwrapped record = unwrapper.open_cut(std::string_view(cri).substr(0, 60), "end");
  CHECK(record.text == std::string_view(cri).substr(40, 20));
  CHECK(record.tail == "end");
  CHECK(unwrapper.open_cut("{\"kind\":\"Ev", "end").text == "{\"kind\":\"Ev");
}

TEST_CASE("whatever a program writes comes out of the wrapper as it was", "[unwrap]") {
  std::mt19937 random(20261128);
  Unwrapper unwrapper;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t left = random() % 30; left > 0; --left) {
      static constexpr std::string_view kPieces[] = {
          "\"",           "\\", "{\"log\":\"", "\",\"stream\":\"stdout\"",
          "\t",           "a",  " stdout F ",  "\x01",
          "\xE2\x82\xAC", "}",  "\\n"};
      text.append(kPieces[random() % std::size(kPieces)]);
    }
    INFO(text);
    const std::string line = docker(text + "\n");
    const Unwrapped record = unwrapper.open(line);
    REQUIRE(record.kind == Kind::record);
    REQUIRE(record.text == text);
    const std::string cri = kTime + " stderr P " + text;
    const Unwrapped part = unwrapper.open(cri);
    REQUIRE(part.kind == Kind::part);
    REQUIRE(part.text == text);
  }
}

}  // namespace auditship
