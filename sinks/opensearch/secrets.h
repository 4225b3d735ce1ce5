// The secrets that sink.opensearch names, read from their files.
#pragma once

#include <string>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "sinks/opensearch/config.h"

namespace auditship::sinks::opensearch {

// Empty: not used.
struct Secrets {
  std::string password, bearer_token;
  std::string aws_access_key, aws_secret_key, aws_session_token;
  std::string proxy_password;
};

// From the files, or for the password from the configuration itself. Call it again when a file changes. Messages
// name files, never their content. Errors: not_found, io, invalid.
[[nodiscard]] Result<Secrets> load_secrets(Fs& fs, const OpenSearchConfig& opensearch);

}  // namespace auditship::sinks::opensearch
