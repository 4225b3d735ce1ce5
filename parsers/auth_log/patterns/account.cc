// su, systemd-logind, the shadow tools, polkit and login.
#include "parsers/auth_log/patterns/pattern_catalog.h"

namespace auditship::parsers::auth_log::patterns {
namespace {

constexpr Constant changed(std::string_view field) { return {"user.changes.field", field}; }

constexpr MessagePattern kSuPatterns[] = {
    {"(to {user.effective.name}) {user.name} on {session.tty:tty}", "su", Outcome::success,
     EventClass::command_start, "(to root) ann on pts/1",
     "user.effective.name=root|user.name=ann|session.tty=pts/1"},
    {"FAILED SU (to {user.effective.name}) {user.name} on {session.tty:tty}", "su",
     Outcome::failure, EventClass::command_denied, "FAILED SU (to root) ann on none",
     "user.effective.name=root|user.name=ann"},
    {"Successful su for {user.effective.name} by {user.name}", "su", Outcome::success,
     EventClass::command_start, "Successful su for root by ann",
     "user.effective.name=root|user.name=ann"},
    {"FAILED su for {user.effective.name} by {user.name}", "su", Outcome::failure,
     EventClass::command_denied, "FAILED su for root by ann",
     "user.effective.name=root|user.name=ann"},
    {"+ {session.tty:tty} {user.name}:{user.effective.name}", "su", Outcome::success,
     EventClass::command_start, "+ /dev/pts/0 ann:root",
     "session.tty=pts/0|user.name=ann|user.effective.name=root"},
    {"- {session.tty:tty} {user.name}:{user.effective.name}", "su", Outcome::failure,
     EventClass::command_denied, "- ??? ann:root",
     "session.tty=???|user.name=ann|user.effective.name=root"},
};

constexpr MessagePattern kLogindPatterns[] = {
    {"New session '{session.id:word}' of user '{user.name}' with class '{_:word}' and type "
     "'{_:word}'.",
     "logind-session-new", Outcome::success, EventClass::session_start,
     "New session '12' of user 'ann' with class 'user' and type 'tty'.",
     "session.id=12|user.name=ann"},
    {"New session {session.id:word} of user {user.name}.", "logind-session-new", Outcome::success,
     EventClass::session_start, "New session c3 of user maria.svensson.",
     "session.id=c3|user.name=maria.svensson"},
    {"Session {session.id:word} logged out. Waiting for processes to exit.",
     "logind-session-logged-out", Outcome::none, EventClass::session_end,
     "Session 178 logged out. Waiting for processes to exit.", "session.id=178"},
    {"Removed session {session.id:word}.", "logind-session-removed", Outcome::none,
     EventClass::session_end, "Removed session 178.", "session.id=178"},
};

constexpr MessagePattern kShadowPatterns[] = {
    {"new user: name={user.target.name}, UID={user.target.id:digits}, "
     "GID={user.target.group.id:digits}, "
     "home={user.target.home}, shell={user.target.shell}, from={session.tty:tty}",
     "user-created", Outcome::success, EventClass::user_creation,
     "new user: name=frank, UID=3001, GID=3002, home=/home/frank, shell=/bin/bash, from=/dev/pts/1",
     "user.target.name=frank|user.target.id=3001|user.target.group.id=3002|user.target.home=/home/"
     "frank|"
     "user.target.shell=/bin/bash|session.tty=pts/1"},
    {"new user: name={user.target.name}, UID={user.target.id:digits}, "
     "GID={user.target.group.id:digits}, "
     "home={user.target.home}, shell={user.target.shell}",
     "user-created", Outcome::success, EventClass::user_creation,
     "new user: name=frank, UID=3001, GID=3002, home=/home/frank, shell=/bin/bash",
     "user.target.name=frank|user.target.id=3001|user.target.group.id=3002|user.target.home=/home/"
     "frank|"
     "user.target.shell=/bin/bash"},
    {"new group: name={group.name}, GID={group.id:digits}", "group-created", Outcome::success,
     EventClass::group_creation, "new group: name=eng, GID=3500", "group.name=eng|group.id=3500"},
    {"group added to {_:word}: name={group.name}, GID={group.id:digits}", "group-created",
     Outcome::success, EventClass::group_creation, "group added to /etc/group: name=eng, GID=3500",
     "group.name=eng|group.id=3500"},
    {"group added to {_:word}: name={group.name}", "group-created", Outcome::success,
     EventClass::group_creation, "group added to /etc/gshadow: name=eng", "group.name=eng"},
    {"failed adding user '{user.target.name}', exit code: {event.reason:digits}", "user-created",
     Outcome::failure, EventClass::user_creation, "failed adding user 'frank', exit code: 9",
     "user.target.name=frank|event.reason=9"},
    {"change user '{user.target.name}' {user.changes.field:word} from '{user.changes.from}' to "
     "'{user.changes.to}'",
     "user-modified", Outcome::success, EventClass::user_change,
     "change user 'frank' shell from '/bin/bash' to '/bin/sh'",
     "user.target.name=frank|user.changes.field=shell|user.changes.from=/bin/bash|user.changes.to=/"
     "bin/sh"},
    {"change user name '{user.target.name}' to '{user.changes.to}'",
     "user-modified",
     Outcome::success,
     EventClass::user_change,
     "change user name 'frank' to 'franka'",
     "user.changes.field=name|user.target.name=frank|user.changes.to=franka",
     {{changed("name")}}},
    {"add '{user.target.name}' to group '{group.name}'", "group-member-added", Outcome::success,
     EventClass::group_change, "add 'frank' to group 'sudo'",
     "user.target.name=frank|group.name=sudo"},
    {"add '{user.target.name}' to shadow group '{group.name}'", "group-member-added",
     Outcome::success, EventClass::group_change, "add 'frank' to shadow group 'sudo'",
     "user.target.name=frank|group.name=sudo"},
    {"delete '{user.target.name}' from group '{group.name}'", "group-member-removed",
     Outcome::success, EventClass::group_change, "delete 'frank' from group 'sudo'",
     "user.target.name=frank|group.name=sudo"},
    {"delete '{user.target.name}' from shadow group '{group.name}'", "group-member-removed",
     Outcome::success, EventClass::group_change, "delete 'frank' from shadow group 'sudo'",
     "user.target.name=frank|group.name=sudo"},
    {"lock user '{user.target.name}' password", "user-locked", Outcome::success,
     EventClass::user_change, "lock user 'frank' password", "user.target.name=frank"},
    {"unlock user '{user.target.name}' password", "user-unlocked", Outcome::success,
     EventClass::user_change, "unlock user 'frank' password", "user.target.name=frank"},
    {"user {user.target.name} added by {user.name} to group {group.name}", "group-member-added",
     Outcome::success, EventClass::group_change, "user frank added by root to group eng",
     "user.target.name=frank|user.name=root|group.name=eng"},
    {"user {user.target.name} removed by {user.name} from group {group.name}",
     "group-member-removed", Outcome::success, EventClass::group_change,
     "user frank removed by root from group eng",
     "user.target.name=frank|user.name=root|group.name=eng"},
    {"delete user '{user.target.name}'", "user-deleted", Outcome::success,
     EventClass::user_deletion, "delete user 'frank'", "user.target.name=frank"},
    {"removed group '{group.name}' owned by '{_}'", "group-deleted", Outcome::success,
     EventClass::group_deletion, "removed group 'frank' owned by 'frank'", "group.name=frank"},
    {"removed shadow group '{group.name}' owned by '{_}'", "group-deleted", Outcome::success,
     EventClass::group_deletion, "removed shadow group 'frank' owned by 'frank'",
     "group.name=frank"},
    {"group '{group.name}' removed", "group-deleted", Outcome::success, EventClass::group_deletion,
     "group 'eng' removed", "group.name=eng"},
    {"group '{group.name}' removed from {_:word}", "group-deleted", Outcome::success,
     EventClass::group_deletion, "group 'eng' removed from /etc/gshadow", "group.name=eng"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits}, new name: "
     "{group.changes.to})",
     "group-modified", Outcome::success, EventClass::group_change,
     "group changed in /etc/group (group eng/3500, new name: dev)",
     "group.name=eng|group.id=3500|group.changes.to=dev"},
    {"group changed in {_:word} (group {group.name:word}, new name: {group.changes.to})",
     "group-modified", Outcome::success, EventClass::group_change,
     "group changed in /etc/gshadow (group eng, new name: dev)",
     "group.name=eng|group.changes.to=dev"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits}, {_})", "group-modified",
     Outcome::success, EventClass::group_change,
     "group changed in /etc/group (group eng/3500, new gid: 3600)", "group.name=eng|group.id=3500"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits})", "group-modified",
     Outcome::success, EventClass::group_change, "group changed in /etc/group (group eng/3500)",
     "group.name=eng|group.id=3500"},
    {"group changed in {_:word} (group {group.name})", "group-modified", Outcome::success,
     EventClass::group_change, "group changed in /etc/gshadow (group eng)", "group.name=eng"},
    {"password for '{user.target.name}' changed by '{user.name}'", "password-changed",
     Outcome::success, EventClass::user_change, "password for 'frank' changed by 'root'",
     "user.target.name=frank|user.name=root"},
    {"changed password expiry for {user.target.name}", "user-modified", Outcome::success,
     EventClass::user_change, "changed password expiry for frank", "user.target.name=frank"},
    {"changed user '{user.target.name}' shell to '{user.changes.to}'",
     "user-modified",
     Outcome::success,
     EventClass::user_change,
     "changed user 'frank' shell to '/bin/sh'",
     "user.changes.field=shell|user.target.name=frank|user.changes.to=/bin/sh",
     {{changed("shell")}}},
    {"changed user '{user.target.name}' information", "user-modified", Outcome::success,
     EventClass::user_change, "changed user 'frank' information", "user.target.name=frank"},
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
     "Operator of unix-session:2 FAILED to authenticate to gain authorization for action "
     "org.example.run for "
     "system-bus-name::1.85 [x] (owned by unix-user:ann)",
     "polkit.action=org.example.run|user.name=ann"},
};

constexpr MessagePattern kPkexecPatterns[] = {
    {"{user.name}: Executing command [USER={user.effective.name}] [TTY={session.tty:tty}] "
     "[CWD={process.working_directory}] "
     "[COMMAND={process.command_line}]",
     "pkexec", Outcome::success, EventClass::command_start,
     "ann: Executing command [USER=root] [TTY=/dev/pts/1] [CWD=/home/ann] [COMMAND=/bin/ls [x] "
     "[COMMAND=y]]",
     "user.name=ann|user.effective.name=root|session.tty=pts/1|process.working_directory=/home/ann|"
     "process.command_line=/bin/ls [x] [COMMAND=y]"},
    {"{user.name}: Error executing command as another user: {event.reason} "
     "[USER={user.effective.name}] "
     "[TTY={session.tty:tty}] [CWD={process.working_directory}] [COMMAND={process.command_line}]",
     "pkexec", Outcome::failure, EventClass::command_denied,
     "ann: Error executing command as another user: Not authorized [USER=root] [TTY=unknown] "
     "[CWD=/home/ann] [COMMAND=/bin/ls]",
     "user.name=ann|event.reason=Not "
     "authorized|user.effective.name=root|process.working_directory=/home/ann|"
     "process.command_line=/bin/ls"},
};

constexpr MessagePattern kLoginPatterns[] = {
    {"FAILED LOGIN ({_:digits}) on '{session.tty:tty}' FOR '{user.name}', {event.reason}",
     "login",
     Outcome::failure,
     EventClass::auth_info,
     "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure",
     "session.tty=tty1|user.name=root|event.reason=Authentication failure",
     {},
     Split::last},
    {"FAILED LOGIN {_:digits} FROM {host} FOR {user.name}, {event.reason}",
     "login",
     Outcome::failure,
     EventClass::auth_info,
     "FAILED LOGIN 2 FROM 192.0.2.10 FOR ann, Authentication failure",
     "source.ip=192.0.2.10|user.name=ann|event.reason=Authentication failure",
     {},
     Split::last},
    {"ROOT LOGIN ON {session.tty:tty}",
     "login",
     Outcome::success,
     EventClass::auth_start,
     "ROOT LOGIN ON tty1",
     "user.name=root|session.tty=tty1",
     {{{"user.name", "root"}}}},
    {"ROOT LOGIN ON {session.tty:tty} FROM {host}",
     "login",
     Outcome::success,
     EventClass::auth_start,
     "ROOT LOGIN ON pts/1 FROM mail.example.org",
     "user.name=root|session.tty=pts/1|source.address=mail.example.org",
     {{{"user.name", "root"}}}},
    {"LOGIN ON {session.tty:tty} BY {user.name:word}", "login", Outcome::success,
     EventClass::auth_start, "LOGIN ON tty1 BY ann", "session.tty=tty1|user.name=ann"},
    {"LOGIN ON {session.tty:tty} BY {user.name:word} FROM {host}", "login", Outcome::success,
     EventClass::auth_start, "LOGIN ON pts/2 BY ann FROM 192.0.2.10",
     "session.tty=pts/2|user.name=ann|source.ip=192.0.2.10"},
};

}  // namespace

std::span<const MessagePattern> su_patterns() { return kSuPatterns; }
std::span<const MessagePattern> logind_patterns() { return kLogindPatterns; }
std::span<const MessagePattern> shadow_patterns() { return kShadowPatterns; }
std::span<const MessagePattern> polkit_patterns() { return kPolkitPatterns; }
std::span<const MessagePattern> pkexec_patterns() { return kPkexecPatterns; }
std::span<const MessagePattern> login_patterns() { return kLoginPatterns; }

}  // namespace auditship::parsers::auth_log::patterns
