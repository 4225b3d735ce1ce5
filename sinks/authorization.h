// The value of an Authorization header: Bearer where there is a token, Basic where there is a user.
// Stateless; thread-safe.
#pragma once

#include <string>

#include "agent/core/result.h"

namespace auditship {

// "" without a token and a user. Errors: invalid, where a line break would forge a header; the
// message does not quote it.
[[nodiscard]] Result<std::string> authorization_header(const std::string& username,
                                                       const std::string& password,
                                                       const std::string& bearer_token);

}  // namespace auditship
