#include "parsers/auth_log/catalog/pattern_catalog.h"

#include <array>

namespace auditship::parsers::auth_log::catalog {

std::span<const PatternSet> auth_pattern_sets() {
  static const std::array kSets = {
      PatternSet{"sshd[812]", "", sshd_login_patterns()},
      PatternSet{"sshd-session[812]", "", sshd_key_patterns()},
      PatternSet{"sshd-session[812]", "", sshd_certificate_patterns()},
      PatternSet{"sshd-session[812]", "", sshd_connection_patterns()},
      PatternSet{"sshd[812]", "", sshd_limit_patterns()},
      PatternSet{"sshd-session[812]", "", sshd_session_patterns()},
      PatternSet{"sshd-session[812]", "", sshd_forwarding_patterns()},
      PatternSet{"sshd-session[812]", "", sshd_fault_patterns()},
      PatternSet{"internal-sftp[812]", "", sftp_patterns()},
      PatternSet{"dropbear[812]", "", dropbear_patterns()},
      PatternSet{"CRON[812]", "pam_unix(cron:session): ", pam_session_patterns()},
      PatternSet{"sudo", "pam_unix(sudo:session): ", pam_switch_patterns()},
      PatternSet{"sshd[812]", "pam_any(sshd:account): ", pam_common_patterns()},
      PatternSet{"sshd[812]", "pam_sss(sshd:auth): ", pam_directory_patterns()},
      PatternSet{"sshd[812]", "pam_krb5(sshd:auth): ", pam_kerberos_patterns()},
      PatternSet{"sshd[812]", "pam_any(sshd:auth): ", pam_second_factor_patterns()},
      PatternSet{"sshd[812]", "pam_any(sshd:auth): ", pam_restriction_patterns()},
      PatternSet{"unix_chkpwd[812]", "", chkpwd_patterns()},
      PatternSet{"su[812]", "", su_patterns()},
      PatternSet{"ksu[812]", "", ksu_patterns()},
      PatternSet{"doas", "", doas_patterns()},
      PatternSet{"systemd-logind[812]", "", logind_patterns()},
      PatternSet{"useradd[812]", "", shadow_patterns()},
      PatternSet{"gpasswd[812]", "", shadow_group_patterns()},
      PatternSet{"passwd[812]", "", shadow_failure_patterns()},
      PatternSet{"polkitd[812]", "", polkit_patterns()},
      PatternSet{"pkexec[812]", "", pkexec_patterns()},
      PatternSet{"login[812]", "", login_patterns()},
      PatternSet{"crontab[812]", "", cron_patterns()},
      PatternSet{"CRON[812]", "", job_refusal_patterns()},
      PatternSet{"atd[812]", "", at_patterns()},
      PatternSet{"vsftpd[812]", "", vsftpd_patterns()},
      PatternSet{"exampled[812]", "", library_patterns()},
  };
  return kSets;
}

}  // namespace auditship::parsers::auth_log::catalog
