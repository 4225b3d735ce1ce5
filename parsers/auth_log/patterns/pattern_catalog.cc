#include "parsers/auth_log/patterns/pattern_catalog.h"

#include <array>

namespace auditship::parsers::auth_log::patterns {

std::span<const PatternSet> auth_pattern_sets() {
  static const std::array<PatternSet, 17> kSets = {{
      {"sshd[812]", "", sshd_login_patterns()},
      {"sshd-session[812]", "", sshd_connection_patterns()},
      {"sshd-session[812]", "", sshd_session_patterns()},
      {"internal-sftp[812]", "", sftp_patterns()},
      {"sshd[812]", "pam_unix(sshd:auth): ", pam_login_patterns()},
      {"sudo", "pam_unix(sudo:auth): ", pam_sudo_patterns()},
      {"su", "pam_unix(su-l:auth): ", pam_su_patterns()},
      {"CRON[812]", "pam_unix(cron:session): ", pam_session_patterns()},
      {"sudo", "pam_unix(sudo:session): ", pam_switch_patterns()},
      {"sshd[812]", "pam_any(sshd:account): ", pam_common_patterns()},
      {"unix_chkpwd[812]", "", chkpwd_patterns()},
      {"su[812]", "", su_patterns()},
      {"systemd-logind[812]", "", logind_patterns()},
      {"useradd[812]", "", shadow_patterns()},
      {"polkitd[812]", "", polkit_patterns()},
      {"pkexec[812]", "", pkexec_patterns()},
      {"login[812]", "", login_patterns()},
  }};
  return kSets;
}

}  // namespace auditship::parsers::auth_log::patterns
