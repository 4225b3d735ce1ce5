#include "parsers/auth_log/patterns/pattern_match.h"

#include <algorithm>

#include "agent/base/net/ip_address.h"
#include "agent/base/text.h"
#include "parsers/auth_log/patterns/affix.h"
#include "parsers/auth_log/patterns/endpoint.h"

namespace auditship::parsers::auth_log::patterns {
namespace {

constexpr std::string_view kPort = " port ";
constexpr std::string_view kUnknown = "UNKNOWN";
constexpr std::string_view kInvalidUser = "invalid user ";
// How many " ssh2: " in one message are tried.
constexpr int kMaxKeySplits = 16;
constexpr int kMaxColonSplits = 3;
constexpr int kMaxLastSplits = 8;

bool is_address(std::string_view text) { return text == kUnknown || read_ip(text).valid; }

bool is_decimal(std::string_view text) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const auto digits = [](std::string_view part) { return part.size() <= 18 && all_digits(part); };
  return digits(whole) && (whole.size() == 1 || whole[0] != '0') &&
         (dot == std::string_view::npos || digits(text.substr(dot + 1)));
}

// A quote would be the end of a command in front of it: "'a' on pts/1' for ann" names no terminal.
bool is_tty(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           std::string_view("/:._?-").find(c) != std::string_view::npos;
  });
}

bool is_valid_word(Placeholder kind, std::string_view word) {
  switch (kind) {
    case Placeholder::word0:
    case Placeholder::host:
      return true;
    case Placeholder::account:
      return !word.empty() && word.find('@') == std::string_view::npos;
    case Placeholder::endpoint:
      return read_endpoint(word).valid;
    case Placeholder::ip:
      return is_address(word);
    case Placeholder::digits:
    case Placeholder::number:
    case Placeholder::port:
      return !word.empty() && std::all_of(word.begin(), word.end(), is_digit);
    case Placeholder::decimal:
      return is_decimal(word);
    case Placeholder::tty:
      return is_tty(word);
    default:
      return !word.empty();
  }
}

bool is_digits_kind(Placeholder kind) {
  return kind == Placeholder::digits || kind == Placeholder::number || kind == Placeholder::port;
}

// One walk over a message: tokens are taken from either end of [pos_, end_).
class Walk {
 public:
  Walk(const PatternText& pattern, std::size_t count, std::string_view message, Match& match)
      : pattern_(pattern), count_(count), message_(message), match_(match), end_(message.size()) {}

  // Tokens before the first free placeholder.
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

  // Takes tokens backwards, from `from` down to above `stop`; the free placeholder `stop` gets what
  // remains from the begin.
  bool take_between(std::size_t stop, std::size_t from) {
    for (std::size_t i = from; i > stop; --i) {
      if (!take_right(i)) {
        return false;
      }
    }
    return true;
  }

  // The free placeholder first_ ends where `literal`, found at `at`, has the tokens between before
  // it.
  bool take_split(std::size_t next, std::size_t at) {
    end_ = at + pattern_[next - 1].text.size();
    return take_between(first_, next - 1);
  }

  bool split_first(std::size_t last) {
    const std::size_t whole_end = end_;
    while (first_ < last) {
      std::size_t next = first_ + 1;
      while (!is_free(pattern_[next].kind)) {
        ++next;
      }
      const std::string_view literal = pattern_[next - 1].text;
      const std::string_view whole = message_.substr(0, whole_end);
      std::size_t at = whole.find(literal, pos_);
      // A name holds no colon, but an address may end in one ("2001:db8:: port 22: reason").
      const int tries = literal[0] == ':' ? kMaxColonSplits : 1;
      bool fits = false;
      for (int i = 0; i < tries && !fits && at != std::string_view::npos; ++i) {
        fits = take_split(next, at);
        if (!fits) {
          at = whole.find(literal, at + 1);
        }
      }
      if (!fits) {
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

  // Where the last literal has not what belongs before it, one further left is tried: "CA SHA256:x:
  // Certificate invalid: expired" is split before "Certificate".
  bool split_last(std::size_t last) {
    while (first_ < last) {
      std::size_t previous = last - 1;
      while (!is_free(pattern_[previous].kind)) {
        --previous;
      }
      if (!split_before(last, previous)) {
        return false;
      }
      last = previous;
    }
    match_.value[last] = rest();
    return true;
  }

  bool split_before(std::size_t last, std::size_t previous) {
    const std::string_view literal = pattern_[last - 1].text;
    const std::size_t whole_end = end_;
    std::size_t at = rest().rfind(literal);
    for (int tries = 0; tries < kMaxLastSplits && at != std::string_view::npos; ++tries) {
      const std::size_t value_begin = pos_ + at + literal.size();
      end_ = value_begin;
      if (take_between(previous, last - 1)) {
        match_.value[last] = message_.substr(value_begin, whole_end - value_begin);
        return true;
      }
      end_ = whole_end;
      at = at == 0 ? std::string_view::npos : rest().rfind(literal, at - 1);
    }
    return false;
  }

  [[nodiscard]] std::string_view literal_at(std::size_t i) const {
    return i < count_ && pattern_[i].kind == Placeholder::literal ? pattern_[i].text
                                                                  : std::string_view();
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
    if (token.kind == Placeholder::literal) {
      if (!starts_with(rest(), token.text)) {
        return false;
      }
      pos_ += token.text.size();
      return true;
    }
    if (token.kind == Placeholder::peer || token.kind == Placeholder::peer_or_ip) {
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
    } else if (pattern_[i].kind == Placeholder::peer) {
      return false;
    }
    match_.value[i] = rest().substr(0, size);
    pos_ += size;
    return true;
  }

  bool take_right(std::size_t i) {
    const Token& token = pattern_[i];
    if (token.kind == Placeholder::literal) {
      if (!ends_with(rest(), token.text)) {
        return false;
      }
      end_ -= token.text.size();
      return true;
    }
    if (token.kind == Placeholder::peer || token.kind == Placeholder::peer_or_ip) {
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
    if (!has_port && pattern_[i].kind == Placeholder::peer) {
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
    if (!has_port && i > 0 && pattern_[i - 1].kind == Placeholder::who && begin != pos_) {
      return false;
    }
    match_.value[i] = message_.substr(begin, end_ - begin);
    end_ = begin;
    return true;
  }

  static bool is_valid_free(Placeholder kind, std::string_view value) {
    if (kind == Placeholder::who) {
      return value.empty() || (value.back() == ' ' &&
                               (starts_with(value, "user ") || starts_with(value, kInvalidUser) ||
                                starts_with(value, "authenticating user ") ||
                                starts_with(value, "authenticatinguser ")));
    }
    return true;
  }

  const PatternText& pattern_;
  std::size_t count_;
  std::string_view message_;
  Match& match_;
  std::size_t pos_ = 0, end_;
  std::size_t first_ = 0;
};

// "… from {peer} ssh2{key}". A user name cannot hold a colon, but what stands behind " ssh2: " can
// imitate all of this (a certificate's id, a client's host name), so the first split that fits is
// the true one. What follows it decides nothing: a key of a kind that is not known, or no key at
// all, is a detail of the same login.
bool match_with_key(const PatternText& pattern, std::string_view message, Split split,
                    Match& match) {
  const std::size_t count = pattern.size() - 1;
  constexpr std::string_view kSplit = " ssh2: ";
  std::size_t at = message.find(kSplit);
  for (int tries = 0; at != std::string_view::npos && tries < kMaxKeySplits; ++tries) {
    if (Walk(pattern, count, message.substr(0, at + kSplit.size() - 2), match).all(split)) {
      match.value[count] = message.substr(at + kSplit.size());
      return true;
    }
    at = message.find(kSplit, at + 1);
  }
  match.value[count] = {};
  return Walk(pattern, count, message, match).all(split);
}

}  // namespace

bool match_pattern(const PatternText& pattern, std::string_view message, Split split,
                   Match& match) {
  if (pattern[pattern.size() - 1].kind == Placeholder::key) {
    return match_with_key(pattern, message, split, match);
  }
  return Walk(pattern, pattern.size(), message, match).all(split);
}

std::size_t match_left_part(const PatternText& pattern, std::string_view message, Match& match) {
  Walk walk(pattern, pattern.size(), message, match);
  return walk.left() ? walk.taken() : 0;
}

}  // namespace auditship::parsers::auth_log::patterns
