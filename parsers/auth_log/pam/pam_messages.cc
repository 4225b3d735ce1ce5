#include "parsers/auth_log/pam/pam_messages.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "agent/base/text.h"
#include "parsers/auth_log/catalog/pattern_catalog.h"
#include "parsers/auth_log/pam/pam_failure.h"
#include "parsers/auth_log/patterns/affix.h"
#include "parsers/auth_log/patterns/general_form.h"

namespace auditship::parsers::auth_log::pam {
namespace {

constexpr std::size_t kMaxPamName = 64;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPamName && text.find(' ') == std::string_view::npos;
}

// "pam_krb5[123]": the number goes. Empty: it is no name of a module, but of a function of PAM or of anything else.
std::string_view module_of(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kFunctions = {
      "pam_start",    "pam_end",          "pam_authenticate",  "pam_acct_mgmt",
      "pam_setcred",  "pam_open_session", "pam_close_session", "pam_chauthtok",
      "pam_set_item", "pam_get_item",     "pam_get_user",      "pam_putenv"};
  if (word.ends_with(']')) {
    const std::size_t open = word.find('[');
    if (open == std::string_view::npos ||
        word.substr(open + 1, word.size() - open - 2).find_first_not_of("0123456789") !=
            std::string_view::npos) {
      return {};
    }
    word = word.substr(0, open);
  }
  const bool plain = std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain && std::find(kFunctions.begin(), kFunctions.end(), word) == kFunctions.end()
             ? word
             : std::string_view();
}

// pam_access: "access denied for user `ann' from `ORIGIN'". ORIGIN is the remote host, else the terminal, else the
// service itself (cron, atd): only the first is an address.
bool apply_access(std::string_view service, std::string_view message, patterns::EcsEvent& event) {
  std::string_view rest = message;
  if (!patterns::strip_prefix(rest, "access denied for user ") || rest.size() < 2 ||
      !patterns::strip_suffix(rest, "'")) {
    return false;
  }
  const char quote = rest[0];
  const std::string from = std::string("' from ") + quote;
  const std::size_t at = rest.rfind(from);
  if ((quote != '`' && quote != '\'') || at == std::string_view::npos || at == 0) {
    return false;
  }
  const std::string_view origin = rest.substr(at + from.size());
  event.meaning("pam-denied", patterns::Outcome::failure, patterns::EventClass::auth_info);
  event.user("user.name", rest.substr(1, at - 1));
  // What cron and sshd set as their terminal, whatever their service is called.
  const bool no_place = origin == "cron" || origin == "ssh" || origin == service;
  const bool terminal = origin.starts_with("tty") || origin.starts_with("pts/") ||
                        origin == "console" || (origin.starts_with(':') && origin.size() < 5);
  if (terminal) {
    event.tty("session.tty", origin);
  } else if (!no_place) {
    event.host(origin);
  }
  return true;
}

// pam_sss: "received for user ann: 7 (Authentication failure)". A name may hold all of that, so the last number counts.
// 12 says that the password was right and has to be changed.
bool apply_received(std::string_view message, patterns::EcsEvent& event) {
  std::string_view rest = message;
  if (!patterns::strip_prefix(rest, "received for user ") || !patterns::strip_suffix(rest, ")")) {
    return false;
  }
  const std::size_t open = rest.rfind(" (");
  const std::size_t colon = rest.substr(0, open).rfind(": ");
  if (open == std::string_view::npos || colon == std::string_view::npos) {
    return false;
  }
  const std::string_view code = rest.substr(colon + 2, open - colon - 2);
  if (code.empty() || code.find_first_not_of("0123456789") != std::string_view::npos) {
    return false;
  }
  const bool expired = code == "12";
  event.meaning(expired ? "pam-password-expired" : "pam-auth-failed",
                expired ? patterns::Outcome::unknown : patterns::Outcome::failure,
                patterns::EventClass::auth_info);
  event.user("user.name", rest.substr(0, colon));
  event.text("event.reason", rest.substr(open + 2));
  return true;
}

}  // namespace

PamMessages::PamMessages()
    : kerberos_({catalog::pam_kerberos_patterns()}),
      modules_({catalog::pam_common_patterns(), catalog::pam_directory_patterns(),
                catalog::pam_second_factor_patterns(), catalog::pam_restriction_patterns()}) {}

bool PamMessages::apply_prefixed(std::string_view message, patterns::EcsEvent& event) {
  const std::size_t open = message.substr(0, kMaxPamName).find('(');
  if (open == std::string_view::npos) {
    return false;
  }
  const std::string_view module = message.substr(0, open);
  const std::string_view rest = message.substr(open + 1);
  const std::size_t close = rest.substr(0, 2 * kMaxPamName + 4).find("): ");
  const std::size_t colon = rest.substr(0, close).rfind(':');
  if (close == std::string_view::npos || colon == std::string_view::npos) {
    return false;
  }
  const std::string_view service = rest.substr(0, colon);
  const std::string_view type = rest.substr(colon + 1, close - colon - 1);
  if (!is_name(module) || !is_name(service) || !is_name(type)) {
    return false;
  }
  if (all_digits(type)) {
    // pam_mount says which line of its source writes.
    event.text("pam.module", module);
    return true;
  }
  event.text("pam.type", type);
  apply(service, module, type, rest.substr(close + 3), event);
  return true;
}

void PamMessages::apply(std::string_view service, std::string_view module, std::string_view type,
                        std::string_view message, patterns::EcsEvent& event) {
  event.text("pam.module", module);
  event.text("pam.service", service);
  const PamService kind = pam_service_of(service);
  if (sessions_.apply(service, kind, message, event) ||
      apply_pam_failure(module, kind, message, event)) {
    return;
  }
  apply_module(service, module, type, message, event);
  if (kind == PamService::proves_target) {
    event.user_is_target();
  }
}

// What a module says in words of its own. It knows one user: whom the service asks it about.
void PamMessages::apply_module(std::string_view service, std::string_view module,
                               std::string_view type, std::string_view message,
                               patterns::EcsEvent& event) {
  if ((module == "pam_krb5" && kerberos_.apply(message, event)) ||
      (module == "pam_sss" && apply_received(message, event)) ||
      (module == "pam_access" && apply_access(service, message, event)) ||
      modules_.apply(message, event)) {
    return;
  }
  // A keyring that stays locked keeps nobody out.
  if (module == "pam_gnome_keyring") {
    return;
  }
  // Whatever pam_nologin says, it kept someone out.
  if (module == "pam_nologin") {
    event.meaning("pam-denied", patterns::Outcome::failure, patterns::EventClass::auth_info);
    event.text("event.reason", message);
    return;
  }
  patterns::apply_general_pam(type, message, event);
}

bool PamMessages::apply_own_prefix(std::string_view program, std::string_view message,
                                   patterns::EcsEvent& event) {
  const std::size_t colon = message.substr(0, kMaxPamName).find(": ");
  if (colon == std::string_view::npos || !patterns::starts_with(message, "pam_")) {
    return false;
  }
  const std::string_view module = module_of(message.substr(0, colon));
  if (module.empty()) {
    return false;
  }
  apply(program, module, {}, message.substr(colon + 2), event);
  return true;
}

bool PamMessages::apply_bare(std::string_view program, std::string_view message,
                             patterns::EcsEvent& event) {
  return apply_pam_failure({}, pam_service_of(program), message, event);
}

}  // namespace auditship::parsers::auth_log::pam
