// Redactor knows what a credential looks like: by the name it is given under (token, password …),
// by its own form (JWT, bootstrap token), and in words of a command line. Credentials become
// [redacted]; names are kept. Immutable after construction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace auditship {

inline constexpr std::string_view kRedacted = "[redacted]";

class Redactor {
 public:
  enum class Names : std::uint8_t {
    exact,  // token, password, client_secret …: for members of objects, whose names are many
    loose,  // also dbPassword, REGISTRY_TOKEN …: for flags, variables and query parameters
  };

  // Errors: invalid, when a name is empty or has a * in its middle.
  [[nodiscard]] static Result<Redactor> make(const std::vector<std::string>& more_names,
                                             bool enabled);

  [[nodiscard]] bool enabled() const { return enabled_; }
  // Is what stands under this name a credential? Case, - and _ do not matter.
  [[nodiscard]] bool is_secret_name(std::string_view name, Names how) const;
  // Is this text as a whole a credential by its form?
  [[nodiscard]] static bool is_secret_value(std::string_view value);

  // Appends one argument of a command, its credentials masked: --token=x, PASSWORD=x, Bearer x,
  // https://user:x@host, also inside a shell script. `next`: the argument before said that this is
  // one
  // (--password); set for the next argument. True when something was masked.
  bool append_argument(std::string& out, std::string_view argument, bool& next) const;

  // Appends a requestURI with credentials in its query masked. True when something was masked.
  bool append_uri(std::string& out, std::string_view uri) const;

 private:
  Redactor() = default;
  bool append_word(std::string& out, std::string_view word, bool& next) const;

  bool enabled_ = true;
  std::vector<std::string> more_names_;  // folded
};

}  // namespace auditship
