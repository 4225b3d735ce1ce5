// Redactor knows what a credential looks like: by the name it is given under (token, password …),
// by its own form (JWT, bootstrap token), and in words of a command line. Credentials become
// [redacted]; names are kept. Immutable after construction; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace auditship::parsers::kube_audit {

inline constexpr std::string_view kRedacted = "[redacted]";

// Does the JSON of a body hold a Secret or ConfigMap, as itself or in a list?
[[nodiscard]] bool names_confidential_kind(std::string_view raw);

class Redactor {
 public:
  enum class Names : std::uint8_t {
    // token, password, client_secret …: for members of objects, whose names are many.
    exact,
    // Also dbPassword, REGISTRY_TOKEN …: for flags, variables and query parameters.
    loose,
  };

  // Errors: invalid, when a name is empty or has a * in its middle.
  [[nodiscard]] static Result<Redactor> make(const std::vector<std::string>& more_names,
                                             bool enabled);

  [[nodiscard]] bool enabled() const { return enabled_; }
  // Is what stands under this name a credential? Case, - and _ do not matter.
  [[nodiscard]] bool is_secret_name(std::string_view name, Names how) const {
    return enabled_ && (may_be_built_in(name) || !more_names_.empty()) && is_listed(name, how);
  }
  // Is this text as a whole a credential by its form?
  [[nodiscard]] static bool is_secret_value(std::string_view value) {
    return (value.size() == 23 && value[6] == '.' && is_bootstrap_token(value)) ||
           (value.size() >= 40 && value[0] == 'e' && is_jwt(value));
  }

  // Appends one argument of a command, its credentials masked: --token=x, PASSWORD=x, Bearer x,
  // https://user:x@host, also inside a shell script. `next`: the argument before said that this is
  // one (--password); set for the next argument. True when something was masked.
  bool append_argument(std::string& out, std::string_view argument, bool& next) const;

  // Appends a requestURI with credentials in its query masked. True when something was masked.
  bool append_uri(std::string& out, std::string_view uri) const;

 private:
  // A part of a word: [from, to).
  struct Part {
    std::size_t from = 0, to = 0;
  };

  Redactor() = default;
  static bool may_be_built_in(std::string_view name);
  [[nodiscard]] bool is_listed(std::string_view name, Names how) const;
  static bool is_bootstrap_token(std::string_view text);
  static bool is_jwt(std::string_view text);
  Part secret_in_word(std::string_view word, bool& next) const;

  bool enabled_ = true;
  // Folded, as the names they are compared with.
  std::vector<std::string> more_names_;
};

// False for most names that are no built-in one: those all end, folded, in one of these pairs.
inline bool Redactor::may_be_built_in(std::string_view name) {
  const auto bit = [](char c) { return std::uint32_t{1} << (static_cast<unsigned char>(c) & 31U); };
  static constexpr std::array<std::string_view, 32> kBefore = [] {
    std::array<std::string_view, 32> before{};
    before['n' & 31] = "eo-_";  // token, authorization; - and _ fold away
    before['d' & 31] = "rw-_";  // password, passwd, pwd
    before['e' & 31] = "s-_";   // passphrase
    before['t' & 31] = "e-_";   // secret
    before['y' & 31] = "e-_";   // key
    before['r' & 31] = "e-_";   // bearer
    return before;
  }();
  static constexpr std::array<std::uint32_t, 32> kBits = [bit] {
    std::array<std::uint32_t, 32> bits{};
    for (std::size_t i = 0; i < bits.size(); ++i) {
      for (const char c : kBefore[i]) {
        bits[i] |= bit(c);
      }
    }
    return bits;
  }();
  return name.size() >= 2 &&
         (kBits[static_cast<unsigned char>(name.back()) & 31U] & bit(name[name.size() - 2])) != 0;
}

}  // namespace auditship::parsers::kube_audit
