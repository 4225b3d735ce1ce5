// A message pattern describes one kind of log message: its text with placeholders, what the message
// means, and an example with the fields that it yields. Adding a pattern to a table is adding a
// row.
//
//   {"Invalid user {user.name} from {peer?}", "ssh-invalid-user", Outcome::failure,
//    EventClass::auth_info,
//    "Invalid user test from 192.0.2.11", "user.name=test|source.ip=192.0.2.11"}
//
// A placeholder is {field} or {field:kind}; composite ones have a name of their own. Placeholders
// of kind `text`, and `who`, `login` and `pam-user`, are free: they hold any text, chosen by an
// attacker or not. What stands left of the first free placeholder is matched from the left, what
// stands right of the last one from the right, so that free text can imitate neither. Between two
// free placeholders the literal before the second one decides: its first occurrence, or its last
// one where the row says Split::last, and of these the first or last one that has what the row
// says around it. Texts are compiled by the compiler; a wrong one does not
// build. Plain constant values; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/event/event.h"

namespace auditship::parsers::auth_log::patterns {

enum class Placeholder : std::uint8_t {
  literal,     // not a placeholder
  text,        // free, may be empty
  word,        // no blank, at least one byte
  word0,       // no blank, may be empty
  account,     // a word without @, which a Kerberos principal has
  digits,      // decimal digits, kept as a string
  number,      // decimal digits that fit a long, written as a number
  decimal,     // digits with an optional fraction, written as a number
  port,        // 0 to 65535
  ip,          // numeric address, or UNKNOWN, which yields no field
  host,        // numeric address or host name: source.ip or source.address; may be empty
  tty,         // without /dev/; none and unknown yield no field
  network,     // address/length: source.ip where it is one address
  method,      // METHOD[/SUBMETHOD]
  peer,        // ADDRESS port PORT
  peer_or_ip,  // ADDRESS[ port PORT]
  who,         // free: nothing, or "[authenticating |invalid ]user NAME "
  login,       // free: [invalid user |illegal user ]NAME
  endpoint,    // ADDRESS:PORT or [ADDRESS]:PORT
  key,         // last: nothing or ": KEY" behind " ssh2", or ": " and any other detail
};

struct Token {
  Placeholder kind = Placeholder::literal;
  // Whether the value goes to related.user, too.
  bool names_user = false;
  // Literal text, or the name of the field. A field "_" is matched and forgotten.
  std::string_view text;
};

constexpr bool is_free(Placeholder kind) {
  return kind == Placeholder::text || kind == Placeholder::who || kind == Placeholder::login;
}

class PatternText {
 public:
  static constexpr std::size_t kMaxTokens = 20;

  // NOLINTNEXTLINE(google-explicit-constructor): rows are written as text
  constexpr PatternText(const char* text) {
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t open = rest.find('{');
      if (open != 0) {
        push(Token{Placeholder::literal, false, rest.substr(0, open)});
        rest.remove_prefix(open == std::string_view::npos ? rest.size() : open);
        continue;
      }
      const std::size_t close = rest.find('}');
      push(placeholder(rest.substr(1, close - 1)));
      rest.remove_prefix(close + 1);
    }
    check();
  }

  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  constexpr const Token& operator[](std::size_t i) const { return tokens_[i]; }
  // The text that every message of this pattern begins with; empty if it begins with a placeholder.
  [[nodiscard]] constexpr std::string_view prefix() const {
    return size_ != 0 && tokens_[0].kind == Placeholder::literal ? tokens_[0].text
                                                                 : std::string_view();
  }
  // A free placeholder stands left of the peer's address, so a cut message may lack the address.
  [[nodiscard]] constexpr bool peer_behind_free_text() const { return peer_behind_; }

 private:
  static constexpr Token placeholder(std::string_view name) {
    struct Named {
      std::string_view name;
      Placeholder kind;
    };
    constexpr Named kNamed[] = {{"text", Placeholder::text},
                                {"word", Placeholder::word},
                                {"word0", Placeholder::word0},
                                {"account", Placeholder::account},
                                {"digits", Placeholder::digits},
                                {"number", Placeholder::number},
                                {"decimal", Placeholder::decimal},
                                {"port", Placeholder::port},
                                {"ip", Placeholder::ip},
                                {"host", Placeholder::host},
                                {"tty", Placeholder::tty},
                                {"network", Placeholder::network},
                                {"method", Placeholder::method},
                                {"peer", Placeholder::peer},
                                {"peer?", Placeholder::peer_or_ip},
                                {"who", Placeholder::who},
                                {"login", Placeholder::login},
                                {"endpoint", Placeholder::endpoint},
                                {"key", Placeholder::key}};
    const std::size_t colon = name.find(':');
    const std::string_view field = name.substr(0, colon);
    const std::string_view kind = colon == std::string_view::npos ? name : name.substr(colon + 1);
    for (const Named& known : kNamed) {
      if (known.name == kind) {
        return Token{known.kind, is_user_field(field), field};
      }
    }
    if (colon != std::string_view::npos) {
      throw "unknown kind of placeholder";
    }
    return Token{Placeholder::text, is_user_field(field), field};
  }

  static constexpr bool is_user_field(std::string_view field) {
    return field == "user.name" || field == "user.effective.name" || field == "user.target.name" ||
           field == "pam.logname" || field == "pam.ruser" || field == "pam.user" ||
           field == "user.kerberos.principal";
  }

  constexpr void push(Token token) {
    if (size_ == kMaxTokens) {
      throw "pattern has too many parts";
    }
    tokens_[size_++] = token;
  }

  constexpr void check() {
    bool free_before = false;
    for (std::size_t i = 0; i < size_; ++i) {
      const Placeholder kind = tokens_[i].kind;
      if (is_free(kind)) {
        if (i > 0 && is_free(tokens_[i - 1].kind)) {
          throw "two free placeholders need a literal between them";
        }
        if (free_before && tokens_[i - 1].kind != Placeholder::literal) {
          throw "a literal must stand before the second free placeholder";
        }
        free_before = true;
      }
      peer_behind_ =
          peer_behind_ ||
          (free_before && (kind == Placeholder::peer || kind == Placeholder::peer_or_ip));
      if (kind == Placeholder::key && i + 1 != size_) {
        throw "this placeholder must be the last one";
      }
    }
  }

  std::array<Token, kMaxTokens> tokens_{};
  std::size_t size_ = 0;
  bool peer_behind_ = false;
};

enum class Outcome : std::uint8_t { none, success, failure, unknown };
enum class Split : std::uint8_t { first, last };

// event.category and event.type of a message.
enum class EventClass : std::uint8_t {
  none,
  auth_start,
  auth_info,
  session_start,
  session_end,
  session_info,
  connection_start,
  connection_end,
  connection_denied,
  connection_info,
  // The end of a connection on which somebody had tried to log in.
  login_abandoned,
  user_creation,
  user_change,
  user_deletion,
  group_creation,
  group_change,
  group_deletion,
  command_start,
  command_denied,
  command_end,
  command_info,
  service_start,
  service_end,
  service_change,
  file_access,
};

struct Constant {
  std::string_view name = {}, value = {};
  event::FieldType type = event::FieldType::string;
};

struct MessagePattern {
  PatternText text;
  std::string_view action;
  Outcome outcome = Outcome::none;
  EventClass event = EventClass::none;
  // A message of this pattern.
  std::string_view example = {};
  // What the example yields, "name=value|name=value", beside action and outcome.
  std::string_view fields = {};
  std::array<Constant, 2> fixed = {};
  Split split = Split::first;
};

}  // namespace auditship::parsers::auth_log::patterns
