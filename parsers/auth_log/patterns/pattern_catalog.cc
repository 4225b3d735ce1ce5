#include "parsers/auth_log/patterns/pattern_catalog.h"

#include <array>

namespace auditship::parsers::auth_log::patterns {

std::span<const FormSet> auth_form_sets() {
  static const std::array<FormSet, 17> kSets = {{
      {"sshd[812]", "", sshd_login_forms()},
      {"sshd-session[812]", "", sshd_connection_forms()},
      {"sshd-session[812]", "", sshd_session_forms()},
      {"internal-sftp[812]", "", sftp_forms()},
      {"sshd[812]", "pam_unix(sshd:auth): ", pam_login_forms()},
      {"sudo", "pam_unix(sudo:auth): ", pam_sudo_forms()},
      {"su", "pam_unix(su-l:auth): ", pam_su_forms()},
      {"CRON[812]", "pam_unix(cron:session): ", pam_session_forms()},
      {"sudo", "pam_unix(sudo:session): ", pam_switch_forms()},
      {"sshd[812]", "pam_any(sshd:account): ", pam_common_forms()},
      {"unix_chkpwd[812]", "", chkpwd_forms()},
      {"su[812]", "", su_forms()},
      {"systemd-logind[812]", "", logind_forms()},
      {"useradd[812]", "", shadow_forms()},
      {"polkitd[812]", "", polkit_forms()},
      {"pkexec[812]", "", pkexec_forms()},
      {"login[812]", "", login_forms()},
  }};
  return kSets;
}

}  // namespace auditship::parsers::auth_log::patterns
