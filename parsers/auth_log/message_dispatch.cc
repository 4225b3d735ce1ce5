#include "parsers/auth_log/message_dispatch.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "parsers/auth_log/patterns/affix.h"
#include "parsers/auth_log/patterns/pattern_catalog.h"
#include "parsers/ssh_key/fingerprint.h"

namespace auditship::parsers::auth_log {
namespace {

// sshd cuts its text here, after escaping.
constexpr std::size_t kSshdTextBytes = 500;
// From this size on, a message without its right part counts as cut.
constexpr std::size_t kSuspiciousBytes = 490;
constexpr std::size_t kMaxPamName = 64;

enum class Program { other, sshd, sftp, sudo, su, logind, shadow, polkitd, pkexec, login, chkpwd };

Program program_of(std::string_view ident) {
  const std::size_t slash = ident.rfind('/');
  if (slash != std::string_view::npos) {
    ident.remove_prefix(slash + 1);
  }
  struct Known {
    std::string_view ident;
    Program program;
  };
  static constexpr std::array<Known, 23> kKnown = {
      {{"sshd", Program::sshd},        {"sshd-session", Program::sshd},
       {"sudo", Program::sudo},        {"systemd-logind", Program::logind},
       {"CRON", Program::other},       {"su", Program::su},
       {"sshd-auth", Program::sshd},   {"internal-sftp", Program::sftp},
       {"sftp-server", Program::sftp}, {"unix_chkpwd", Program::chkpwd},
       {"useradd", Program::shadow},   {"usermod", Program::shadow},
       {"userdel", Program::shadow},   {"groupadd", Program::shadow},
       {"groupmod", Program::shadow},  {"groupdel", Program::shadow},
       {"gpasswd", Program::shadow},   {"passwd", Program::shadow},
       {"chage", Program::shadow},     {"chsh", Program::shadow},
       {"chfn", Program::shadow},      {"pkexec", Program::pkexec},
       {"login", Program::login}}};
  for (const Known& known : kKnown) {
    if (known.ident == ident) {
      return known.program;
    }
  }
  return patterns::starts_with(ident, "polkitd") ? Program::polkitd : Program::other;
}

bool is_sudo_service(std::string_view service) {
  return service == "sudo" || service == "sudo-i" || service == "pkexec" || service == "polkit-1";
}

bool is_su_service(std::string_view service) {
  return service == "su" || service == "su-l" || service == "runuser" || service == "runuser-l";
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPamName && text.find(' ') == std::string_view::npos;
}

}  // namespace

MessageDispatch::MessageDispatch()
    : sshd_({patterns::sshd_login_patterns(), patterns::sshd_connection_patterns(),
             patterns::sshd_session_patterns()}),
      sftp_({patterns::sftp_patterns()}),
      pam_login_({patterns::pam_login_patterns()}),
      pam_sudo_({patterns::pam_sudo_patterns()}),
      pam_su_({patterns::pam_su_patterns()}),
      pam_session_({patterns::pam_session_patterns()}),
      pam_switch_({patterns::pam_switch_patterns()}),
      pam_common_({patterns::pam_common_patterns()}),
      chkpwd_({patterns::chkpwd_patterns()}),
      su_({patterns::su_patterns()}),
      logind_({patterns::logind_patterns()}),
      shadow_({patterns::shadow_patterns()}),
      polkit_({patterns::polkit_patterns()}),
      pkexec_({patterns::pkexec_patterns()}),
      login_({patterns::login_patterns()}) {}

void MessageDispatch::apply(std::string_view ident, std::string_view message,
                            patterns::EcsEvent& event) {
  if (patterns::starts_with(message, "pam_") && apply_pam_line(message, event)) {
    return;
  }
  // sshd(pam_unix): old releases of Linux-PAM
  const std::size_t module = !ident.empty() && ident.back() == ')' ? ident.find("(pam_") : 0;
  if (module != std::string_view::npos && module > 0) {
    apply_pam(ident.substr(0, module), ident.substr(module + 1, ident.size() - module - 2), message,
              event);
    return;
  }
  const Program program = program_of(ident);
  if (patterns::starts_with(message, "PAM ") && program != Program::shadow) {
    const patterns::PatternTable& table = program == Program::sudo ? pam_sudo_
                                          : program == Program::su ? pam_su_
                                                                   : pam_login_;
    table.apply(message, event);
    return;
  }
  switch (program) {
    case Program::other:
      return;
    case Program::sshd:
      return apply_sshd(message, event);
    case Program::sftp:
      sftp_.apply(message, event);
      return;
    case Program::sudo:
      sudo_.apply(message, event);
      return;
    case Program::su:
      su_.apply(message, event);
      return;
    case Program::logind:
      logind_.apply(message, event);
      return;
    case Program::shadow:
      shadow_.apply(message, event);
      return;
    case Program::polkitd:
      polkit_.apply(message, event);
      return;
    case Program::pkexec:
      pkexec_.apply(message, event);
      return;
    case Program::login:
      login_.apply(message, event);
      return;
    case Program::chkpwd:
      chkpwd_.apply(message, event);
      return;
  }
}

// "pam_unix(sshd:auth): text". The prefix is PAM's own; what follows is matched by service.
bool MessageDispatch::apply_pam_line(std::string_view message, patterns::EcsEvent& event) const {
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
  event.text("pam.type", type);
  apply_pam(service, module, rest.substr(close + 3), event);
  return true;
}

void MessageDispatch::apply_pam(std::string_view service, std::string_view module,
                                std::string_view message, patterns::EcsEvent& event) const {
  event.text("pam.module", module);
  event.text("pam.service", service);
  const bool sudo = is_sudo_service(service);
  const bool su = is_su_service(service);
  const patterns::PatternTable& failures = sudo ? pam_sudo_ : su ? pam_su_ : pam_login_;
  const patterns::PatternTable& sessions = sudo || su ? pam_switch_ : pam_session_;
  if (sessions.apply(message, event) || failures.apply(message, event) ||
      pam_common_.apply(message, event)) {
    return;
  }
  // Whatever pam_nologin says, it kept someone out.
  if (module == "pam_nologin") {
    event.meaning("pam-denied", patterns::Outcome::failure, patterns::EventClass::auth_info);
    event.text("event.reason", message);
  }
}

void MessageDispatch::apply_sshd(std::string_view message, patterns::EcsEvent& event) const {
  std::string_view text = message;
  const bool preauth = patterns::strip_suffix(text, " [preauth]");
  const bool postauth = !preauth && patterns::strip_suffix(text, " [postauth]");
  if (!patterns::strip_prefix(text, "error: ")) {
    patterns::strip_prefix(text, "fatal: ");
  }
  if (preauth) {
    event.literal("ssh.preauth", "true");
  }
  patterns::Match match;
  const patterns::MessagePattern* pattern = sshd_.find(text, match);
  // A text of exactly 500 bytes may have been cut behind an address that the name only imitates.
  if (message.size() >= kSuspiciousBytes &&
      (pattern == nullptr ||
       (pattern->text.peer_behind_free_text() && message.size() == kSshdTextBytes))) {
    apply_cut_sshd(text, event);
    return;
  }
  if (pattern != nullptr) {
    patterns::add_meaning(*pattern, event);
    patterns::add_fields(pattern->text, match, pattern->text.size(), event);
  } else if (postauth) {
    sftp_.apply(text, event);
  }
}

// The end is missing, and with it the only address that can be trusted. Successful logins are an
// exception: an existing account's name holds no blank, and stands left of what was cut.
void MessageDispatch::apply_cut_sshd(std::string_view text, patterns::EcsEvent& event) const {
  static constexpr patterns::PatternText kAccepted =
      "Accepted {method} for {user.name:word} from {peer} ssh2: {text}";
  patterns::Match match;
  std::size_t tokens = 0;
  const patterns::MessagePattern* pattern = sshd_.find_cut(text, match, tokens);
  if (pattern == nullptr) {
    return;
  }
  event.tag("truncated");
  patterns::add_meaning(*pattern, event);
  if (pattern->outcome == patterns::Outcome::success &&
      patterns::match_pattern(kAccepted, text, patterns::Split::first, match)) {
    patterns::add_fields(kAccepted, match, kAccepted.size() - 1, event);
    const std::string_view key = match.value[kAccepted.size() - 1];
    const std::size_t type_end = key.find(' ');
    const std::string_view rest =
        type_end == std::string_view::npos ? "" : key.substr(type_end + 1);
    const std::string_view fingerprint = rest.substr(0, rest.find(' '));
    if (ssh_key::is_fingerprint(fingerprint)) {
      event.text("ssh.key.type", key.substr(0, type_end));
      event.text("ssh.key.fingerprint", fingerprint);
    }
    return;
  }
  patterns::add_fields(pattern->text, match, tokens, event);
}

}  // namespace auditship::parsers::auth_log
