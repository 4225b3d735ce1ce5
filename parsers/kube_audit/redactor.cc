#include "parsers/kube_audit/redactor.h"

#include <algorithm>
#include <array>

#include "parsers/json/json_scan.h"
#include "parsers/kube_audit/text_conversions.h"

namespace auditship::parsers::kube_audit {
namespace {

// Longer names are not names of credentials.
constexpr std::size_t kMaxName = 64;

// Lower case, without - and _ and leading dashes; at most kMaxName characters.
class Folded {
 public:
  explicit Folded(std::string_view name) {
    if (name.size() > kMaxName) {
      return;
    }
    for (const char c : name) {
      if (c != '-' && c != '_') {
        text_[size_++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      }
    }
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, kMaxName> text_{};
  std::size_t size_ = 0;
};

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

// False for more names that are no built-in one than Redactor::may_be_built_in: by four letters.
bool ends_as_built_in(std::string_view name) {
  if (name.size() < 4) {
    // Of three letters there is one: pwd.
    return name.size() == 3;
  }
  std::uint32_t tail = 0;
  for (const char c : name.substr(name.size() - 4)) {
    if (c == '-' || c == '_') {
      // It folds away, so any letter may stand before it.
      return true;
    }
    tail = tail << 8U | static_cast<unsigned char>(c | 0x20);
  }
  // end has three letters, or four.
  const auto is = [tail](std::string_view end) {
    std::uint32_t wanted = 0;
    for (const char c : end) {
      wanted = wanted << 8U | static_cast<unsigned char>(c);
    }
    return (end.size() == 4 ? tail : tail & 0xFFFFFFU) == wanted;
  };
  return is("oken") || is("tion") || is("word") || is("sswd") || is("pwd") || is("rase") ||
         is("cret") || is("key") || is("arer");
}

// Does `kind":"` that ends in front of `value` belong to a Secret or ConfigMap?
bool is_confidential_kind(std::string_view raw, std::size_t value) {
  constexpr std::string_view kKind = "\"kind\":\"";
  if (value < kKind.size() || raw.substr(value - kKind.size(), kKind.size()) != kKind) {
    return false;
  }
  const std::string_view rest = raw.substr(value);
  return rest.substr(0, 7) == "Secret\"" || rest.substr(0, 10) == "ConfigMap\"";
}

bool matches(std::string_view pattern, std::string_view name) {
  const bool open_front = pattern.front() == '*';
  const bool open_back = pattern.size() > 1 && pattern.back() == '*';
  const std::string_view core = pattern.substr(
      open_front ? 1 : 0, pattern.size() - (open_front ? 1 : 0) - (open_back ? 1 : 0));
  if (open_front && open_back) {
    return name.find(core) != std::string_view::npos;
  }
  if (open_front) {
    return name.ends_with(core);
  }
  return open_back ? name.substr(0, core.size()) == core : name == core;
}

constexpr std::string_view kBreaks = " \t\n\r\"'`;|&()<>,";

enum class Word : std::uint8_t { inside, equal, gap };

// What a byte means for where a word ends.
constexpr std::array<Word, 256> kWords = [] {
  std::array<Word, 256> words{};
  for (const char c : kBreaks) {
    words[static_cast<unsigned char>(c)] = Word::gap;
  }
  words['='] = Word::equal;
  return words;
}();

Word word_of(char c) { return kWords[static_cast<unsigned char>(c)]; }

std::size_t word_end(std::string_view text, std::size_t from) {
  while (from < text.size() && word_of(text[from]) == Word::inside) {
    ++from;
  }
  return from;
}

bool is_scheme(std::string_view word) {
  return word == "Bearer" || word == "Basic" || word == "bearer";
}

// The end of the value that begins at `from`: the closing quote where it is quoted, else the next
// blank.
std::size_t value_end(std::string_view text, std::size_t from) {
  if (from < text.size() && (text[from] == '"' || text[from] == '\'')) {
    const std::size_t close = text.find(text[from], from + 1);
    return close == std::string_view::npos ? text.size() : close + 1;
  }
  return std::min(text.find_first_of(" \t\r\n\"'`;|&<>()", from), text.size());
}

}  // namespace

bool names_confidential_kind(std::string_view raw) {
  // Few keys end in d, and quotes are too common to be looked for.
  for (std::size_t at = json::find_string_member(raw, 'd', 0); at < raw.size();
       at = json::find_string_member(raw, 'd', at)) {
    if (is_confidential_kind(raw, at)) {
      return true;
    }
  }
  return false;
}

Result<Redactor> Redactor::make(const std::vector<std::string>& more_names, bool enabled) {
  Redactor made;
  made.enabled_ = enabled;
  for (const std::string& name : more_names) {
    const std::size_t star = name.find('*', 1);
    std::string folded(Folded(name).view());
    if (folded.empty() || folded == "*" || folded == "**" ||
        (star != std::string::npos && star + 1 != name.size())) {
      return Error{Errc::invalid, "\"" + name + "\" is not a name with at most a * at its ends"};
    }
    made.more_names_.push_back(std::move(folded));
  }
  return made;
}

bool Redactor::is_listed(std::string_view name, Names how) const {
  static constexpr std::array<std::string_view, 22> kExact = {
      "token",      "accesstoken",   "idtoken",     "refreshtoken",    "bearertoken",
      "authtoken",  "apitoken",      "password",    "passwd",          "passphrase",
      "pwd",        "clientsecret",  "secretkey",   "secretaccesskey", "apikey",
      "privatekey", "authorization", "tokensecret", "sessiontoken",    "authkey",
      "accesskey",  "bearer"};
  static constexpr std::array<std::string_view, 10> kTails = {
      "password", "passwd",    "passphrase", "token",      "secret",
      "apikey",   "secretkey", "accesskey",  "privatekey", "pwd"};
  if (more_names_.empty() && !ends_as_built_in(name)) {
    return false;
  }
  const Folded folded(name);
  const std::string_view text = folded.view();
  if (text.empty()) {
    return false;
  }
  if (std::find(kExact.begin(), kExact.end(), text) != kExact.end()) {
    return true;
  }
  if (how == Names::loose &&
      std::any_of(kTails.begin(), kTails.end(),
                  [text](std::string_view tail) { return text.ends_with(tail); })) {
    return true;
  }
  return std::any_of(more_names_.begin(), more_names_.end(),
                     [text](const std::string& pattern) { return matches(pattern, text); });
}

// Three base64url parts; the first is a JSON object, so it begins with eyJ.
bool Redactor::is_jwt(std::string_view text) {
  if (text.size() < 40 || text.substr(0, 3) != "eyJ") {
    return false;
  }
  int dots = 0;
  for (const char c : text) {
    if (c == '.') {
      ++dots;
    } else if (!is_token_char(c) && c != '=') {
      return false;
    }
  }
  return dots == 2 || dots == 4;
}

// abcdef.0123456789abcdef
bool Redactor::is_bootstrap_token(std::string_view text) {
  if (text.size() != 23 || text[6] != '.') {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i != 6 && !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
      return false;
    }
  }
  return true;
}

// What of a word of a command is to be masked. next: as in append_argument.
Redactor::Part Redactor::secret_in_word(std::string_view word, bool& next) const {
  if (next || is_secret_value(word)) {
    next = false;
    return {0, word.size()};
  }
  const std::size_t dashes = std::min(word.find_first_not_of('-'), word.size());
  const std::string_view bare = word.substr(dashes);
  // As in -H 'Authorization: Bearer x', 'X-Api-Key: x'.
  const bool header = bare.ends_with(":");
  next = ((dashes > 0 || header) &&
          is_secret_name(bare.substr(0, bare.size() - (header ? 1 : 0)), Names::loose)) ||
         is_scheme(bare);
  // https://user:password@host
  const std::size_t scheme = word.find("://");
  if (scheme == std::string_view::npos) {
    return {};
  }
  const std::size_t at = word.find('@', scheme);
  const std::size_t colon = word.find(':', scheme + 3);
  if (at != std::string_view::npos && colon < at && word.find('/', scheme + 3) > at) {
    return {colon + 1, at};
  }
  return {};
}

bool Redactor::append_argument(std::string& out, std::string_view argument, bool& next) const {
  if (!enabled_) {
    out.append(argument);
    return false;
  }
  // The whole argument is the value, blanks and all.
  if (next) {
    next = false;
    out.append(kRedacted);
    return true;
  }
  // argument[0, copied) is in out.
  std::size_t copied = 0;
  bool masked = false;
  const auto mask = [&](std::size_t from, std::size_t to) {
    out.append(argument.substr(copied, from - copied)).append(kRedacted);
    copied = to;
    masked = true;
  };
  for (std::size_t i = 0; i < argument.size();) {
    std::size_t end = word_end(argument, i);
    const std::string_view word = argument.substr(i, end - i);
    if (end < argument.size() && argument[end] == '=') {
      ++end;
      if (is_secret_name(word, Names::loose)) {
        const std::size_t past = value_end(argument, end);
        if (past > end) {
          mask(end, past);
          end = past;
        }
      }
      next = false;
    } else if (end == i) {
      // A gap between words.
      ++end;
    } else if (!next || !is_scheme(word)) {
      // Behind "Authorization:" a scheme (Bearer) is skipped: the credential is the word after it.
      const Part part = secret_in_word(word, next);
      if (part.to > part.from) {
        mask(i + part.from, i + part.to);
      }
    }
    i = end;
  }
  out.append(argument.substr(copied));
  return masked;
}

namespace {

// One name=value of a query string, decoded where it needs to be.
class QueryPair {
 public:
  explicit QueryPair(std::string_view pair) {
    const std::size_t equal = std::min(pair.find('='), pair.size());
    raw_name = pair.substr(0, equal);
    name = decoded(raw_name, name_text_);
    value = decoded(pair.substr(std::min(equal + 1, pair.size())), value_text_);
  }
  [[nodiscard]] bool is_command() const { return name == "command" || name == "cmd"; }

  std::string_view raw_name, name, value;

 private:
  static std::string_view decoded(std::string_view text, std::string& into) {
    if (text.find('%') == std::string_view::npos && text.find('+') == std::string_view::npos) {
      return text;
    }
    append_percent_decoded(into, text, Plus::blank);
    return into;
  }
  std::string name_text_, value_text_;
};

// Back into the form encoding, brackets as they are: for people.
void append_form_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (c == ' ') {
      out.push_back('+');
    } else if (std::string_view("&+%#;=").find(c) != std::string_view::npos) {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    } else {
      out.push_back(c);
    }
  }
}

}  // namespace

bool Redactor::append_uri(std::string& out, std::string_view uri) const {
  const std::size_t question = uri.find('?');
  if (!enabled_ || question == std::string_view::npos) {
    out.append(uri);
    return false;
  }
  // uri[0, copied) is in out.
  std::size_t copied = 0;
  bool next = false;
  std::string shown;
  for (std::size_t at = question + 1; at < uri.size();) {
    const std::size_t end = std::min(uri.find('&', at), uri.size());
    const QueryPair pair(uri.substr(at, end - at));
    bool masked = false;
    shown.clear();
    if (pair.is_command()) {
      masked = append_argument(shown, pair.value, next);
    } else if (!pair.value.empty() &&
               (is_secret_name(pair.name, Names::loose) || is_secret_value(pair.value))) {
      shown = kRedacted;
      masked = true;
    }
    if (masked) {
      out.append(uri.substr(copied, at - copied)).append(pair.raw_name).push_back('=');
      append_form_encoded(out, shown);
      copied = end;
    }
    at = end + 1;
  }
  out.append(uri.substr(copied));
  return copied != 0;
}

}  // namespace auditship::parsers::kube_audit
