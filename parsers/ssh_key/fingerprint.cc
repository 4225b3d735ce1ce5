#include "parsers/ssh_key/fingerprint.h"

#include <algorithm>
#include <cstddef>

#include "agent/base/text.h"

namespace auditship::parsers::ssh_key {
namespace {

constexpr std::size_t kSha256Characters = 43;
// Of a digest that is not known here.
constexpr std::size_t kShortestBase64 = 4;
constexpr std::size_t kLongestBase64 = 128;
constexpr std::size_t kMaxDigestName = 16;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_base64(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
         c == '/';
}

bool is_hex_pairs(std::string_view text) {
  if (text.size() < 47 || text.size() % 3 != 2) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i])) {
      return false;
    }
  }
  return true;
}

bool is_key_type(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_number(std::string_view text) { return text.size() <= 20 && all_digits(text); }

// Takes the last word of text; false if there is none or no blank before it.
bool take_last_word(std::string_view& text, std::string_view& word) {
  const std::size_t blank = text.rfind(' ');
  if (blank == std::string_view::npos || blank + 1 == text.size()) {
    return false;
  }
  word = text.substr(blank + 1);
  text = text.substr(0, blank);
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  const bool there = text.ends_with(suffix);
  text.remove_suffix(there ? suffix.size() : 0);
  return there;
}

// "ID <id> (serial <n>) CA <type> <fingerprint>": the last such end, whatever the id imitates.
bool read_certificate(std::string_view text, SshKeyText& key) {
  if (!text.starts_with("ID ") || !take_last_word(text, key.ca_fingerprint) ||
      !take_last_word(text, key.ca_type) || !take_suffix(text, ") CA")) {
    return false;
  }
  if (!take_last_word(text, key.cert_serial) || !take_suffix(text, " (serial") || text.size() < 2) {
    return false;
  }
  key.cert_id = text.size() > 3 ? text.substr(3) : std::string_view();
  return is_fingerprint(key.ca_fingerprint) && is_key_type(key.ca_type) &&
         is_number(key.cert_serial);
}

// Takes ", client user "bob", client host "web"" of hostbased logins off the end, where it stands; returns
// it without the comma.
std::string_view take_client(std::string_view& text) {
  constexpr std::string_view kClient = ", client user \"";
  const std::size_t at = text.ends_with('"') ? text.rfind(kClient) : std::string_view::npos;
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view client = text.substr(at + 2);
  text = text.substr(0, at);
  return client;
}

}  // namespace

bool is_fingerprint(std::string_view text) {
  const std::size_t colon = text.substr(0, kMaxDigestName + 1).find(':');
  if (colon == std::string_view::npos) {
    return false;
  }
  const std::string_view name = text.substr(0, colon);
  const std::string_view value = text.substr(colon + 1);
  if (name == "MD5") {
    return is_hex_pairs(value);
  }
  const bool right_size = name == "SHA256"
                              ? value.size() == kSha256Characters
                              : value.size() >= kShortestBase64 && value.size() <= kLongestBase64;
  if (right_size && is_key_type(name) && std::all_of(value.begin(), value.end(), is_base64)) {
    return true;
  }
  return is_hex_pairs(text);
}

SshKeyText read_ssh_key(std::string_view text) {
  SshKeyText key;
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) {
    return key;
  }
  key.type = text.substr(0, blank);
  std::string_view rest = text.substr(blank + 1);
  if (!is_key_type(key.type)) {
    return key;
  }
  const std::size_t end = rest.find_first_of(" ,");
  if (is_fingerprint(rest.substr(0, end))) {
    key.fingerprint = rest.substr(0, end);
    rest.remove_prefix(key.fingerprint.size());
    if (rest.empty() || rest.substr(0, 2) == ", ") {
      key.details = rest.substr(std::min<std::size_t>(2, rest.size()));
      key.valid = true;
      return key;
    }
    rest.remove_prefix(1);
  }
  const bool certificate = key.type.size() > 5 && key.type.substr(key.type.size() - 5) == "-CERT";
  if (certificate) {
    key.details = take_client(rest);
  }
  key.valid = certificate && read_certificate(rest, key);
  return key;
}

}  // namespace auditship::parsers::ssh_key
