// What a daemon puts into a framing comes out of it, whatever the words are; and where it cannot, nothing is given to the
// wrong place.
#include <random>
#include <string>

#include "parsers/syslog/header_words.h"
#include "parsers/syslog/syslog_line.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

using parsers::syslog::SyslogLine;

class Words {
 public:
  explicit Words(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }

  std::string of(std::string_view letters, std::size_t most) {
    std::string out;
    for (std::size_t left = 1 + below(most); left > 0; --left) {
      out.push_back(letters[below(letters.size())]);
    }
    return out;
  }

  // Any name that a host may have.
  std::string host() {
    for (;;) {
      std::string word = of("abcz019.-_:/@%ABC\xC3\xA9", 12);
      if (parsers::syslog::is_host(word) && word != "last" && word != "-") {
        return word;
      }
    }
  }
  // Of what programs give to openlog(), and worse.
  std::string ident() {
    for (;;) {
      std::string word = of("absudo-/.()_=[]:", 10);
      if (word.back() != ':' && word.back() != ']' && word.find("]:") == std::string::npos) {
        return word;
      }
    }
  }
  std::string message() {
    static constexpr std::string_view kPieces[] = {"sshd[1]: ",
                                                   "auth.info ",
                                                   "[x] ",
                                                   "- - - ",
                                                   "<38>",
                                                   "Nov 28 19:00:00 ",
                                                   "last message ",
                                                   " repeated",
                                                   "2026-11-28T",
                                                   ": ",
                                                   "= ",
                                                   "\xFF",
                                                   "root ",
                                                   "] ",
                                                   "h ",
                                                   "message ",
                                                   "\"a\"",
                                                   "1 ",
                                                   "#",
                                                   "[ID "};
    std::string out = "x";
    for (std::size_t left = below(6); left > 0; --left) {
      out.append(kPieces[below(std::size(kPieces))]);
    }
    return out;
  }
  std::string pid() { return std::to_string(below(99999)); }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("host, tag and message come out of each framing as they went in", "[syslog]") {
  Words words(20261128);
  for (int i = 0; i < 20'000; ++i) {
    const std::string host = words.host();
    const std::string ident = words.ident();
    const std::string pid = words.pid();
    const std::string message = words.message();
    const std::string tag = ident + "[" + pid + "]: ";
    const std::string bsd = "Nov 28 19:00:00";
    const std::string iso = "2026-11-28T19:00:00.188165+02:00";
    for (const std::string& text :
         {bsd + " " + host + " " + tag + message, iso + " " + host + " " + tag + message,
          bsd + ".123 " + host + " " + tag + message,
          "2026 " + bsd + " " + host + " " + tag + message,
          bsd + " 2026 " + host + " " + tag + message,
          bsd + " " + host + " auth.info " + tag + message,
          "<38>" + bsd + " " + host + " " + tag + message}) {
      INFO(text);
      const SyslogLine line = parsers::syslog::split_syslog_line(text);
      const bool right =
          line.host == host && line.ident == ident && line.pid == pid && line.message == message;
      REQUIRE(right);
    }
    for (const std::string& text : {bsd + " " + tag + message, iso + " " + tag + message,
                                    "Sat " + bsd + " 2026 auth.info " + tag + message,
                                    "auth.info: " + bsd + " " + tag + message}) {
      INFO(text);
      const SyslogLine line = parsers::syslog::split_syslog_line(text);
      const bool right =
          line.host.empty() && line.ident == ident && line.pid == pid && line.message == message;
      REQUIRE(right);
    }
  }
}

TEST_CASE("without a tag a message never gives one, unless it begins with one", "[syslog]") {
  Words words(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string host = words.host();
    const std::string message = "text " + words.message();
    for (const std::string& text : {"Nov 28 19:00:00 " + host + " " + message,
                                    "Nov 28 19:00:00 " + host + " auth.info " + message}) {
      INFO(text);
      const SyslogLine line = parsers::syslog::split_syslog_line(text);
      REQUIRE(line.host == host);
      REQUIRE(line.ident.empty());
      REQUIRE(line.pid.empty());
    }
  }
}

TEST_CASE("any bytes: what is given out lies in the line, in order, and host is never a tag",
          "[syslog]") {
  Words words(99);
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::size_t left = words.below(8); left > 0; --left) {
      switch (words.below(6)) {
        case 0:
          text += "Nov 28 19:00:00 ";
          break;
        case 1:
          text += "2026-11-28T19:00:00Z ";
          break;
        case 2:
          text += words.ident() + "[" + words.pid() + "]: ";
          break;
        case 3:
          text += words.host() + " ";
          break;
        case 4:
          text += "<38>";
          break;
        default:
          text += words.message();
      }
    }
    INFO(text);
    const SyslogLine line = parsers::syslog::split_syslog_line(text);
    const char* at = text.data();
    for (const std::string_view part :
         {line.stamp.text, line.host, line.ident, line.pid, line.message}) {
      if (!part.empty()) {
        REQUIRE(part.data() >= at);
        at = part.data() + part.size();
        REQUIRE(at <= text.data() + text.size());
      }
    }
    REQUIRE((line.host.empty() || line.host.back() != ':'));
  }
}

}  // namespace auditship
