#include "parsers/kube_redact.h"

#include <algorithm>
#include <array>

#include "parsers/kube_text.h"

namespace auditship {
namespace {

constexpr std::size_t kMaxName = 64;  // longer names are not names of credentials

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

bool ends_with(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

// False for most names that are no built-in one: those all end, folded, in one of these pairs.
bool may_be_built_in(std::string_view name) {
  if (name.size() < 2) {
    return false;
  }
  const char previous = name[name.size() - 2];
  const int before = previous | 0x20;
  const bool folds_away = previous == '-' || previous == '_';  // any letter may stand before it
  switch (name.back() | 0x20) {
    case 'n':  // token, authorization
      return before == 'e' || before == 'o' || folds_away;
    case 'd':  // password, passwd, pwd
      return before == 'r' || before == 'w' || folds_away;
    case 'e':  // passphrase
      return before == 's' || folds_away;
    case 't':  // secret
    case 'y':  // key
    case 'r':  // bearer
      return before == 'e' || folds_away;
    default:
      return false;
  }
}

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

// Three base64url parts; the first is a JSON object, so it begins with eyJ.
bool is_jwt(std::string_view text) {
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
bool is_bootstrap_token(std::string_view text) {
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

bool matches(std::string_view pattern, std::string_view name) {
  const bool open_front = pattern.front() == '*';
  const bool open_back = pattern.size() > 1 && pattern.back() == '*';
  const std::string_view core = pattern.substr(
      open_front ? 1 : 0, pattern.size() - (open_front ? 1 : 0) - (open_back ? 1 : 0));
  if (open_front && open_back) {
    return name.find(core) != std::string_view::npos;
  }
  if (open_front) {
    return ends_with(name, core);
  }
  return open_back ? name.substr(0, core.size()) == core : name == core;
}

bool is_break(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'' || c == '`' ||
         c == ';' || c == '|' || c == '&' || c == '(' || c == ')' || c == '<' || c == '>' ||
         c == ',';
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

bool Redactor::is_secret_name(std::string_view name, Names how) const {
  static constexpr std::array<std::string_view, 22> kExact = {
      "token",      "accesstoken",   "idtoken",     "refreshtoken",    "bearertoken",
      "authtoken",  "apitoken",      "password",    "passwd",          "passphrase",
      "pwd",        "clientsecret",  "secretkey",   "secretaccesskey", "apikey",
      "privatekey", "authorization", "tokensecret", "sessiontoken",    "authkey",
      "accesskey",  "bearer"};
  static constexpr std::array<std::string_view, 10> kTails = {
      "password", "passwd",    "passphrase", "token",      "secret",
      "apikey",   "secretkey", "accesskey",  "privatekey", "pwd"};
  if (!enabled_ || name.empty()) {
    return false;
  }
  if (more_names_.empty() && !may_be_built_in(name)) {
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
                  [text](std::string_view tail) { return ends_with(text, tail); })) {
    return true;
  }
  return std::any_of(more_names_.begin(), more_names_.end(),
                     [text](const std::string& pattern) { return matches(pattern, text); });
}

bool Redactor::is_secret_value(std::string_view value) {
  return is_bootstrap_token(value) || is_jwt(value);
}

bool Redactor::append_word(std::string& out, std::string_view word, bool& next) const {
  const bool masked = next;
  next = false;
  if (masked || is_secret_value(word)) {
    out.append(kRedacted);
    return true;
  }
  const std::string_view bare = word.substr(std::min(word.find_first_not_of('-'), word.size()));
  const bool flag = bare.size() != word.size();
  const bool header = ends_with(bare, ":");  // -H 'Authorization: Bearer x', 'X-Api-Key: x'
  if ((flag || header) &&
      is_secret_name(header ? bare.substr(0, bare.size() - 1) : bare, Names::loose)) {
    next = true;
  } else if (bare == "Bearer" || bare == "bearer" || bare == "Basic") {
    next = true;
  }
  // https://user:password@host
  const std::size_t scheme = word.find("://");
  const std::size_t at = scheme == std::string_view::npos ? scheme : word.find('@', scheme);
  const std::size_t colon = scheme == std::string_view::npos ? scheme : word.find(':', scheme + 3);
  if (at != std::string_view::npos && colon < at && word.find('/', scheme + 3) > at) {
    out.append(word.substr(0, colon + 1)).append(kRedacted).append(word.substr(at));
    return true;
  }
  out.append(word);
  return false;
}

bool Redactor::append_argument(std::string& out, std::string_view argument, bool& next) const {
  if (!enabled_) {
    out.append(argument);
    return false;
  }
  if (next) {  // the whole argument is the value, blanks and all
    next = false;
    out.append(kRedacted);
    return true;
  }
  bool masked = false;
  std::size_t i = 0;
  while (i < argument.size()) {
    if (is_break(argument[i])) {
      out.push_back(argument[i++]);
      continue;
    }
    std::size_t end = i;
    while (end < argument.size() && !is_break(argument[end]) && argument[end] != '=') {
      ++end;
    }
    const std::string_view word = argument.substr(i, end - i);
    if (end < argument.size() && argument[end] == '=') {
      out.append(word).push_back('=');
      const std::size_t past = value_end(argument, end + 1);
      if (past > end + 1 && is_secret_name(word, Names::loose)) {
        out.append(kRedacted);
        masked = true;
        end = past;
      } else {
        ++end;
      }
      next = false;
    } else {
      const bool scheme_next = next && (word == "Bearer" || word == "Basic" || word == "bearer");
      if (scheme_next) {
        out.append(word);  // Authorization: Bearer x
      } else {
        masked = append_word(out, word, next) || masked;
      }
    }
    i = end;
  }
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
  std::size_t copied = 0;  // uri[0, copied) is in out
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

}  // namespace auditship
