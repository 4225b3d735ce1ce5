// sshd: connections and their ends.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

constexpr Constant kind(std::string_view value) { return {"ssh.disconnect.kind", value}; }

constexpr MessagePattern kPatterns[] = {
    {"Connection closed by {who}{peer?}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Connection closed by user ann 192.0.2.10 port 4100",
     "ssh.disconnect.kind=closed|user.name=ann|source.ip=192.0.2.10|source.port=4100",
     {{kind("closed")}}},
    {"Connection reset by {who}{peer?}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Connection reset by 192.0.2.10 port 4101 [preauth]",
     "ssh.disconnect.kind=reset|source.ip=192.0.2.10|source.port=4101|ssh.preauth=true",
     {{kind("reset")}}},
    {"Disconnected from {who}{peer?}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Disconnected from user ann 192.0.2.10 port 4102",
     "ssh.disconnect.kind=disconnected|user.name=ann|source.ip=192.0.2.10|source.port=4102",
     {{kind("disconnected")}}},
    {"Connection from {who}{peer} timed out",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Connection from user ann 192.0.2.10 port 4103 timed out",
     "ssh.disconnect.kind=timeout|user.name=ann|source.ip=192.0.2.10|source.port=4103",
     {{kind("timeout")}}},
    {"Disconnecting {who}{peer}: {event.reason}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Disconnecting user bob 192.0.2.12 port 42156: Change of username or service "
     "not allowed: "
     "(a,ssh-connection) -> (x 6.6.6.6 port 1: b,ssh-connection) [preauth]",
     "ssh.disconnect.kind=disconnecting|user.name=bob|source.ip=192.0.2.12|source.port=42156|event."
     "reason=Change of username "
     "or service not allowed: (a,ssh-connection) -> (x 6.6.6.6 port 1: "
     "b,ssh-connection)|ssh.preauth=true",
     {{kind("disconnecting")}}},
    {"Disconnecting: Too many authentication failures for {user.name}",
     "ssh-disconnect",
     Outcome::failure,
     EventClass::login_abandoned,
     "Disconnecting: Too many authentication failures for root [preauth]",
     "ssh.disconnect.kind=disconnecting|event.reason=Too many authentication "
     "failures|user.name=root|ssh.preauth=true",
     {{kind("disconnecting"), {"event.reason", "Too many authentication failures"}}}},
    {"Disconnecting: {event.reason}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Disconnecting: Too many authentication failures [preauth]",
     "ssh.disconnect.kind=disconnecting|event.reason=Too many authentication "
     "failures|ssh.preauth=true",
     {{kind("disconnecting")}}},
    {"Received disconnect from {peer}:{ssh.disconnect.code:number}: {event.reason}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "error: Received disconnect from 192.0.2.10 port 4104:3: from 6.6.6.6 port 1:11: x [preauth]",
     "ssh.disconnect.kind=received|source.ip=192.0.2.10|source.port=4104|ssh.disconnect.code=3|"
     "event.reason=from 6.6.6.6 port 1:11: x|ssh.preauth=true",
     {{kind("received")}}},
    {"Received disconnect from {source.ip:ip}: {ssh.disconnect.code:number}: {event.reason}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Received disconnect from 2001:db8::1: 11: Bye Bye [preauth]",
     "ssh.disconnect.kind=received|source.ip=2001:db8::1|ssh.disconnect.code=11|event.reason=Bye "
     "Bye|ssh.preauth=true",
     {{kind("received")}}},
    {"Closing connection to {peer}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Closing connection to 192.0.2.10 port 4105",
     "ssh.disconnect.kind=closing|source.ip=192.0.2.10|source.port=4105",
     {{kind("closing")}}},
    // Until 7.6.
    {"Timeout, client not responding.",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Timeout, client not responding.",
     "ssh.disconnect.kind=client-timeout",
     {{kind("client-timeout")}}},
    {"Timeout, client not responding from {who}{peer}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Timeout, client not responding from user ann 192.0.2.10 port 4106",
     "ssh.disconnect.kind=client-timeout|user.name=ann|source.ip=192.0.2.10|source.port=4106",
     {{kind("client-timeout")}}},
    {"terminating inactive connection from {who}{peer}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "terminating inactive connection from user ann 192.0.2.10 port 4107",
     "ssh.disconnect.kind=inactive|user.name=ann|source.ip=192.0.2.10|source.port=4107",
     {{kind("inactive")}}},
    {"ssh_dispatch_run_fatal: Connection from {who}{peer}: {event.reason}",
     "ssh-disconnect",
     Outcome::failure,
     EventClass::connection_end,
     "fatal: ssh_dispatch_run_fatal: Connection from invalid user eve 192.0.2.10 port 4108: "
     "message authentication code incorrect "
     "[preauth]",
     "ssh.disconnect.kind=fatal|ssh.invalid_user=true|user.name=eve|source.ip=192.0.2.10|source."
     "port=4108|"
     "event.reason=message authentication code incorrect|ssh.preauth=true",
     {{kind("fatal")}}},
    {"Read error from remote host {who}{peer}: {event.reason}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Read error from remote host 192.0.2.10 port 4109: Connection reset by peer",
     "ssh.disconnect.kind=read-error|source.ip=192.0.2.10|source.port=4109|event.reason=Connection "
     "reset by peer",
     {{kind("read-error")}}},
    {"Connection from {peer} on {destination.ip:ip} port {destination.port:port}",
     "ssh-connection-opened", Outcome::none, EventClass::connection_start,
     "Connection from 192.0.2.10 port 4110 on 192.0.2.1 port 22",
     "source.ip=192.0.2.10|source.port=4110|destination.ip=192.0.2.1|destination.port=22"},
    {"Connection from {peer} on {destination.ip:ip} port {destination.port:port} rdomain \"{_}\"",
     "ssh-connection-opened", Outcome::none, EventClass::connection_start,
     "Connection from fe80::1%eth0 port 4111 on fe80::2%eth0 port 22 rdomain \"\"",
     "source.ip=fe80::1|source.address=fe80::1%eth0|source.port=4111|destination.ip=fe80::2|"
     "destination.port=22"},
    {"Connection from {peer?}", "ssh-connection-opened", Outcome::none,
     EventClass::connection_start, "Connection from 192.0.2.10 port 4110",
     "source.ip=192.0.2.10|source.port=4110"},
    {"Read error from remote host {source.ip:ip}: {event.reason}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Read error from remote host 192.0.2.10: Connection reset by peer",
     "ssh.disconnect.kind=read-error|source.ip=192.0.2.10|event.reason=Connection reset by peer",
     {{{"ssh.disconnect.kind", "read-error"}}}},
};

}  // namespace

std::span<const MessagePattern> sshd_connection_patterns() { return kPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
