#include "parsers/ssh_key/public_key.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "agent/base/encoding/base64.h"
#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/sha256.h"

namespace auditship::parsers::ssh_key {
namespace {

constexpr std::size_t kMaxLine = 64 * 1024;
constexpr std::size_t kMaxComment = 256;
constexpr std::string_view kBlanks = " \t\r";
struct KeyType {
  std::string_view name, logged;
};
constexpr std::array<KeyType, 8> kTypes = {{{"ssh-ed25519", "ED25519"},
                                            {"ssh-rsa", "RSA"},
                                            {"ecdsa-sha2-nistp256", "ECDSA"},
                                            {"ecdsa-sha2-nistp384", "ECDSA"},
                                            {"ecdsa-sha2-nistp521", "ECDSA"},
                                            {"ssh-dss", "DSA"},
                                            {"sk-ssh-ed25519@openssh.com", "ED25519-SK"},
                                            {"sk-ecdsa-sha2-nistp256@openssh.com", "ECDSA-SK"}}};

const KeyType* type_of(std::string_view word) {
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [&](const KeyType& type) { return type.name == word; });
  return found == kTypes.end() ? nullptr : found;
}

std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
  return word;
}

// The options in front of a key: no blanks but inside double quotes, where \" is a quote.
std::string_view take_options(std::string_view& rest) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size() && (quoted || kBlanks.find(rest[at]) == std::string_view::npos); ++at) {
    if (rest[at] == '\\' && at + 1 < rest.size() && rest[at + 1] == '"') {
      ++at;
    } else if (rest[at] == '"') {
      quoted = !quoted;
    }
  }
  const std::string_view options = rest.substr(0, at);
  rest.remove_prefix(at);
  return options;
}

bool has_option(std::string_view options, std::string_view wanted) {
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= options.size(); ++at) {
    if (at == options.size() || (options[at] == ',' && !quoted)) {
      if (options.substr(begin, at - begin) == wanted) {
        return true;
      }
      begin = at + 1;
    } else if (options[at] == '"' && (at == 0 || options[at - 1] != '\\')) {
      quoted = !quoted;
    }
  }
  return false;
}

// A key begins with its own type, behind four bytes of length.
bool names_type(std::string_view blob, std::string_view type) {
  return blob.size() > 4 + type.size() && blob[0] == 0 && blob[1] == 0 && blob[2] == 0 &&
         static_cast<unsigned char>(blob[3]) == type.size() && blob.substr(4, type.size()) == type;
}

std::string md5_text(std::string_view blob) {
  std::string text = "MD5";
  for (const std::uint8_t byte : md5(blob)) {
    text += ':';
    append_hex(text, &byte, 1);
  }
  return text;
}

}  // namespace

Result<std::optional<SshPublicKey>> read_public_key(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  if (line.empty() || line.front() == '#') {
    return std::optional<SshPublicKey>();
  }
  if (line.size() > kMaxLine) {
    return Error{Errc::invalid, "the line is longer than 64 KiB"};
  }
  std::string_view rest = line;
  std::string_view options;
  const KeyType* type = type_of(take_word(rest));
  if (type == nullptr) {
    rest = line;
    options = take_options(rest);
    type = type_of(take_word(rest));
  }
  if (type == nullptr) {
    return Error{Errc::invalid, "no public key of a known type"};
  }
  const auto blob = decode_base64(take_word(rest));
  if (!blob || !names_type(*blob, type->name)) {
    return Error{Errc::invalid, "what follows \"" + std::string(type->name) + "\" is no such key"};
  }
  SshPublicKey key;
  key.type = type->logged;
  const Digest digest = Sha256().of(*blob);
  key.sha256 =
      "SHA256:" + encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()},
                                Base64Padding::without);
  key.md5 = md5_text(*blob);
  key.is_authority = has_option(options, "cert-authority");
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  const std::size_t last = rest.find_last_not_of(kBlanks);
  rest = rest.substr(0, last == std::string_view::npos ? 0 : last + 1);
  append_utf8_repaired(key.comment, rest.substr(0, utf8_prefix(rest, kMaxComment)));
  return std::optional<SshPublicKey>(std::move(key));
}

}  // namespace auditship::parsers::ssh_key
