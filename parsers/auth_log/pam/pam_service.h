// What is known of a PAM service by its name. Most lines say by themselves who became whom; these
// names only help where a line says too little. Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace auditship::parsers::auth_log::pam {

enum class PamService : std::uint8_t {
  unknown,
  // A session there is a login of its user: sshd, login, cron.
  login,
  // The caller proves who he is and becomes somebody else: sudo, doas, pkexec, run0.
  proves_caller,
  // The caller proves that he may be somebody else: su, runuser.
  proves_target,
};

[[nodiscard]] PamService pam_service_of(std::string_view service);

[[nodiscard]] inline bool switches_user(PamService service) {
  return service == PamService::proves_caller || service == PamService::proves_target;
}

}  // namespace auditship::parsers::auth_log::pam
