// Programs by which one becomes another user, beside sudo and doas: su, pkexec, and polkit behind it.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

// Whom one wants to become is what one types; who one is, the system knows: so a name of the former that imitates the
// rest of the line loses.
constexpr MessagePattern kSuPatterns[] = {
    {"(to {user.effective.name}) {user.name} on {session.tty:tty}",
     "su",
     Outcome::success,
     EventClass::command_start,
     "(to root) ann on pts/1",
     "user.effective.name=root|user.name=ann|session.tty=pts/1",
     {},
     Split::last},
    {"FAILED SU (to {user.effective.name}) {user.name} on {session.tty:tty}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "FAILED SU (to root) ann on none",
     "user.effective.name=root|user.name=ann",
     {},
     Split::last},
    {"Successful su for {user.effective.name} by {user.name}",
     "su",
     Outcome::success,
     EventClass::command_start,
     "Successful su for root by ann",
     "user.effective.name=root|user.name=ann",
     {},
     Split::last},
    {"FAILED su for {user.effective.name} by {user.name}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "FAILED su for root by ann",
     "user.effective.name=root|user.name=ann",
     {},
     Split::last},
    {"+ {session.tty:tty} {user.name}:{user.effective.name}", "su", Outcome::success,
     EventClass::command_start, "+ /dev/pts/0 ann:root",
     "session.tty=pts/0|user.name=ann|user.effective.name=root"},
    {"- {session.tty:tty} {user.name}:{user.effective.name}", "su", Outcome::failure,
     EventClass::command_denied, "- ??? ann:root", "user.name=ann|user.effective.name=root"},
    {"'su {user.effective.name}' failed for {user.name} on {session.tty:tty}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "'su root' failed for ann on /dev/pts/8",
     "user.effective.name=root|user.name=ann|session.tty=pts/8",
     {},
     Split::last},
    {"'su {user.effective.name}' succeeded for {user.name} on {session.tty:tty}",
     "su",
     Outcome::success,
     EventClass::command_start,
     "'su root' succeeded for ann on /dev/pts/8",
     "user.effective.name=root|user.name=ann|session.tty=pts/8",
     {},
     Split::last},
    {"BAD SU {user.name:word} to {user.effective.name:word} on {session.tty:tty}", "su",
     Outcome::failure, EventClass::command_denied, "BAD SU ann to root on /dev/ttyp0",
     "user.name=ann|user.effective.name=root|session.tty=ttyp0"},
    {"{user.name:word} to {user.effective.name:word} on {session.tty:tty}", "su", Outcome::success,
     EventClass::command_start, "ann to root on /dev/ttyp0",
     "user.name=ann|user.effective.name=root|session.tty=ttyp0"},
    {"DENIED su from '{user.name}' to '{user.effective.name}' ({_})", "su", Outcome::failure,
     EventClass::command_denied, "DENIED su from 'ann' to 'root' (/etc/suauth)",
     "user.name=ann|user.effective.name=root"},
    {"SU by {user.name} to restricted account {user.effective.name}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "SU by ann to restricted account root",
     "event.reason=restricted account|user.name=ann|user.effective.name=root",
     {{{"event.reason", "restricted account"}}},
     Split::last},
    {"No passwd entry for user '{user.effective.name}'",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "No passwd entry for user 'bob'",
     "event.reason=no such user|user.effective.name=bob",
     {{{"event.reason", "no such user"}}}},
    {"Authentication failed for {user.effective.name}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "Authentication failed for root",
     "event.reason=authentication failed|user.effective.name=root",
     {{{"event.reason", "authentication failed"}}}},
    {"pam_authenticate: {event.reason}", "su", Outcome::failure, EventClass::command_denied,
     "pam_authenticate: Authentication failure", "event.reason=Authentication failure"},
    {"pam_acct_mgmt: {event.reason}", "su", Outcome::failure, EventClass::command_denied,
     "pam_acct_mgmt: User account has expired", "event.reason=User account has expired"},
    {"pam_open_session: {event.reason}", "su", Outcome::failure, EventClass::command_denied,
     "pam_open_session: Permission denied", "event.reason=Permission denied"},
    {"pam_setcred: {event.reason}", "su", Outcome::failure, EventClass::command_denied,
     "pam_setcred: Failure setting user credentials",
     "event.reason=Failure setting user credentials"},
    {"pam_chauthtok: {event.reason}", "su", Outcome::failure, EventClass::command_denied,
     "pam_chauthtok: Authentication token manipulation error",
     "event.reason=Authentication token manipulation error"},
    {"Will not execute {process.command_line}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "Will not execute /bin/no",
     "event.reason=shell is not permitted|process.command_line=/bin/no",
     {{{"event.reason", "shell is not permitted"}}}},
    {"Cannot execute {process.command_line}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "Cannot execute /bin/no",
     "event.reason=cannot be executed|process.command_line=/bin/no",
     {{{"event.reason", "cannot be executed"}}}},
    {"Change user from '{_}' to '{user.effective.name}' as requested by PAM", "su-warning",
     Outcome::none, EventClass::command_info,
     "Change user from 'root' to 'bob' as requested by PAM", "user.effective.name=bob"},
    {"NO password asked for su from '{user.name}' to '{user.effective.name}' ({_})",
     "su-warning",
     Outcome::none,
     EventClass::command_info,
     "NO password asked for su from 'ann' to 'root' (/etc/suauth)",
     "event.reason=no password asked|user.name=ann|user.effective.name=root",
     {{{"event.reason", "no password asked"}}}},
};

constexpr MessagePattern kPolkitPatterns[] = {
    {"Operator of {_:word} successfully authenticated as unix-user:{user.effective.name:word} to "
     "gain {_:word} authorization "
     "for action {polkit.action:word} for {_} (owned by unix-user:{user.name:word})",
     "polkit-auth", Outcome::success, EventClass::auth_start,
     "Operator of unix-session:2 successfully authenticated as unix-user:root to gain TEMPORARY "
     "authorization for action "
     "org.example.run for system-bus-name::1.85 [x (owned by unix-user:eve)] (owned by "
     "unix-user:ann)",
     "user.effective.name=root|polkit.action=org.example.run|user.name=ann"},
    {"Operator of {_:word} FAILED to authenticate to gain authorization for action "
     "{polkit.action:word} for {_} "
     "(owned by unix-user:{user.name:word})",
     "polkit-auth", Outcome::failure, EventClass::auth_info,
     "Operator of unix-process:266:302249 FAILED to authenticate to gain authorization for action "
     "org.freedesktop.policykit.exec for unix-process:266:302249 [runuser -u bob -- pkexec id] "
     "(owned by unix-user:bob)",
     "polkit.action=org.freedesktop.policykit.exec|user.name=bob"},
    {"inappropriate use of helper, wrong number of arguments [uid={user.id:digits}]",
     "polkit-helper-misused", Outcome::failure, EventClass::auth_info,
     "inappropriate use of helper, wrong number of arguments [uid=1000]", "user.id=1000"},
    {"inappropriate use of helper, stdin is a tty [uid={user.id:digits}]", "polkit-helper-misused",
     Outcome::failure, EventClass::auth_info,
     "inappropriate use of helper, stdin is a tty [uid=1000]", "user.id=1000"},
    {"pam_authenticate failed: {event.reason}", "polkit-auth", Outcome::failure,
     EventClass::auth_info, "pam_authenticate failed: Authentication failure",
     "event.reason=Authentication failure"},
    {"pam_acct_mgmt failed: {event.reason}", "polkit-auth", Outcome::failure, EventClass::auth_info,
     "pam_acct_mgmt failed: User account has expired", "event.reason=User account has expired"},
    {"Tried to auth user '{user.effective.name}' but we got auth for user '{_}' instead",
     "polkit-auth",
     Outcome::failure,
     EventClass::auth_info,
     "Tried to auth user 'root' but we got auth for user 'bob' instead",
     "event.reason=another user was authenticated|user.effective.name=root",
     {{{"event.reason", "another user was authenticated"}}}},
};

constexpr MessagePattern kPkexecPatterns[] = {
    {"{user.name}: The value for the SHELL variable was not found the /etc/shells file "
     "[USER={user.effective.name}] [TTY={session.tty:tty}] [CWD={process.working_directory}] "
     "[COMMAND={process.command_line}]",
     "pkexec",
     Outcome::failure,
     EventClass::command_denied,
     "ann: The value for the SHELL variable was not found the /etc/shells file [USER=root] "
     "[TTY=/dev/pts/1] [CWD=/home/ann] [COMMAND=/bin/ls]",
     "event.reason=SHELL is not in "
     "/etc/shells|user.name=ann|user.effective.name=root|session.tty=pts/"
     "1|process.working_directory=/home/ann|process.command_line=/bin/ls",
     {{{"event.reason", "SHELL is not in /etc/shells"}}}},
    {"{user.name}: Executing command [USER={user.effective.name}] [TTY={session.tty:tty}] "
     "[CWD={process.working_directory}] "
     "[COMMAND={process.command_line}]",
     "pkexec", Outcome::success, EventClass::command_start,
     "ann: Executing command [USER=root] [TTY=/dev/pts/1] [CWD=/home/ann] [COMMAND=/bin/ls [x] "
     "[COMMAND=y]]",
     "user.name=ann|user.effective.name=root|session.tty=pts/1|process.working_directory=/home/ann|"
     "process.command_line=/bin/ls [x] [COMMAND=y]|event.ambiguous=true"},
    {"{user.name}: Error executing command as another user: {event.reason} "
     "[USER={user.effective.name}] "
     "[TTY={session.tty:tty}] [CWD={process.working_directory}] [COMMAND={process.command_line}]",
     "pkexec", Outcome::failure, EventClass::command_denied,
     "bob: Error executing command as another user: Not authorized [USER=root] [TTY=/dev/pts/0] "
     "[CWD=/home/bob] [COMMAND=/usr/bin/id]",
     "user.name=bob|event.reason=Not authorized|user.effective.name=root|session.tty=pts/"
     "0|process.working_directory=/home/bob|process.command_line=/usr/bin/id"},
    {"{user.name}: The value for the SHELL variable was not found in the /etc/shells file "
     "[USER={user.effective.name}] [TTY={session.tty:tty}] [CWD={process.working_directory}] "
     "[COMMAND={process.command_line}]",
     "pkexec",
     Outcome::failure,
     EventClass::command_denied,
     "ann: The value for the SHELL variable was not found in the /etc/shells file [USER=root] "
     "[TTY=unknown] [CWD=/home/ann] [COMMAND=/usr/bin/id]",
     "event.reason=SHELL is not in "
     "/etc/shells|user.name=ann|user.effective.name=root|process.working_directory=/home/ann|"
     "process.command_line=/usr/bin/id",
     {{{"event.reason", "SHELL is not in /etc/shells"}}}},
    {"{user.name}: The value for environment variable {_:word} contains suspicious content "
     "[USER={user.effective.name}] [TTY={session.tty:tty}] [CWD={process.working_directory}] "
     "[COMMAND={process.command_line}]",
     "pkexec",
     Outcome::failure,
     EventClass::command_denied,
     "ann: The value for environment variable XAUTHORITY contains suspicious content [USER=root] "
     "[TTY=unknown] [CWD=/home/ann] [COMMAND=/usr/bin/id]",
     "event.reason=suspicious environment|user.name=ann|user.effective.name=root|"
     "process.working_directory=/home/ann|process.command_line=/usr/bin/id",
     {{{"event.reason", "suspicious environment"}}}},
    {"{user.name:word}: {event.reason} [USER={user.effective.name}] [TTY={session.tty:tty}] "
     "[CWD={process.working_directory}] [COMMAND={process.command_line}]",
     "pkexec", Outcome::unknown, EventClass::command_info,
     "ann: Something new [USER=root] [TTY=/dev/pts/1] [CWD=/home/ann] [COMMAND=/bin/ls]",
     "user.name=ann|event.reason=Something "
     "new|user.effective.name=root|session.tty=pts/1|process.working_directory=/home/"
     "ann|process.command_line=/bin/ls"},
};

// doas, but for its line of a command that ran: doas_line.h.
constexpr MessagePattern kDoasPatterns[] = {
    {"command not permitted for {user.name:word}: {process.command_line}",
     "doas",
     Outcome::failure,
     EventClass::command_denied,
     "command not permitted for ann: /usr/bin/id",
     "event.reason=command not permitted|user.name=ann|process.command_line=/usr/bin/id",
     {{{"event.reason", "command not permitted"}}}},
    {"failed command for {user.name:word}: {process.command_line}",
     "doas",
     Outcome::failure,
     EventClass::command_denied,
     "failed command for ann: /usr/bin/id",
     "event.reason=command not permitted|user.name=ann|process.command_line=/usr/bin/id",
     {{{"event.reason", "command not permitted"}}}},
    {"failed auth for {user.name}",
     "doas",
     Outcome::failure,
     EventClass::command_denied,
     "failed auth for bob",
     "event.reason=authentication failed|user.name=bob",
     {{{"event.reason", "authentication failed"}}}},
    {"tty required for {user.name}",
     "doas",
     Outcome::failure,
     EventClass::command_denied,
     "tty required for ann",
     "event.reason=tty required|user.name=ann",
     {{{"event.reason", "tty required"}}}},
    {"failed password for {user.name}",
     "doas",
     Outcome::failure,
     EventClass::command_denied,
     "failed password for bob",
     "event.reason=authentication failed|user.name=bob",
     {{{"event.reason", "authentication failed"}}}},
    {"{user.name:word} ran command as {user.effective.name:word}: {process.command_line}", "doas",
     Outcome::success, EventClass::command_start, "ann ran command as root: /usr/bin/id -un",
     "user.name=ann|user.effective.name=root|process.command_line=/usr/bin/id -un"},
};

}  // namespace

std::span<const MessagePattern> su_patterns() { return kSuPatterns; }
std::span<const MessagePattern> doas_patterns() { return kDoasPatterns; }
std::span<const MessagePattern> polkit_patterns() { return kPolkitPatterns; }
std::span<const MessagePattern> pkexec_patterns() { return kPkexecPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
