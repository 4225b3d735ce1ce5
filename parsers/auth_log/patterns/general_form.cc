#include "parsers/auth_log/patterns/general_form.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "agent/base/net/ip_address.h"
#include "parsers/auth_log/patterns/affix.h"

namespace auditship::parsers::auth_log::patterns {
namespace {

constexpr std::size_t kMaxBytes = 1024;
constexpr std::size_t kLongestWord = 16;

constexpr std::array<std::string_view, 17> kRefusals = {
    "failed",       "failure", "fails",     "denied",       "refused", "rejected",
    "invalid",      "wrong",   "incorrect", "unauthorized", "locked",  "disallowed",
    "unsuccessful", "illegal", "expired",   "forbidden",    "mismatch"};
constexpr std::array<std::string_view, 9> kSuccesses = {"succeeded",     "succeeds",     "success",
                                                        "successful",    "successfully", "accepted",
                                                        "authenticated", "granted",      "allowed"};
constexpr std::array<std::string_view, 8> kNegations = {"not",    "no",      "never", "cannot",
                                                        "unable", "neither", "nor",   "nobody"};
// Behind these, names begin.
constexpr std::array<std::string_view, 8> kNameFollows = {"for", "from", "by",       "user",
                                                          "as",  "of",   "username", "account"};
constexpr std::array<std::string_view, 12> kSubjects = {
    "authentication", "authenticated", "authenticate", "auth", "login",       "logon",
    "password",       "credentials",   "passphrase",   "otp",  "fingerprint", "pin"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

// Where the quoted text that begins at `at` ends; the next place where it is no quoted text.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
  const char closing = text[at] == '`' ? '\'' : text[at];
  const std::size_t end = text.find(closing, at + 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// What the words of a message say.
class Words {
 public:
  explicit Words(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
      if (is_quote(text[at]) && (at == 0 || !is_letter(text[at - 1]))) {
        at = behind_quotes(text, at);
      } else if (is_letter(text[at])) {
        at = take(text, at);
      } else {
        if (std::string_view(",;:.").find(text[at]) != std::string_view::npos) {
          since_negation_ = kReachOfNegation;
        }
        ++at;
      }
    }
  }

  [[nodiscard]] bool about_logins() const { return subject_; }
  [[nodiscard]] bool says_anything() const { return refused_ || succeeded_; }
  [[nodiscard]] Outcome outcome() const {
    return refused_ && succeeded_ ? Outcome::unknown
           : refused_             ? Outcome::failure
                                  : Outcome::success;
  }

 private:
  // Takes the word that begins at `at`; returns where the next one may.
  std::size_t take(std::string_view text, std::size_t at) {
    std::size_t end = at;
    std::array<char, kLongestWord> folded;
    while (end < text.size() && is_letter(text[end])) {
      if (end - at < folded.size()) {
        folded[end - at] = lower(text[end]);
      }
      ++end;
    }
    if (end < text.size() && (text[end] == '=' || text[end] == '_')) {
      // KEY=VALUE, and names of modules and functions.
      return std::min(text.find(' ', end), text.size());
    }
    if (end - at <= folded.size()) {
      judge(std::string_view(folded.data(), end - at));
    }
    if (is_contraction(text, end)) {
      since_negation_ = 0;
      return end + 2;
    }
    return end;
  }

  // "isn't", "wasn't": behind "isn".
  static bool is_contraction(std::string_view text, std::size_t at) {
    return at + 1 < text.size() && text[at] == '\'' && text[at + 1] == 't' &&
           (at + 2 == text.size() || !is_letter(text[at + 2]));
  }

  void judge(std::string_view word) {
    const bool negated = since_negation_ < kReachOfNegation;
    since_negation_ = is_one_of(word, kNegations) ? 0 : since_negation_ + 1;
    subject_ = subject_ || (!names_begun_ && is_one_of(word, kSubjects));
    if (is_one_of(word, kRefusals)) {
      refused_ = true;
    } else if (is_one_of(word, kSuccesses)) {
      refused_ = refused_ || (negated && !names_begun_);
      succeeded_ = succeeded_ || (!negated && !names_begun_);
    }
    names_begun_ = names_begun_ || is_one_of(word, kNameFollows);
  }

  // "no logins allowed", "not yet allowed", "cannot be granted".
  static constexpr int kReachOfNegation = 4;

  bool subject_ = false, refused_ = false, succeeded_ = false, names_begun_ = false;
  int since_negation_ = kReachOfNegation;
};

// The values behind keys of one meaning.
struct Found {
  std::string_view value;
  std::size_t count = 0;
  [[nodiscard]] bool ambiguous() const { return count > 1; }
};

std::string_view value_at(std::string_view text, std::size_t at) {
  // dovecot: user=<ann>
  if (const std::size_t close = text.find('>', at);
      at < text.size() && text[at] == '<' && close != std::string_view::npos) {
    return text.substr(at + 1, close - at - 1);
  }
  if (at < text.size() && is_quote(text[at])) {
    const std::size_t end = behind_quotes(text, at);
    return end > at + 1 ? text.substr(at + 1, end - at - 2) : std::string_view();
  }
  return text.substr(at, std::min(text.find_first_of(" ,;)]", at), text.size()) - at);
}

Found find_value(std::string_view text, std::span<const std::string_view> keys) {
  Found found;
  for (const std::string_view key : keys) {
    std::size_t at = text.find(key);
    while (at != std::string_view::npos) {
      const bool begins =
          at == 0 || std::string_view(" ,;([").find(text[at - 1]) != std::string_view::npos;
      if (begins) {
        ++found.count;
        found.value = value_at(text, at + key.size());
      }
      at = text.find(key, at + 1);
    }
  }
  return found;
}

struct Named {
  Found user, address;
  [[nodiscard]] bool anything() const { return user.count + address.count > 0; }
};

Named names_of(std::string_view message) {
  static constexpr std::array<std::string_view, 5> kUsers = {
      "user=", "acct=", "account=", "username=", "login="};
  static constexpr std::array<std::string_view, 7> kAddresses = {
      "rhost=", "addr=", "ip=", "src=", "client=", "srcip=", "rip="};
  if (message.find('=') == std::string_view::npos) {
    return {};
  }
  return {find_value(message, kUsers), find_value(message, kAddresses)};
}

void add_names(const Named& named, EcsEvent& event) {
  if (named.user.ambiguous() || named.address.ambiguous()) {
    event.literal("event.ambiguous", "true");
    return;
  }
  event.user("user.name", named.user.value);
  if (read_ip(named.address.value).valid) {
    event.ip("source.ip", named.address.value);
  }
}

// "(user ann) …", as pam-krb5 begins its errors.
std::string_view take_user_in_front(std::string_view& message) {
  constexpr std::string_view kOpen = "(user ";
  std::string_view rest = message;
  const std::size_t close = rest.find(") ");
  if (close == std::string_view::npos || !strip_prefix(rest, kOpen)) {
    return {};
  }
  const std::string_view name = rest.substr(0, close - kOpen.size());
  message = message.substr(close + 2);
  return name;
}

// "… for user NAME" or "… for user NAME: …", where nothing else can be meant.
std::string_view user_in_text(std::string_view message) {
  constexpr std::string_view kFor = " for user ";
  const std::size_t at = message.find(kFor);
  if (at == std::string_view::npos || stands_twice(message, kFor)) {
    return {};
  }
  const std::string_view rest = message.substr(at + kFor.size());
  if (!rest.empty() && is_quote(rest[0])) {
    const bool closed = behind_quotes(rest, 0) == rest.size();
    return closed ? value_at(rest, 0) : std::string_view();
  }
  const std::size_t end = std::min(rest.find_first_of(" :"), rest.size());
  return end == rest.size() || rest[end] == ':' ? rest.substr(0, end) : std::string_view();
}

std::string_view pam_action(std::string_view type, Outcome outcome) {
  if (outcome == Outcome::failure) {
    return type == "account" ? "pam-denied" : "pam-auth-failed";
  }
  return outcome == Outcome::success ? "pam-authenticated" : "pam-message";
}

}  // namespace

bool apply_general_pam(std::string_view type, std::string_view message, EcsEvent& event) {
  if (type != "auth" && type != "account" && !type.empty()) {
    return false;
  }
  std::string_view text = message.substr(0, kMaxBytes);
  const std::string_view in_front = take_user_in_front(text);
  const Words words(text);
  if (!words.says_anything()) {
    return false;
  }
  const Outcome outcome = words.outcome();
  event.meaning(pam_action(type, outcome), outcome, EventClass::auth_info);
  event.text("event.form", "general");
  Named named = names_of(text);
  if (named.user.count == 0) {
    const std::string_view name = in_front.empty() ? user_in_text(text) : in_front;
    named.user = {name, name.empty() ? 0U : 1U};
  }
  add_names(named, event);
  return true;
}

bool apply_general_program(std::string_view message, EcsEvent& event) {
  const std::string_view text = message.substr(0, kMaxBytes);
  const Words words(text);
  if (!words.says_anything()) {
    return false;
  }
  const Named named = names_of(text);
  const Outcome outcome = words.outcome();
  // Nobody's login is invented from prose.
  if (!named.anything() && (!words.about_logins() || outcome != Outcome::failure)) {
    return false;
  }
  event.meaning(outcome == Outcome::failure   ? "auth-failed"
                : outcome == Outcome::success ? "auth-succeeded"
                                              : "auth-message",
                outcome, EventClass::auth_info);
  event.text("event.form", "general");
  add_names(named, event);
  return true;
}

}  // namespace auditship::parsers::auth_log::patterns
