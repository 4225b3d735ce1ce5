// The tools of shadow: users, their groups and passwords.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

constexpr Constant changed(std::string_view field) { return {"user.changes.field", field}; }

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
    {"failed adding user '{user.target.name}', exit code: {process.exit_code:number}",
     "user-created", Outcome::failure, EventClass::user_creation,
     "failed adding user 'frank', exit code: 9", "user.target.name=frank|process.exit_code=9"},
    {"failed adding user '{user.target.name}', data deleted",
     "user-created",
     Outcome::failure,
     EventClass::user_creation,
     "failed adding user 'frank', data deleted",
     "event.reason=data deleted|user.target.name=frank",
     {{{"event.reason", "data deleted"}}}},
    {"failed adding user '{user.target.name}'", "user-created", Outcome::failure,
     EventClass::user_creation, "failed adding user 'frank'", "user.target.name=frank"},
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
    {"removed group '{group.name}' owned by '{user.target.name}'", "group-deleted",
     Outcome::success, EventClass::group_deletion, "removed group 'eng' owned by 'frank'",
     "group.name=eng|user.target.name=frank"},
    {"removed shadow group '{group.name}' owned by '{user.target.name}'", "group-deleted",
     Outcome::success, EventClass::group_deletion, "removed shadow group 'eng' owned by 'frank'",
     "group.name=eng|user.target.name=frank"},
    {"group '{group.name}' removed", "group-deleted", Outcome::success, EventClass::group_deletion,
     "group 'eng' removed", "group.name=eng"},
    {"group '{group.name}' removed from {_:word}", "group-deleted", Outcome::success,
     EventClass::group_deletion, "group 'eng' removed from /etc/gshadow", "group.name=eng"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits}, new name: "
     "{group.changes.to:word}, new password, new gid: {_:digits})",
     "group-modified", Outcome::success, EventClass::group_change,
     "group changed in /etc/group (group eng/3500, new name: dev, new password, new gid: 3600)",
     "group.name=eng|group.id=3500|group.changes.to=dev"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits}, new name: "
     "{group.changes.to:word}, new gid: {_:digits})",
     "group-modified", Outcome::success, EventClass::group_change,
     "group changed in /etc/group (group eng/3500, new name: dev, new gid: 3600)",
     "group.name=eng|group.id=3500|group.changes.to=dev"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits}, new name: "
     "{group.changes.to:word}, new password)",
     "group-modified", Outcome::success, EventClass::group_change,
     "group changed in /etc/group (group eng/3500, new name: dev, new password)",
     "group.name=eng|group.id=3500|group.changes.to=dev"},
    {"group changed in {_:word} (group {group.name:word}, new name: {group.changes.to:word}, new "
     "password)",
     "group-modified", Outcome::success, EventClass::group_change,
     "group changed in /etc/gshadow (group eng, new name: dev, new password)",
     "group.name=eng|group.changes.to=dev"},
    {"group changed in {_:word} (group {group.name:word}, new password)", "group-modified",
     Outcome::success, EventClass::group_change,
     "group changed in /etc/gshadow (group eng, new password)", "group.name=eng"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits}, new name: "
     "{group.changes.to:word})",
     "group-modified", Outcome::success, EventClass::group_change,
     "group changed in /etc/group (group eng/3500, new name: dev)",
     "group.name=eng|group.id=3500|group.changes.to=dev"},
    {"group changed in {_:word} (group {group.name:word}, new name: {group.changes.to:word})",
     "group-modified", Outcome::success, EventClass::group_change,
     "group changed in /etc/gshadow (group eng, new name: dev)",
     "group.name=eng|group.changes.to=dev"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits}, {_})", "group-modified",
     Outcome::success, EventClass::group_change,
     "group changed in /etc/group (group eng/3500, new gid: 3600)", "group.name=eng|group.id=3500"},
    {"group changed in {_:word} (group {group.name:word}/{group.id:digits})", "group-modified",
     Outcome::success, EventClass::group_change, "group changed in /etc/group (group eng/3500)",
     "group.name=eng|group.id=3500"},
    {"group changed in {_:word} (group {group.name:word})", "group-modified", Outcome::success,
     EventClass::group_change, "group changed in /etc/gshadow (group eng)", "group.name=eng"},
    {"password for '{user.target.name}' changed by '{user.name}'", "password-changed",
     Outcome::success, EventClass::user_change, "password for 'frank' changed by 'root'",
     "user.target.name=frank|user.name=root"},
    {"password for `{user.target.name}' changed by `{user.name}'", "password-changed",
     Outcome::success, EventClass::user_change, "password for `frank' changed by `root'",
     "user.target.name=frank|user.name=root"},
    // busybox: passwd, chpasswd.
    {"password for {user.target.name:word} changed by {user.name:word}", "password-changed",
     Outcome::success, EventClass::user_change, "password for ann changed by root",
     "user.target.name=ann|user.name=root"},
    {"password for '{user.target.name}' changed", "password-changed", Outcome::success,
     EventClass::user_change, "password for 'ann' changed", "user.target.name=ann"},
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

}  // namespace

std::span<const MessagePattern> shadow_patterns() { return kShadowPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
