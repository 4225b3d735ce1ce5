#include "parsers/message_match.h"

#include <algorithm>

#include "parsers/ip_text.h"
#include "parsers/ssh_key_text.h"

namespace auditship {
namespace {

constexpr std::string_view kPort = " port ";
constexpr std::string_view kUnknown = "UNKNOWN";
constexpr std::string_view kInvalidUser = "invalid user ";
constexpr std::string_view kIllegalUser = "illegal user ";
constexpr std::string_view kPamUser = "  user=";
constexpr int kMaxKeySplits = 16;  // " ssh2: " in one message

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_address(std::string_view text) { return text == kUnknown || read_ip(text).valid; }

bool is_decimal(std::string_view text) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 18 && std::all_of(part.begin(), part.end(), is_digit);
  };
  return digits(whole) && (whole.size() == 1 || whole[0] != '0') &&
         (dot == std::string_view::npos || digits(text.substr(dot + 1)));
}

bool is_valid_word(Hole kind, std::string_view word) {
  switch (kind) {
    case Hole::word0:
    case Hole::actor:
    case Hole::host: return true;
    case Hole::ip: return is_address(word);
    case Hole::digits:
    case Hole::number:
    case Hole::port: return !word.empty() && std::all_of(word.begin(), word.end(), is_digit);
    case Hole::decimal: return is_decimal(word);
    default: return !word.empty();
  }
}

bool is_digits_kind(Hole kind) { return kind == Hole::digits || kind == Hole::number || kind == Hole::port; }

// One walk over a message: tokens are taken from either end of [pos_, end_).
class Walk {
 public:
  Walk(const Pattern& pattern, std::size_t count, std::string_view message, Match& match)
      : pattern_(pattern), count_(count), message_(message), match_(match), end_(message.size()) {}

  // Tokens before the first free hole.
  bool left() {
    while (first_ < count_ && !is_free(pattern_[first_].kind)) {
      if (!take_left(first_)) {
        return false;
      }
      ++first_;
    }
    return true;
  }

  bool all(Split split) {
    if (!left()) {
      return false;
    }
    if (first_ == count_) {
      return pos_ == end_;
    }
    std::size_t last = count_ - 1;
    while (!is_free(pattern_[last].kind)) {
      if (!take_right(last)) {
        return false;
      }
      --last;
    }
    if (!(split == Split::first ? split_first(last) : split_last(last))) {
      return false;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (!is_valid_free(pattern_[i].kind, match_.value[i])) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] std::size_t taken() const { return first_; }

 private:
  [[nodiscard]] std::string_view rest() const { return message_.substr(pos_, end_ - pos_); }

  // Takes tokens from `from` down to above `stop` backwards; the free hole `stop` gets what remains from begin.
  bool take_between(std::size_t stop, std::size_t from) {
    for (std::size_t i = from; i > stop; --i) {
      if (!take_right(i)) {
        return false;
      }
    }
    return true;
  }

  bool split_first(std::size_t last) {
    const std::size_t whole_end = end_;
    while (first_ < last) {
      std::size_t next = first_ + 1;
      while (!is_free(pattern_[next].kind)) {
        ++next;
      }
      const std::string_view literal = pattern_[next - 1].text;
      const std::size_t at = message_.substr(0, whole_end).find(literal, pos_);
      if (at == std::string_view::npos) {
        return false;
      }
      end_ = at + literal.size();
      if (!take_between(first_, next - 1)) {
        return false;
      }
      match_.value[first_] = rest();
      pos_ = at + literal.size();
      end_ = whole_end;
      first_ = next;
    }
    match_.value[first_] = rest();
    return true;
  }

  bool split_last(std::size_t last) {
    while (first_ < last) {
      std::size_t previous = last - 1;
      while (!is_free(pattern_[previous].kind)) {
        --previous;
      }
      const std::string_view literal = pattern_[last - 1].text;
      const std::size_t at = rest().rfind(literal);
      if (at == std::string_view::npos) {
        return false;
      }
      const std::size_t value_begin = pos_ + at + literal.size();
      match_.value[last] = message_.substr(value_begin, end_ - value_begin);
      end_ = value_begin;
      if (!take_between(previous, last - 1)) {
        return false;
      }
      last = previous;
    }
    match_.value[last] = rest();
    return true;
  }

  [[nodiscard]] std::string_view literal_at(std::size_t i) const {
    return i < count_ && pattern_[i].kind == Hole::literal ? pattern_[i].text : std::string_view();
  }

  // The word that begins at pos_: ends at a blank or where the literal behind it begins.
  [[nodiscard]] std::string_view word_from_left(std::size_t i, bool digits_only) const {
    const std::string_view literal = literal_at(i + 1);
    std::size_t at = pos_;
    while (at < end_ && message_[at] != ' ' && (!digits_only || is_digit(message_[at])) &&
           (literal.empty() || message_[at] != literal[0] ||
            !starts_with(message_.substr(at, end_ - at), literal))) {
      ++at;
    }
    return message_.substr(pos_, at - pos_);
  }

  [[nodiscard]] std::string_view word_from_right(std::size_t i, bool digits_only) const {
    const std::string_view literal = i > 0 ? literal_at(i - 1) : std::string_view();
    std::size_t at = end_;
    while (at > pos_ && message_[at - 1] != ' ' && (!digits_only || is_digit(message_[at - 1])) &&
           (literal.empty() || message_[at - 1] != literal.back() ||
            !ends_with(message_.substr(pos_, at - pos_), literal))) {
      --at;
    }
    return message_.substr(at, end_ - at);
  }

  bool take_left(std::size_t i) {
    const Token& token = pattern_[i];
    if (token.kind == Hole::literal) {
      if (!starts_with(rest(), token.text)) {
        return false;
      }
      pos_ += token.text.size();
      return true;
    }
    if (token.kind == Hole::peer || token.kind == Hole::peer_or_ip) {
      return take_peer_left(i);
    }
    const std::string_view word = word_from_left(i, is_digits_kind(token.kind));
    if (!is_valid_word(token.kind, word)) {
      return false;
    }
    match_.value[i] = word;
    pos_ += word.size();
    return true;
  }

  bool take_peer_left(std::size_t i) {
    const std::size_t blank = rest().find(' ');
    const std::string_view address = rest().substr(0, blank);
    std::size_t size = address.size();
    if (!is_address(address)) {
      return false;
    }
    std::string_view behind = rest().substr(size);
    if (starts_with(behind, kPort)) {
      std::size_t at = kPort.size();
      if (at < behind.size() && behind[at] == '-') {
        ++at;
      }
      const std::size_t digits = at;
      while (at < behind.size() && is_digit(behind[at])) {
        ++at;
      }
      if (at == digits) {
        return false;
      }
      size += at;
    } else if (pattern_[i].kind == Hole::peer) {
      return false;
    }
    match_.value[i] = rest().substr(0, size);
    pos_ += size;
    return true;
  }

  bool take_right(std::size_t i) {
    const Token& token = pattern_[i];
    if (token.kind == Hole::literal) {
      if (!ends_with(rest(), token.text)) {
        return false;
      }
      end_ -= token.text.size();
      return true;
    }
    if (token.kind == Hole::peer || token.kind == Hole::peer_or_ip) {
      return take_peer_right(i);
    }
    const std::string_view word = word_from_right(i, is_digits_kind(token.kind));
    if (!is_valid_word(token.kind, word)) {
      return false;
    }
    match_.value[i] = word;
    end_ -= word.size();
    return true;
  }

  bool take_peer_right(std::size_t i) {
    std::size_t at = end_;
    while (at > pos_ && is_digit(message_[at - 1])) {
      --at;
    }
    if (at > pos_ && message_[at - 1] == '-') {
      --at;
    }
    const bool has_port = at < end_ && ends_with(message_.substr(pos_, at - pos_), kPort);
    std::size_t address_end = has_port ? at - kPort.size() : end_;
    if (!has_port && pattern_[i].kind == Hole::peer) {
      return false;
    }
    std::size_t begin = address_end;
    while (begin > pos_ && message_[begin - 1] != ' ') {
      --begin;
    }
    if (!is_address(message_.substr(begin, address_end - begin))) {
      return false;
    }
    // Without a port there is no user name either (releases up to 7.1).
    if (!has_port && i > 0 && pattern_[i - 1].kind == Hole::who && begin != pos_) {
      return false;
    }
    match_.value[i] = message_.substr(begin, end_ - begin);
    end_ = begin;
    return true;
  }

  static bool is_valid_free(Hole kind, std::string_view value) {
    if (kind == Hole::who) {
      return value.empty() || (value.back() == ' ' && (starts_with(value, "user ") || starts_with(value, kInvalidUser) ||
                                                       starts_with(value, "authenticating user ") ||
                                                       starts_with(value, "authenticatinguser ")));
    }
    if (kind == Hole::pam_user) {
      return value.empty() || value == " " || starts_with(value, kPamUser);
    }
    return true;
  }

  const Pattern& pattern_;
  std::size_t count_;
  std::string_view message_;
  Match& match_;
  std::size_t pos_ = 0, end_;
  std::size_t first_ = 0;
};

bool has_free_details(std::string_view method) {
  return starts_with(method, "hostbased") || starts_with(method, "gssapi");
}

// "… from {peer} ssh2{key}". A user name cannot hold a colon, but what stands behind the key part can
// imitate all of this (a certificate's id, a client's host name), so the first split that fits is the true one.
bool match_with_key(const Pattern& pattern, std::string_view message, Split split, Match& match) {
  const std::size_t count = pattern.size() - 1;
  constexpr std::string_view kSplit = " ssh2: ";
  std::size_t at = message.find(kSplit);
  for (int tries = 0; at != std::string_view::npos && tries < kMaxKeySplits; ++tries) {
    const std::string_view key = message.substr(at + kSplit.size());
    if (Walk(pattern, count, message.substr(0, at + kSplit.size() - 2), match).all(split)) {
      const bool valid = read_ssh_key(key).valid;
      if (valid || (pattern[1].kind == Hole::method && has_free_details(match.value[1]))) {
        match.value[count] = valid ? key : std::string_view();
        return true;
      }
    }
    at = message.find(kSplit, at + 1);
  }
  match.value[count] = {};
  return Walk(pattern, count, message, match).all(split);
}

void add_peer(std::string_view peer, AuthEvent& event) {
  const std::size_t at = peer.rfind(kPort);
  const std::string_view address = peer.substr(0, at);
  if (address == kUnknown) {
    return;
  }
  event.ip("source.ip", address);
  if (at != std::string_view::npos) {
    event.port("source.port", peer.substr(at + kPort.size()));
  }
}

void add_login(std::string_view value, AuthEvent& event) {
  if (starts_with(value, kInvalidUser) || starts_with(value, kIllegalUser)) {
    event.literal("ssh.invalid_user", "true");
    value.remove_prefix(kInvalidUser.size());
  }
  event.user("user.name", value);
}

void add_who(std::string_view value, AuthEvent& event) {
  if (value.empty()) {
    return;
  }
  value.remove_suffix(1);
  if (starts_with(value, kInvalidUser)) {
    event.literal("ssh.invalid_user", "true");
  }
  const std::size_t at = value.find("user ");  // in the fixed part; "user" alone is an empty name
  if (at != std::string_view::npos) {
    event.user("user.name", value.substr(at + 5));
  } else if (starts_with(value, "invalid user")) {
    event.literal("ssh.invalid_user", "true");
  }
}

void add_key(std::string_view value, AuthEvent& event) {
  if (value.empty()) {
    return;
  }
  const SshKeyText key = read_ssh_key(value);
  event.text("ssh.key.type", key.type);
  event.text("ssh.key.fingerprint", key.fingerprint);
  event.text("ssh.cert.id", key.cert_id);
  event.text("ssh.cert.serial", key.cert_serial);
  event.text("ssh.cert.ca.type", key.ca_type);
  event.text("ssh.cert.ca.fingerprint", key.ca_fingerprint);
}

void add_network(std::string_view value, AuthEvent& event) {
  const std::size_t slash = value.find('/');
  const std::string_view length = slash == std::string_view::npos ? "" : value.substr(slash + 1);
  const std::string_view address = value.substr(0, slash);
  if (length.empty() || (length == "32" && is_ipv4(address)) || (length == "128" && is_ipv6(address))) {
    event.ip("source.ip", address);
  }
}

void add_method(std::string_view value, AuthEvent& event) {
  const std::size_t slash = value.find('/');
  event.text("ssh.auth.method", value.substr(0, slash));
  if (slash != std::string_view::npos) {
    event.text("ssh.auth.submethod", value.substr(slash + 1));
  }
}

void add_field(const Token& token, std::string_view value, AuthEvent& event) {
  switch (token.kind) {
    case Hole::literal: return;
    case Hole::number: return event.number(token.text, value);
    case Hole::decimal: return event.literal(token.text, value);
    case Hole::port: return event.port(token.text, value);
    case Hole::ip: return event.ip(token.text, value);
    case Hole::host: return event.host(value);
    case Hole::tty: return event.tty(token.text, value);
    case Hole::network: return add_network(value, event);
    case Hole::method: return add_method(value, event);
    case Hole::peer:
    case Hole::peer_or_ip: return add_peer(value, event);
    case Hole::who: return add_who(value, event);
    case Hole::login: return add_login(value, event);
    case Hole::actor:
      event.user("pam.ruser", value);
      return event.user("user.name", value);
    case Hole::pam_user:
      value = value.size() > kPamUser.size() ? value.substr(kPamUser.size()) : "";
      event.user(token.text, value);
      if (token.text == "user.effective.name") {
        event.user("pam.user", value);
      }
      return;
    case Hole::key: return add_key(value, event);
    case Hole::text:
    case Hole::word:
    case Hole::word0:
    case Hole::digits:
      if (token.names_user) {
        event.user(token.text, value);
      } else if (token.text != "_") {
        event.text(token.text, value);
      }
      return;
  }
}

}  // namespace

bool match_pattern(const Pattern& pattern, std::string_view message, Split split, Match& match) {
  if (pattern[pattern.size() - 1].kind == Hole::key) {
    return match_with_key(pattern, message, split, match);
  }
  return Walk(pattern, pattern.size(), message, match).all(split);
}

std::size_t match_left_part(const Pattern& pattern, std::string_view message, Match& match) {
  Walk walk(pattern, pattern.size(), message, match);
  return walk.left() ? walk.taken() : 0;
}

void add_fields(const Pattern& pattern, const Match& match, std::size_t tokens, AuthEvent& event) {
  for (std::size_t i = 0; i < tokens; ++i) {
    add_field(pattern[i], match.value[i], event);
  }
}

void add_meaning(const Form& form, AuthEvent& event) {
  event.meaning(form.action, form.outcome, form.event);
  for (const Constant& constant : form.fixed) {
    if (constant.type == FieldType::literal) {
      event.literal(constant.name, constant.value);
    } else if (constant.name == "user.name") {
      event.user(constant.name, constant.value);
    } else if (!constant.name.empty()) {
      event.text(constant.name, constant.value);
    }
  }
}

FormTable::FormTable(std::initializer_list<std::span<const Form>> tables) {
  constexpr std::size_t kHoleFirst = 256;
  const auto first_byte = [](const Form& form) {
    const std::string_view prefix = form.pattern.prefix();
    return prefix.empty() ? kHoleFirst : std::size_t{static_cast<unsigned char>(prefix[0])};
  };
  for (std::size_t byte = 0; byte <= kHoleFirst; ++byte) {
    begin_[byte] = static_cast<std::uint16_t>(ordered_.size());
    for (const std::span<const Form> forms : tables) {
      for (const Form& form : forms) {
        if (first_byte(form) == byte) {
          ordered_.push_back(&form);
        }
      }
    }
  }
  begin_[kHoleFirst + 1] = static_cast<std::uint16_t>(ordered_.size());
}

const Form* FormTable::find(std::string_view message, Match& match) const {
  if (message.empty()) {
    return nullptr;
  }
  const std::size_t byte = static_cast<unsigned char>(message[0]);
  const auto in_range = [&](std::size_t index) -> const Form* {
    for (std::size_t i = begin_[index]; i < begin_[index + 1]; ++i) {
      const Form& form = *ordered_[i];
      if (starts_with(message, form.pattern.prefix()) &&
          match_pattern(form.pattern, message, form.split, match)) {
        return &form;
      }
    }
    return nullptr;
  };
  const Form* form = in_range(byte);
  return form != nullptr ? form : in_range(256);
}

const Form* FormTable::find_cut(std::string_view message, Match& match, std::size_t& tokens) const {
  if (message.empty()) {
    return nullptr;
  }
  const std::size_t byte = static_cast<unsigned char>(message[0]);
  for (std::size_t i = begin_[byte]; i < begin_[byte + 1]; ++i) {
    const Form& form = *ordered_[i];
    if (form.pattern.peer_behind_free_text() && starts_with(message, form.pattern.prefix())) {
      tokens = match_left_part(form.pattern, message, match);
      if (tokens != 0) {
        return &form;
      }
    }
  }
  return nullptr;
}

bool FormTable::apply(std::string_view message, AuthEvent& event) const {
  Match match;
  const Form* form = find(message, match);
  if (form == nullptr) {
    return false;
  }
  add_meaning(*form, event);
  add_fields(form->pattern, match, form->pattern.size(), event);
  return true;
}

}  // namespace auditship
