#include "parsers/auth_log/pam/pam_service.h"

#include <algorithm>
#include <array>

namespace auditship::parsers::auth_log::pam {
namespace {

struct Known {
  std::string_view name;
  PamService kind;
};

constexpr std::array kKnown = {
    Known{"sshd", PamService::login},
    Known{"sudo", PamService::proves_caller},
    Known{"cron", PamService::login},
    Known{"systemd-user", PamService::login},
    Known{"su", PamService::proves_target},
    Known{"su-l", PamService::proves_target},
    Known{"sudo-i", PamService::proves_caller},
    Known{"login", PamService::login},
    Known{"polkit-1", PamService::proves_caller},
    Known{"pkexec", PamService::proves_caller},
    Known{"runuser", PamService::proves_target},
    Known{"runuser-l", PamService::proves_target},
    Known{"doas", PamService::proves_caller},
    Known{"sudo-rs", PamService::proves_caller},
    Known{"sudo-rs-i", PamService::proves_caller},
    Known{"su-rs", PamService::proves_target},
    Known{"su-rs-l", PamService::proves_target},
    Known{"systemd-run0", PamService::proves_caller},
    Known{"run0", PamService::proves_caller},
    Known{"ksu", PamService::proves_target},
    Known{"super", PamService::proves_caller},
    Known{"calife", PamService::proves_caller},
    Known{"please", PamService::proves_caller},
    Known{"gksu", PamService::proves_target},
    Known{"kdesu", PamService::proves_target},
    Known{"userhelper", PamService::proves_caller},
    Known{"crond", PamService::login},
    // Debian's name for it.
    Known{"cronie", PamService::login},
    Known{"atd", PamService::login},
    Known{"remote", PamService::login},
    Known{"rlogin", PamService::login},
    Known{"rsh", PamService::login},
    Known{"dropbear", PamService::login},
    Known{"vsftpd", PamService::login},
    Known{"proftpd", PamService::login},
    Known{"pure-ftpd", PamService::login},
    Known{"ftp", PamService::login},
    Known{"lightdm", PamService::login},
    Known{"lightdm-greeter", PamService::login},
    Known{"lightdm-autologin", PamService::login},
    Known{"sddm", PamService::login},
    Known{"sddm-greeter", PamService::login},
    Known{"sddm-autologin", PamService::login},
    Known{"xdm", PamService::login},
    Known{"kde", PamService::login},
    Known{"greetd", PamService::login},
    Known{"cockpit", PamService::login},
    Known{"xrdp-sesman", PamService::login},
    Known{"dovecot", PamService::login},
    Known{"samba", PamService::login},
    Known{"openvpn", PamService::login},
};

}  // namespace

PamService pam_service_of(std::string_view service) {
  const auto* const found = std::find_if(kKnown.begin(), kKnown.end(),
                                         [&](const Known& known) { return known.name == service; });
  if (found != kKnown.end()) {
    return found->kind;
  }
  // gdm-password, gdm-launch-environment, gdm-autologin and the like.
  return service.starts_with("gdm") ? PamService::login : PamService::unknown;
}

}  // namespace auditship::parsers::auth_log::pam
