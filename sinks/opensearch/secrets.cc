#include "sinks/opensearch/secrets.h"

namespace auditship::sinks::opensearch {
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
  const struct {
    const std::string& file;
    std::string& into;
  } wanted[] = {
      {opensearch.password_file, secrets.password},
      {opensearch.bearer_token_file, secrets.bearer_token},
      {opensearch.aws_access_key_file, secrets.aws_access_key},
      {opensearch.aws_secret_key_file, secrets.aws_secret_key},
      {opensearch.aws_session_token_file, secrets.aws_session_token},
      {opensearch.proxy_password_file, secrets.proxy_password},
  };
  for (const auto& one : wanted) {
    if (one.file.empty()) {
      continue;
    }
    auto secret = read_secret(fs, one.file);
    if (!secret) {
      return secret.error();
    }
    one.into = std::move(*secret);
  }
  return secrets;
}

}  // namespace auditship::sinks::opensearch
