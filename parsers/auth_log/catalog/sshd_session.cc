// sshd: sessions of a connection.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

constexpr Constant type(std::string_view value) { return {"ssh.session.type", value}; }

constexpr MessagePattern kPatterns[] = {
    // 6.6 to 7.1 wrote no number of the session.
    {"Starting session: shell on {session.tty:tty} for {user.name} from {peer}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: shell on pts/1 for ann from 192.0.2.10 port 4200",
     "ssh.session.type=shell|session.tty=pts/1|user.name=ann|source.ip=192.0.2.10|source.port=4200",
     {{type("shell")}}},
    {"Starting session: command for {user.name} from {peer}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: command for ann from 192.0.2.10 port 4203",
     "ssh.session.type=command|user.name=ann|source.ip=192.0.2.10|source.port=4203",
     {{type("command")}}},
    {"Starting session: subsystem '{ssh.session.subsystem}' for {user.name} from {peer}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: subsystem 'sftp' for ann from 192.0.2.10 port 4205",
     "ssh.session.type=subsystem|ssh.session.subsystem=sftp|user.name=ann|source.ip=192.0.2.10|"
     "source.port=4205",
     {{type("subsystem")}},
     Split::last},
    {"Starting session: shell on {session.tty:tty} for {user.name} from {peer} id "
     "{ssh.session.id:number}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: shell on pts/1 for ann from 192.0.2.10 port 4200 id 0",
     "ssh.session.type=shell|session.tty=pts/"
     "1|user.name=ann|source.ip=192.0.2.10|source.port=4200|ssh.session.id=0",
     {{type("shell")}}},
    {"Starting session: shell for {user.name} from {peer} id {ssh.session.id:number}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: shell for ann from 192.0.2.10 port 4201 id 1",
     "ssh.session.type=shell|user.name=ann|source.ip=192.0.2.10|source.port=4201|ssh.session.id=1",
     {{type("shell")}}},
    {"Starting session: command on {session.tty:tty} for {user.name} from {peer} id "
     "{ssh.session.id:number}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: command on pts/2 for ann from 192.0.2.10 port 4202 id 0",
     "ssh.session.type=command|session.tty=pts/"
     "2|user.name=ann|source.ip=192.0.2.10|source.port=4202|ssh.session.id=0",
     {{type("command")}}},
    {"Starting session: command for {user.name} from {peer} id {ssh.session.id:number}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: command for ann from 192.0.2.10 port 4203 id 0",
     "ssh.session.type=command|user.name=ann|source.ip=192.0.2.10|source.port=4203|ssh.session.id="
     "0",
     {{type("command")}}},
    {"Starting session: subsystem '{ssh.session.subsystem}' on {session.tty:tty} for {user.name} "
     "from {peer} id "
     "{ssh.session.id:number}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: subsystem 'netconf' on pts/3 for ann from 192.0.2.10 port 4204 id 0",
     "ssh.session.type=subsystem|ssh.session.subsystem=netconf|session.tty=pts/"
     "3|user.name=ann|source.ip=192.0.2.10|"
     "source.port=4204|ssh.session.id=0",
     {{type("subsystem")}},
     Split::last},
    {"Starting session: subsystem '{ssh.session.subsystem}' for {user.name} from {peer} id "
     "{ssh.session.id:number}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: subsystem 'sftp' for ann from 192.0.2.10 port 4205 id 0",
     "ssh.session.type=subsystem|ssh.session.subsystem=sftp|user.name=ann|source.ip=192.0.2.10|"
     "source.port=4205|"
     "ssh.session.id=0",
     {{type("subsystem")}},
     Split::last},
    {"Starting session: forced-command {_:word} '{process.command_line}' on {session.tty:tty} for "
     "{user.name} from {peer} id "
     "{ssh.session.id:number}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: forced-command (config) '/bin/menu' on pts/4 for ann from 192.0.2.10 port "
     "4206 id 0",
     "ssh.session.type=forced-command|process.command_line=/bin/menu|session.tty=pts/"
     "4|user.name=ann|source.ip=192.0.2.10|"
     "source.port=4206|ssh.session.id=0",
     {{type("forced-command")}},
     Split::last},
    {"Starting session: forced-command {_:word} '{process.command_line}' for {user.name} from "
     "{peer} id "
     "{ssh.session.id:number}",
     "ssh-session-started",
     Outcome::success,
     EventClass::session_start,
     "Starting session: forced-command (key-option) 'backup --to 'x' for y' for ann from "
     "192.0.2.10 port 4207 id 0",
     "ssh.session.type=forced-command|process.command_line=backup --to 'x' for "
     "y|user.name=ann|source.ip=192.0.2.10|"
     "source.port=4207|ssh.session.id=0",
     {{type("forced-command")}},
     Split::last},
    {"Close session: user {user.name} from {peer} id {ssh.session.id:number}", "ssh-session-closed",
     Outcome::none, EventClass::session_end,
     "Close session: user ann from 192.0.2.10 port 4208 id 0",
     "user.name=ann|source.ip=192.0.2.10|source.port=4208|ssh.session.id=0"},
    {"User child is on pid {ssh.child_pid:number}", "ssh-child-pid", Outcome::none,
     EventClass::session_info, "User child is on pid 1539", "ssh.child_pid=1539"},
    {"Transferred: sent {destination.bytes:number}, received {source.bytes:number} bytes",
     "ssh-transferred", Outcome::none, EventClass::connection_info,
     "Transferred: sent 3852, received 3416 bytes", "destination.bytes=3852|source.bytes=3416"},
    {"subsystem request for {ssh.session.subsystem} by user {user.name} failed, subsystem not "
     "found",
     "ssh-subsystem-requested",
     Outcome::failure,
     EventClass::session_info,
     "subsystem request for netconf by user kim failed, subsystem not found",
     "event.reason=subsystem not found|ssh.session.subsystem=netconf|user.name=kim",
     {{{"event.reason", "subsystem not found"}}},
     Split::last},
    {"subsystem request for {ssh.session.subsystem} by user {user.name} failed, execution failed",
     "ssh-subsystem-requested",
     Outcome::failure,
     EventClass::session_info,
     "subsystem request for netconf by user kim failed, execution failed",
     "event.reason=execution failed|ssh.session.subsystem=netconf|user.name=kim",
     {{{"event.reason", "execution failed"}}},
     Split::last},
    {"subsystem request for {ssh.session.subsystem} by user {user.name}",
     "ssh-subsystem-requested",
     Outcome::none,
     EventClass::session_info,
     "subsystem request for sftp by user kim",
     "ssh.session.subsystem=sftp|user.name=kim",
     {},
     Split::last},
    {"subsystem request for {ssh.session.subsystem:word}", "ssh-subsystem-requested", Outcome::none,
     EventClass::session_info, "subsystem request for sftp", "ssh.session.subsystem=sftp"},
};

}  // namespace

std::span<const MessagePattern> sshd_session_patterns() { return kPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
