#include <algorithm>
#include <cctype>

#include "agent/config/config_internal.h"

namespace auditship::config {
namespace {

bool is_variable_name(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
         });
}

// inside: what stands between ${ and }.
Result<std::string> value_of(std::string_view inside, const Environment& env) {
  const std::size_t dash = inside.find(":-");
  const std::string name(inside.substr(0, dash));
  if (!is_variable_name(name)) {
    return Error{Errc::invalid,
                 "\"${" + std::string(inside.substr(0, 60)) +
                     "}\": expected ${NAME} or ${NAME:-default}; write $${ for a plain ${"};
  }
  const std::optional<std::string> value = env ? env(name) : std::nullopt;
  if (dash != std::string_view::npos) {
    return value && !value->empty() ? *value : std::string(inside.substr(dash + 2));
  }
  if (!value) {
    return Error{Errc::invalid, "the environment variable " + name +
                                    " is not set; set it, or give a default: ${" + name +
                                    ":-default}"};
  }
  return *value;
}

}  // namespace

Result<std::string> expand_variables(std::string_view text, const Environment& env) {
  std::string out;
  while (true) {
    const std::size_t dollar = text.find("${");
    if (dollar == std::string_view::npos) {
      out += text;
      return out;
    }
    if (dollar > 0 && text[dollar - 1] == '$') {
      out += text.substr(0, dollar - 1);
      out += "${";
      text.remove_prefix(dollar + 2);
      continue;
    }
    out += text.substr(0, dollar);
    const std::size_t end = text.find('}', dollar);
    if (end == std::string_view::npos) {
      return Error{Errc::invalid, "${ without its }; write $${ for a plain ${"};
    }
    auto value = value_of(text.substr(dollar + 2, end - dollar - 2), env);
    if (!value) {
      return value.error();
    }
    out += *value;
    text.remove_prefix(end + 1);
  }
}

}  // namespace auditship::config
