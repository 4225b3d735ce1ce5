// Linux-PAM: messages behind "pam_module(service:type): ", and those that PAM writes without it.
#include "parsers/auth_log/patterns/pattern_catalog.h"

namespace auditship::parsers::auth_log::patterns {
namespace {

constexpr MessagePattern kLoginPatterns[] = {
    {"authentication failure; logname={pam.logname:word0} uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} "
     "ruser={pam.ruser:word0} rhost={host}{user.name:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.10  user=ann  "
     "user=root",
     "pam.uid=0|pam.euid=0|pam.tty=ssh|source.ip=192.0.2.10|user.name=ann  user=root"},
    {"PAM {pam.more_failures:number} more authentication failures; logname={pam.logname:word0} "
     "uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} ruser={pam.ruser:word0} "
     "rhost={host}{user.name:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= "
     "rhost=mail.example.org ",
     "pam.more_failures=2|pam.uid=0|pam.euid=0|pam.tty=ssh|source.address=mail.example.org"},
    {"PAM {pam.more_failures:number} more authentication failure; logname={pam.logname:word0} "
     "uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} ruser={pam.ruser:word0} "
     "rhost={host}{user.name:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "PAM 1 more authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.10  "
     "user=root",
     "pam.more_failures=1|pam.uid=0|pam.euid=0|pam.tty=ssh|source.ip=192.0.2.10|user.name=root"},
};

constexpr MessagePattern kSudoPatterns[] = {
    {"authentication failure; logname={pam.logname:word0} uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} "
     "ruser={actor} rhost={host}{pam.user:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "authentication failure; logname=ann uid=2001 euid=0 tty=/dev/pts/1 ruser=ann rhost=  "
     "user=root",
     "pam.logname=ann|pam.uid=2001|pam.euid=0|pam.tty=/dev/pts/"
     "1|pam.ruser=ann|user.name=ann|pam.user=root"},
    {"PAM {pam.more_failures:number} more authentication failures; logname={pam.logname:word0} "
     "uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} ruser={actor} rhost={host}{pam.user:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "PAM 2 more authentication failures; logname=ann uid=2001 euid=0 tty=/dev/pts/1 ruser=ann "
     "rhost=  user=ann",
     "pam.more_failures=2|pam.logname=ann|pam.uid=2001|pam.euid=0|pam.tty=/dev/pts/"
     "1|pam.ruser=ann|user.name=ann|pam.user=ann"},
    {"PAM {pam.more_failures:number} more authentication failure; logname={pam.logname:word0} "
     "uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} ruser={actor} rhost={host}{pam.user:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "PAM 1 more authentication failure; logname=ann uid=2001 euid=0 tty=/dev/pts/1 ruser=ann "
     "rhost=  user=ann",
     "pam.more_failures=1|pam.logname=ann|pam.uid=2001|pam.euid=0|pam.tty=/dev/pts/"
     "1|pam.ruser=ann|user.name=ann|pam.user=ann"},
};

constexpr MessagePattern kSuPatterns[] = {
    {"authentication failure; logname={pam.logname:word0} uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} "
     "ruser={actor} rhost={host}{user.effective.name:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "authentication failure; logname=cara uid=2003 euid=0 tty=pts/1 ruser=cara rhost=  user=root",
     "pam.logname=cara|pam.uid=2003|pam.euid=0|pam.tty=pts/"
     "1|pam.ruser=cara|user.name=cara|user.effective.name=root|"
     "pam.user=root"},
    {"PAM {pam.more_failures:number} more authentication failures; logname={pam.logname:word0} "
     "uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} ruser={actor} "
     "rhost={host}{user.effective.name:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "PAM 2 more authentication failures; logname=cara uid=2003 euid=0 tty=pts/1 ruser=cara rhost= "
     " user=root",
     "pam.more_failures=2|pam.logname=cara|pam.uid=2003|pam.euid=0|pam.tty=pts/"
     "1|pam.ruser=cara|user.name=cara|"
     "user.effective.name=root|pam.user=root"},
    {"PAM {pam.more_failures:number} more authentication failure; logname={pam.logname:word0} "
     "uid={pam.uid:word0} "
     "euid={pam.euid:word0} tty={pam.tty:word0} ruser={actor} "
     "rhost={host}{user.effective.name:pam-user}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "PAM 1 more authentication failure; logname=cara uid=2003 euid=0 tty=pts/1 ruser=cara rhost=  "
     "user=root",
     "pam.more_failures=1|pam.logname=cara|pam.uid=2003|pam.euid=0|pam.tty=pts/"
     "1|pam.ruser=cara|user.name=cara|"
     "user.effective.name=root|pam.user=root"},
};

// "by V": empty, or the user again, or who started the service: says nothing about a login.
constexpr MessagePattern kSessionPatterns[] = {
    {"session opened for user {user.name}(uid={user.id:digits}) by {_}(uid={_:digits})",
     "session-opened",
     Outcome::success,
     EventClass::session_start,
     "session opened for user ann(uid=1000) by ann(uid=0)",
     "user.name=ann|user.id=1000",
     {},
     Split::last},
    {"session opened for user {user.name} by {_}(uid={_:digits})",
     "session-opened",
     Outcome::success,
     EventClass::session_start,
     "session opened for user ann by (uid=0)",
     "user.name=ann",
     {},
     Split::last},
    {"session closed for user {user.name}", "session-closed", Outcome::none,
     EventClass::session_end, "session closed for user ann", "user.name=ann"},
};

constexpr MessagePattern kSwitchPatterns[] = {
    {"session opened for user {user.effective.name}(uid={user.effective.id:digits}) by "
     "{user.name}(uid={user.id:digits})",
     "session-opened",
     Outcome::success,
     EventClass::session_start,
     "session opened for user root(uid=0) by ann(uid=1000)",
     "user.effective.name=root|user.effective.id=0|user.name=ann|user.id=1000",
     {},
     Split::last},
    {"session opened for user {user.effective.name} by {user.name}(uid={user.id:digits})",
     "session-opened",
     Outcome::success,
     EventClass::session_start,
     "session opened for user root by (uid=1000)",
     "user.effective.name=root|user.id=1000",
     {},
     Split::last},
    {"session closed for user {user.effective.name}", "session-closed", Outcome::none,
     EventClass::session_end, "session closed for user root", "user.effective.name=root"},
};

constexpr MessagePattern kCommonPatterns[] = {
    {"check pass; user unknown", "pam-user-unknown", Outcome::failure, EventClass::auth_info,
     "check pass; user unknown", ""},
    {"bad username [{user.name}]", "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "bad username [x] y]", "user.name=x] y"},
    {"auth could not identify password for [{user.name}]", "pam-auth-failed", Outcome::failure,
     EventClass::auth_info, "auth could not identify password for [cara]", "user.name=cara"},
    {"conversation failed", "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "conversation failed", ""},
    {"account {user.name} has expired (account expired)", "pam-account-expired", Outcome::failure,
     EventClass::auth_info, "account dora has expired (account expired)", "user.name=dora"},
    {"password changed for {user.target.name}", "password-changed", Outcome::success,
     EventClass::user_change, "password changed for frank", "user.target.name=frank"},
    {"Consecutive login failures for user {user.name} account temporarily locked",
     "pam-account-locked", Outcome::failure, EventClass::auth_info,
     "Consecutive login failures for user dora account temporarily locked", "user.name=dora"},
    {"user {user.name} ({_:digits}) tally {_:digits}, deny {_:digits}", "pam-account-locked",
     Outcome::failure, EventClass::auth_info, "user dora (1004) tally 7, deny 5", "user.name=dora"},
    {"requirement \"{event.reason}\" not met by user \"{user.name}\"", "pam-denied",
     Outcome::failure, EventClass::auth_info,
     "requirement \"uid >= 1000\" not met by user \"root\"",
     "event.reason=uid >= 1000|user.name=root"},
    {"access denied for user '{user.name}' from '{host}'", "pam-denied", Outcome::failure,
     EventClass::auth_info, "access denied for user 'eve' from '192.0.2.10'",
     "user.name=eve|source.ip=192.0.2.10"},
    {"access denied for user `{user.name}' from `{host}'", "pam-denied", Outcome::failure,
     EventClass::auth_info, "access denied for user `eve' from `mail.example.org'",
     "user.name=eve|source.address=mail.example.org"},
};

constexpr MessagePattern kChkpwdPatterns[] = {
    {"password check failed for user ({user.name})", "pam-auth-failed", Outcome::failure,
     EventClass::auth_info, "password check failed for user (ann)", "user.name=ann"},
};

}  // namespace

std::span<const MessagePattern> pam_login_patterns() { return kLoginPatterns; }
std::span<const MessagePattern> pam_sudo_patterns() { return kSudoPatterns; }
std::span<const MessagePattern> pam_su_patterns() { return kSuPatterns; }
std::span<const MessagePattern> pam_session_patterns() { return kSessionPatterns; }
std::span<const MessagePattern> pam_switch_patterns() { return kSwitchPatterns; }
std::span<const MessagePattern> pam_common_patterns() { return kCommonPatterns; }
std::span<const MessagePattern> chkpwd_patterns() { return kChkpwdPatterns; }

}  // namespace auditship::parsers::auth_log::patterns
