#include "parsers/syslog/header_words.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "agent/base/text.h"
#include "parsers/syslog/priority.h"

namespace auditship::parsers::syslog {
namespace {

constexpr std::size_t kMaxTagBytes = 128;

// "ident[pid]" taken apart; all of word is the ident where no number stands in brackets at its end.
bool split_pid(std::string_view word, Tag& tag) {
  tag = {word, {}};
  if (word.back() != ']') {
    return false;
  }
  std::size_t first = word.size() - 1;
  while (first > 0 && is_digit(word[first - 1])) {
    --first;
  }
  // There is a digit, and in front of the bracket an ident.
  if (first < 2 || first == word.size() - 1 || word[first - 1] != '[') {
    return false;
  }
  tag = {word.substr(0, first - 1), word.substr(first, word.size() - 1 - first)};
  return true;
}

// "ident[pid]:" or "ident:" whose word ends before `blank`; npos: with the text.
bool take_tag_before(std::string_view& text, std::size_t blank, Tag& tag) {
  const std::size_t end = blank == std::string_view::npos ? text.size() : blank;
  if (end < 2 || end > kMaxTagBytes + 1 || text[end - 1] != ':') {
    return false;
  }
  split_pid(text.substr(0, end - 1), tag);
  text.remove_prefix(end);
  return true;
}

}  // namespace

bool is_host(std::string_view word) {
  // Foreign: what no name, address or chain of relays (syslog-ng: source@relay/host) holds. Joint: what stands between
  // facility and level.
  constexpr std::uint8_t kForeign = 1;
  constexpr std::uint8_t kJoint = 2;
  static constexpr std::array<std::uint8_t, 256> kMarks = [] {
    std::array<std::uint8_t, 256> marks{};
    for (std::size_t c = 0; c <= 0x20; ++c) {
      marks[c] = kForeign;
    }
    for (const char c : std::string_view("\"'()<>[]{}=,;!?|\\`*^$&#\x7F")) {
      marks[static_cast<unsigned char>(c)] = kForeign;
    }
    marks['.'] = kJoint;
    return marks;
  }();
  if (word.empty() || word.back() == ':') {
    return false;
  }
  std::uint8_t seen = 0;
  for (const char c : word) {
    seen = static_cast<std::uint8_t>(seen | kMarks[static_cast<unsigned char>(c)]);
  }
  if ((seen & kForeign) != 0) {
    // What the kernel calls a machine that has no name yet.
    return word == "(none)";
  }
  return (seen & kJoint) == 0 || priority_of_words(word) == kNoPriority;
}

bool take_tag(std::string_view& text, Tag& tag) {
  return take_tag_before(text, text.substr(0, kMaxTagBytes + 2).find(' '), tag);
}

bool take_any_tag(std::string_view& text, Tag& tag) {
  const std::string_view room = text.substr(0, kMaxTagBytes + 2);
  const std::size_t blank = room.find_first_of(" \t");
  if (take_tag_before(text, blank, tag)) {
    return true;
  }
  const std::string_view word = room.substr(0, blank);
  const std::size_t close = word.find(']');
  // Also where there is none (npos).
  if (close > kMaxTagBytes) {
    return false;
  }
  const std::size_t behind = close + 1;
  if (behind < word.size() && word[behind] != ':') {
    return false;
  }
  if (!split_pid(word.substr(0, behind), tag)) {
    return false;
  }
  text.remove_prefix(behind + (behind < word.size() ? 1 : 0));
  return true;
}

bool skip_structured_data(std::string_view& text) {
  if (!text.empty() && text[0] == '-') {
    text.remove_prefix(1);
    return text.empty() || text[0] == ' ';
  }
  std::size_t at = 0;
  bool quoted = false;
  while (at < text.size() && text[at] == '[') {
    for (++at; at < text.size() && (quoted || text[at] != ']'); ++at) {
      if (quoted && text[at] == '\\') {
        ++at;
      } else if (text[at] == '"') {
        quoted = !quoted;
      }
    }
    if (at >= text.size()) {
      return false;
    }
    ++at;
  }
  if (at == 0 || (at < text.size() && text[at] != ' ')) {
    return false;
  }
  text.remove_prefix(at);
  return true;
}

}  // namespace auditship::parsers::syslog
