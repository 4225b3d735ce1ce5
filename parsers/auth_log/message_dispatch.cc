#include "parsers/auth_log/message_dispatch.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "parsers/auth_log/catalog/pattern_catalog.h"
#include "parsers/auth_log/kdc/kadmind_line.h"
#include "parsers/auth_log/kdc/kdc_line.h"
#include "parsers/auth_log/patterns/affix.h"
#include "parsers/auth_log/patterns/general_form.h"

namespace auditship::parsers::auth_log {

enum class Program : std::uint8_t {
  other,
  // Writes no message about authentication of its own, whatever its words are.
  bystander,
  sshd,
  sftp,
  sudo,
  doas,
  dropbear,
  su,
  ksu,
  kdc,
  kadmind,
  logind,
  shadow,
  polkitd,
  pkexec,
  login,
  chkpwd,
  cron,
  at,
  vsftpd,
  second_factor,
};

namespace {

constexpr int kFacilityAuth = 4;
constexpr int kFacilityAuthpriv = 10;

struct Known {
  std::string_view ident;
  Program program;
};

// The most frequent first.
constexpr std::array kKnown = {
    Known{"sshd", Program::sshd},
    Known{"sshd-session", Program::sshd},
    Known{"sudo", Program::sudo},
    Known{"systemd-logind", Program::logind},
    Known{"CRON", Program::cron},
    Known{"su", Program::su},
    Known{"sshd-auth", Program::sshd},
    Known{"(systemd)", Program::bystander},
    Known{"systemd", Program::bystander},
    Known{"internal-sftp", Program::sftp},
    Known{"sftp-server", Program::sftp},
    Known{"unix_chkpwd", Program::chkpwd},
    Known{"sudo-rs", Program::sudo},
    Known{"doas", Program::doas},
    Known{"dropbear", Program::dropbear},
    Known{"useradd", Program::shadow},
    Known{"usermod", Program::shadow},
    Known{"userdel", Program::shadow},
    Known{"groupadd", Program::shadow},
    Known{"groupmod", Program::shadow},
    Known{"groupdel", Program::shadow},
    Known{"gpasswd", Program::shadow},
    Known{"passwd", Program::shadow},
    Known{"chage", Program::shadow},
    Known{"chsh", Program::shadow},
    Known{"chfn", Program::shadow},
    Known{"newusers", Program::shadow},
    Known{"groupmems", Program::shadow},
    Known{"chpasswd", Program::shadow},
    Known{"chgpasswd", Program::shadow},
    Known{"newgrp", Program::shadow},
    Known{"sg", Program::shadow},
    Known{"pwck", Program::shadow},
    Known{"grpck", Program::shadow},
    Known{"pwconv", Program::shadow},
    Known{"pwunconv", Program::shadow},
    Known{"grpconv", Program::shadow},
    Known{"grpunconv", Program::shadow},
    Known{"vipw", Program::shadow},
    Known{"vigr", Program::shadow},
    Known{"nologin", Program::shadow},
    Known{"adduser", Program::shadow},
    Known{"su-rs", Program::su},
    Known{"runuser", Program::su},
    Known{"pkexec", Program::pkexec},
    Known{"polkit-agent-helper-1", Program::polkitd},
    Known{"login", Program::login},
    Known{"agetty", Program::login},
    Known{"cron", Program::cron},
    Known{"crond", Program::cron},
    Known{"CROND", Program::cron},
    Known{"crontab", Program::cron},
    Known{"atd", Program::at},
    Known{"vsftpd", Program::vsftpd},
    Known{"pam_duo", Program::second_factor},
    Known{"login_duo", Program::second_factor},
    // A keyring that stays locked keeps nobody out.
    Known{"gnome-keyring-daemon", Program::bystander},
    Known{"ksu", Program::ksu},
    Known{"krb5kdc", Program::kdc},
    Known{"kadmind", Program::kadmind},
    Known{"kernel", Program::bystander},
    Known{"rsyslogd", Program::bystander},
    Known{"syslogd", Program::bystander},
    Known{"syslog-ng", Program::bystander},
    Known{"dbus-daemon", Program::bystander},
};

Program program_of(std::string_view ident) {
  const std::size_t slash = ident.rfind('/');
  if (slash != std::string_view::npos) {
    ident.remove_prefix(slash + 1);
  }
  for (const Known& known : kKnown) {
    if (known.ident == ident) {
      return known.program;
    }
  }
  return patterns::starts_with(ident, "polkitd") ? Program::polkitd : Program::other;
}

// shadow until 4.1.1 quotes `so'.
bool quotes_with_backtick(Program program) {
  return program == Program::shadow || program == Program::login;
}

bool apply_with_plain_quotes(const patterns::PatternTable& table, std::string_view message,
                             patterns::EcsEvent& event) {
  if (message.find('`') == std::string_view::npos) {
    return false;
  }
  std::string plain(message);
  std::replace(plain.begin(), plain.end(), '`', '\'');
  return table.apply(event.record().keep(plain), event);
}

// A directory may be called "x] [COMMAND=y".
bool has_two_commands(std::string_view message) {
  return patterns::stands_twice(message, "] [COMMAND=");
}

// vsftpd, and a name of a login or of a file that holds what vsftpd writes behind names. Neither name nor address is
// believed; a line that ends as a failed login does may be one.
bool apply_two_clients(std::string_view message, patterns::EcsEvent& event) {
  constexpr std::string_view kClient = ": Client \"";
  constexpr std::string_view kFailed = "] FAIL LOGIN";
  if (!patterns::stands_twice(message, kClient)) {
    return false;
  }
  const std::string_view before = message.substr(0, message.rfind(kClient));
  if (before.ends_with(kFailed)) {
    event.meaning("ftp-login", patterns::Outcome::failure, patterns::EventClass::auth_info);
  }
  event.literal("event.ambiguous", "true");
  return true;
}

// Where the line says of which facility it is, only those of authentication count.
bool may_be_about_authentication(int priority) {
  return priority < 0 || priority / 8 == kFacilityAuth || priority / 8 == kFacilityAuthpriv;
}

}  // namespace

MessageDispatch::MessageDispatch()
    : dropbear_({catalog::dropbear_patterns()}),
      chkpwd_({catalog::chkpwd_patterns()}),
      su_({catalog::su_patterns()}),
      ksu_({catalog::ksu_patterns()}),
      logind_({catalog::logind_patterns()}),
      shadow_({catalog::shadow_group_patterns(), catalog::shadow_patterns(),
               catalog::shadow_failure_patterns()}),
      polkit_({catalog::polkit_patterns()}),
      pkexec_({catalog::pkexec_patterns()}),
      login_({catalog::login_patterns()}),
      cron_({catalog::cron_patterns(), catalog::job_refusal_patterns()}),
      at_({catalog::at_patterns(), catalog::job_refusal_patterns()}),
      vsftpd_({catalog::vsftpd_patterns()}),
      factors_({catalog::pam_second_factor_patterns()}),
      libraries_({catalog::library_patterns()}) {}

const patterns::PatternTable* MessageDispatch::table_of(Program program) const {
  switch (program) {
    case Program::dropbear:
      return &dropbear_;
    case Program::su:
      return &su_;
    case Program::ksu:
      return &ksu_;
    case Program::logind:
      return &logind_;
    case Program::shadow:
      return &shadow_;
    case Program::polkitd:
      return &polkit_;
    case Program::pkexec:
      return &pkexec_;
    case Program::login:
      return &login_;
    case Program::chkpwd:
      return &chkpwd_;
    case Program::cron:
      return &cron_;
    case Program::at:
      return &at_;
    case Program::second_factor:
      return &factors_;
    default:
      return nullptr;
  }
}

void MessageDispatch::apply(std::string_view ident, int priority, std::string_view message,
                            patterns::EcsEvent& event) {
  if (patterns::starts_with(message, "pam_") && pam_.apply_prefixed(message, event)) {
    return;
  }
  // sshd(pam_unix): old releases of Linux-PAM
  const std::size_t module = !ident.empty() && ident.back() == ')' ? ident.find("(pam_") : 0;
  if (module != std::string_view::npos && module > 0) {
    pam_.apply(ident.substr(0, module), ident.substr(module + 1, ident.size() - module - 2), {},
               message, event);
    return;
  }
  const Program program = program_of(ident);
  if (patterns::starts_with(message, "PAM ") &&
      pam::PamMessages::apply_bare(ident, message, event)) {
    return;
  }
  // pam_gnome_keyring's own prefix, of a login that succeeded: only its keyring stays locked.
  if (patterns::starts_with(message, "gkr-pam: ")) {
    return;
  }
  bool known = false;
  switch (program) {
    case Program::bystander:
      return;
    case Program::sshd:
      known = sshd_.apply(message, event);
      break;
    case Program::sftp:
      known = sshd_.apply_sftp(message, event);
      break;
    case Program::sudo:
      known = sudo_.apply(message, event);
      break;
    case Program::doas:
      known = doas_.apply(message, event);
      break;
    case Program::vsftpd:
      known = apply_two_clients(message, event) || vsftpd_.apply(message, event);
      break;
    case Program::kdc:
      known = kdc::apply_kdc_line(message, event);
      break;
    case Program::kadmind:
      known = kdc::apply_kadmind_line(message, event);
      break;
    default:
      if (const patterns::PatternTable* table = table_of(program)) {
        known = table->apply(message, event) ||
                (quotes_with_backtick(program) && apply_with_plain_quotes(*table, message, event));
      }
      if (program == Program::pkexec && has_two_commands(message)) {
        event.literal("event.ambiguous", "true");
      }
      break;
  }
  if (!known && !libraries_.apply(message, event) &&
      !pam_.apply_own_prefix(ident, message, event) && program == Program::other &&
      may_be_about_authentication(priority)) {
    patterns::apply_general_program(message, event);
  }
}

}  // namespace auditship::parsers::auth_log
