#include "agent/app/config.h"

namespace auditship {
namespace {

constexpr std::size_t kMaxSecret = 64 * 1024;

// One line; the newline that editors and echo leave at the end is not part of it.
Result<std::string> read_secret(Fs& fs, const std::string& path) {
  auto text = fs.read_file(path, kMaxSecret);
  if (!text) {
    return text.error().in("read secret " + path);
  }
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) {
    text->pop_back();
  }
  if (text->empty()) {
    return Error{Errc::invalid, "secret " + path + " is empty"};
  }
  for (const char c : *text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      return Error{Errc::invalid,
                   "secret " + path + " has more than one line or control characters"};
    }
  }
  return text;
}

}  // namespace

Result<Secrets> load_secrets(Fs& fs, const OpenSearchConfig& opensearch) {
  Secrets secrets;
  secrets.password = opensearch.password;
  if (!opensearch.password_file.empty()) {
    auto password = read_secret(fs, opensearch.password_file);
    if (!password) {
      return password.error();
    }
    secrets.password = std::move(*password);
  }
  if (!opensearch.bearer_token_file.empty()) {
    auto token = read_secret(fs, opensearch.bearer_token_file);
    if (!token) {
      return token.error();
    }
    secrets.bearer_token = std::move(*token);
  }
  return secrets;
}

}  // namespace auditship
