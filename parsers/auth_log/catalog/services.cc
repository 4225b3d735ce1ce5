// cron, vsftpd, and what libraries write in the name of any program.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

constexpr MessagePattern kCronPatterns[] = {
    {"({user.name:word}) AUTH (crontab command not allowed)", "crontab-denied", Outcome::failure,
     EventClass::auth_info, "(ann) AUTH (crontab command not allowed)", "user.name=ann"},
    // cronie.
    {"({user.name:word}) PAM ERROR ({event.reason})",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "(ann) PAM ERROR (Permission denied)",
     "user.name=ann|event.reason=Permission denied",
     {},
     Split::last},
    {"({user.name:word}) FAILED to authorize user with PAM ({event.reason})",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "(ann) FAILED to authorize user with PAM (Permission denied)",
     "user.name=ann|event.reason=Permission denied",
     {},
     Split::last},
    {"({user.name:word}) FAILED to open PAM security session ({event.reason})",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "(ann) FAILED to open PAM security session (Permission denied)",
     "user.name=ann|event.reason=Permission denied",
     {},
     Split::last},
    {"({user.name:word}) REPLACE ({user.target.name:word})",
     "crontab-changed",
     Outcome::none,
     EventClass::user_change,
     "(ann) REPLACE (bob)",
     "user.name=ann|user.target.name=bob",
     {},
     Split::last},
    {"({user.name:word}) DELETE ({user.target.name:word})",
     "crontab-deleted",
     Outcome::none,
     EventClass::user_change,
     "(ann) DELETE (bob)",
     "user.name=ann|user.target.name=bob",
     {},
     Split::last},
    {"({user.name:word}) BEGIN EDIT ({user.target.name:word})",
     "crontab-edited",
     Outcome::none,
     EventClass::user_change,
     "(ann) BEGIN EDIT (bob)",
     "user.name=ann|user.target.name=bob",
     {},
     Split::last},
    {"({user.name:word}) END EDIT ({user.target.name:word})",
     "crontab-edited",
     Outcome::none,
     EventClass::user_change,
     "(ann) END EDIT (bob)",
     "user.name=ann|user.target.name=bob",
     {},
     Split::last},
    {"({user.name:word}) LIST ({user.target.name:word})",
     "crontab-listed",
     Outcome::none,
     EventClass::auth_info,
     "(ann) LIST (bob)",
     "user.name=ann|user.target.name=bob",
     {},
     Split::last},
    {"({user.effective.name:word}) CMD ({process.command_line})", "cron-command", Outcome::none,
     EventClass::command_start, "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
     "user.effective.name=root|process.command_line=   cd / && run-parts --report "
     "/etc/cron.hourly"},
};

constexpr MessagePattern kVsftpdPatterns[] = {
    {"[{user.name}] OK LOGIN: Client \"{source.ip:ip}\"", "ftp-login", Outcome::success,
     EventClass::auth_start, "[ann] OK LOGIN: Client \"192.0.2.10\"",
     "user.name=ann|source.ip=192.0.2.10"},
    {"[{user.name}] OK LOGIN: Client \"{source.ip:ip}\", anon password \"{_}\"",
     "ftp-login",
     Outcome::success,
     EventClass::auth_start,
     "[ftp] OK LOGIN: Client \"192.0.2.10\", anon password \"x@example.org\"",
     "user.name=ftp|source.ip=192.0.2.10",
     {},
     Split::last},
    {"[{user.name}] FAIL LOGIN: Client \"{source.ip:ip}\"", "ftp-login", Outcome::failure,
     EventClass::auth_info, "[ann] FAIL LOGIN: Client \"192.0.2.10\"",
     "user.name=ann|source.ip=192.0.2.10"},
    {"CONNECT: Client \"{source.ip:ip}\"", "ftp-connection-opened", Outcome::none,
     EventClass::connection_start, "CONNECT: Client \"192.0.2.10\"", "source.ip=192.0.2.10"},
};

// libwrap, and modules of PAM that write without PAM's prefix.
constexpr MessagePattern kLibraryPatterns[] = {
    // With an answer of identd, which is the client's word: USER@HOST.
    {"refused connect from {_:word}@{source.address:word} ({source.ip:ip})", "connection-refused",
     Outcome::failure, EventClass::connection_denied,
     "refused connect from bob@h.example.org (192.0.2.10)",
     "source.address=h.example.org|source.ip=192.0.2.10"},
    {"refused connect from {_:word}@{host}", "connection-refused", Outcome::failure,
     EventClass::connection_denied, "refused connect from bob@h.example.org",
     "source.address=h.example.org"},
    {"refused connect from {source.address:word} ({source.ip:ip})", "connection-refused",
     Outcome::failure, EventClass::connection_denied,
     "refused connect from mail.example.org (192.0.2.10)",
     "source.address=mail.example.org|source.ip=192.0.2.10"},
    {"refused connect from {host}", "connection-refused", Outcome::failure,
     EventClass::connection_denied, "refused connect from 192.0.2.10", "source.ip=192.0.2.10"},
    {"pam_ssh_agent_auth: Authenticated: `{user.name}' as `{_}' using {ssh.key.location}",
     "pam-authenticated", Outcome::success, EventClass::auth_info,
     "pam_ssh_agent_auth: Authenticated: `ann' as `ann' using /etc/security/authorized_keys",
     "user.name=ann|ssh.key.location=/etc/security/authorized_keys"},
    {"pam_ssh_agent_auth: Failed Authentication: `{user.name}' as `{_}' using {ssh.key.location}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "pam_ssh_agent_auth: Failed Authentication: `ann' as `ann' using "
     "/etc/security/authorized_keys",
     "user.name=ann|ssh.key.location=/etc/security/authorized_keys"},
    {"pam_ssh_agent_auth: Found matching {ssh.key.type:word} key: {ssh.key.fingerprint:word}",
     "ssh-key-accepted", Outcome::none, EventClass::auth_info,
     "pam_ssh_agent_auth: Found matching RSA key: 39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84",
     "ssh.key.type=RSA|ssh.key.fingerprint=39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84"},
};

}  // namespace

std::span<const MessagePattern> cron_patterns() { return kCronPatterns; }
std::span<const MessagePattern> vsftpd_patterns() { return kVsftpdPatterns; }
std::span<const MessagePattern> library_patterns() { return kLibraryPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
