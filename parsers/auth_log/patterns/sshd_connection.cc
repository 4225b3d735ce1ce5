// sshd: connections, their ends, scanners, limits.
#include "parsers/auth_log/patterns/pattern_catalog.h"

namespace auditship::parsers::auth_log::patterns {
namespace {

constexpr Constant kind(std::string_view value) { return {"ssh.disconnect.kind", value}; }

constexpr MessagePattern kPatterns[] = {
    {"Connection closed by {who}{peer?}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Connection closed by invalid user x from 6.6.6.6 port 22 192.0.2.10 port 4100 [preauth]",
     "ssh.disconnect.kind=closed|ssh.invalid_user=true|user.name=x from 6.6.6.6 port "
     "22|source.ip=192.0.2.10|"
     "source.port=4100|ssh.preauth=true",
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
     "Connection from authenticatinguser ann 192.0.2.10 port 4103 timed out",
     "ssh.disconnect.kind=timeout|user.name=ann|source.ip=192.0.2.10|source.port=4103",
     {{kind("timeout")}}},
    {"Disconnecting {who}{peer}: {event.reason}",
     "ssh-disconnect",
     Outcome::none,
     EventClass::connection_end,
     "Disconnecting authenticating user bob 192.0.2.12 port 42156: Change of username or service "
     "not allowed: "
     "(a,ssh-connection) -> (x 6.6.6.6 port 1: b,ssh-connection) [preauth]",
     "ssh.disconnect.kind=disconnecting|user.name=bob|source.ip=192.0.2.12|source.port=42156|event."
     "reason=Change of username "
     "or service not allowed: (a,ssh-connection) -> (x 6.6.6.6 port 1: "
     "b,ssh-connection)|ssh.preauth=true",
     {{kind("disconnecting")}}},
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
    {"Unable to negotiate with {who}{peer}: {event.reason}. Their offer: {ssh.negotiation.offer}",
     "ssh-negotiation-failed", Outcome::failure, EventClass::connection_denied,
     "fatal: Unable to negotiate with 192.0.2.10 port 4112: no matching cipher found. Their offer: "
     "aes128-cbc [preauth]",
     "source.ip=192.0.2.10|source.port=4112|event.reason=no matching cipher "
     "found|ssh.negotiation.offer=aes128-cbc|"
     "ssh.preauth=true"},
    {"Did not receive identification string from {peer?}", "ssh-bad-protocol", Outcome::failure,
     EventClass::connection_denied,
     "Did not receive identification string from 2001:db8::7 port 40101",
     "source.ip=2001:db8::7|source.port=40101"},
    {"Bad protocol version identification '{ssh.client_banner}' from {peer?}", "ssh-bad-protocol",
     Outcome::failure, EventClass::connection_denied,
     "Bad protocol version identification 'x' from 6.6.6.6 port 1' from 192.0.2.12 port 40100",
     "ssh.client_banner=x' from 6.6.6.6 port 1|source.ip=192.0.2.12|source.port=40100"},
    {"kex_exchange_identification: client sent invalid protocol identifier \"{ssh.client_banner}\"",
     "ssh-bad-protocol", Outcome::failure, EventClass::connection_denied,
     "error: kex_exchange_identification: client sent invalid protocol identifier \"GET / "
     "HTTP/1.0\"",
     "ssh.client_banner=GET / HTTP/1.0"},
    {"kex_exchange_identification: {event.reason}", "ssh-bad-protocol", Outcome::failure,
     EventClass::connection_denied,
     "error: kex_exchange_identification: read: Connection reset by peer",
     "event.reason=read: Connection reset by peer"},
    {"Bad remote protocol version identification: '{ssh.client_banner}'", "ssh-bad-protocol",
     Outcome::failure, EventClass::connection_denied,
     "error: Bad remote protocol version identification: 'SSH-9'", "ssh.client_banner=SSH-9"},
    {"Protocol major versions differ: {event.reason}", "ssh-bad-protocol", Outcome::failure,
     EventClass::connection_denied, "error: Protocol major versions differ: 2 vs. 1",
     "event.reason=2 vs. 1"},
    {"banner exchange: Connection from {peer}: {event.reason}", "ssh-bad-protocol",
     Outcome::failure, EventClass::connection_denied,
     "banner exchange: Connection from 192.0.2.10 port 4113: invalid format",
     "source.ip=192.0.2.10|source.port=4113|event.reason=invalid format"},
    {"probed from {peer?} with {ssh.client_banner}.  Don't panic.", "ssh-bad-protocol",
     Outcome::failure, EventClass::connection_denied,
     "probed from 192.0.2.10 port 4114 with SSH-1.0-SSH_Version_Mapper.  Don't panic.",
     "source.ip=192.0.2.10|source.port=4114|ssh.client_banner=SSH-1.0-SSH_Version_Mapper"},
    {"scanned from {peer?} with {ssh.client_banner}.  Don't panic.", "ssh-bad-protocol",
     Outcome::failure, EventClass::connection_denied,
     "scanned from 192.0.2.10 with SSH-2.0-libssh.  Don't panic.",
     "source.ip=192.0.2.10|ssh.client_banner=SSH-2.0-libssh"},
    {"Timeout before authentication for connection from {source.ip:ip} to {destination.ip:ip}, pid "
     "= {ssh.child_pid:number}",
     "ssh-timeout", Outcome::failure, EventClass::connection_end,
     "Timeout before authentication for connection from 192.0.2.10 to 192.0.2.1, pid = 1199",
     "source.ip=192.0.2.10|destination.ip=192.0.2.1|ssh.child_pid=1199"},
    {"Timeout before authentication for {peer?}", "ssh-timeout", Outcome::failure,
     EventClass::connection_end, "fatal: Timeout before authentication for 192.0.2.10 port 4115",
     "source.ip=192.0.2.10|source.port=4115"},
    {"drop connection #{_:digits} from [{source.ip:ip}]:{source.port:port} on "
     "[{destination.ip:ip}]:{destination.port:port} "
     "{event.reason}",
     "ssh-connection-dropped", Outcome::failure, EventClass::connection_denied,
     "drop connection #2 from [2001:db8::1]:42226 on [2001:db8::2]:2204 past MaxStartups",
     "source.ip=2001:db8::1|source.port=42226|destination.ip=2001:db8::2|destination.port=2204|"
     "event.reason=past MaxStartups"},
    {"beginning MaxStartups throttling", "ssh-throttling", Outcome::none,
     EventClass::connection_info, "error: beginning MaxStartups throttling", ""},
    {"in MaxStartups throttling for {_:word}, {ssh.dropped_connections:number} connections dropped",
     "ssh-throttling", Outcome::none, EventClass::connection_info,
     "error: in MaxStartups throttling for 00:05:00, 12 connections dropped",
     "ssh.dropped_connections=12"},
    {"exited MaxStartups throttling after {_:word}, {ssh.dropped_connections:number} connections "
     "dropped",
     "ssh-throttling", Outcome::none, EventClass::connection_info,
     "exited MaxStartups throttling after 00:00:03, 3 connections dropped",
     "ssh.dropped_connections=3"},
    {"{event.reason} logging rate-limited: additional {ssh.dropped_connections:number} connections "
     "dropped",
     "ssh-throttling", Outcome::none, EventClass::connection_info,
     "Maxstartups logging rate-limited: additional 7 connections dropped",
     "event.reason=Maxstartups|ssh.dropped_connections=7"},
    {"srclimit_penalise: {_:word} new {network} {ssh.penalty.state:word} penalty of "
     "{ssh.penalty.seconds:decimal} seconds for "
     "{event.reason}",
     "ssh-penalty", Outcome::none, EventClass::connection_denied,
     "srclimit_penalise: ipv4: new 192.0.2.8/32 deferred penalty of 3 seconds for penalty: failed "
     "authentication",
     "source.ip=192.0.2.8|ssh.penalty.state=deferred|ssh.penalty.seconds=3|event.reason=penalty: "
     "failed authentication"},
    {"srclimit_penalise: {network}: activating {_:word} penalty of {ssh.penalty.seconds:decimal} "
     "seconds for {event.reason}",
     "ssh-penalty",
     Outcome::none,
     EventClass::connection_denied,
     "srclimit_penalise: 2001:db8::/64: activating ipv6 penalty of 17.250 seconds for penalty: "
     "caused crash",
     "ssh.penalty.state=active|ssh.penalty.seconds=17.250|event.reason=penalty: caused crash",
     {{{"ssh.penalty.state", "active"}}}},
    {"reverse mapping checking getaddrinfo for {source.address:word} [{source.ip:ip}] failed.",
     "ssh-dns-mismatch", Outcome::none, EventClass::connection_info,
     "reverse mapping checking getaddrinfo for host.example.org [192.0.2.10] failed.",
     "source.address=host.example.org|source.ip=192.0.2.10"},
    {"reverse mapping checking getaddrinfo for {source.address:word} [{source.ip:ip}] failed - "
     "POSSIBLE BREAK-IN ATTEMPT!",
     "ssh-dns-mismatch", Outcome::none, EventClass::connection_info,
     "reverse mapping checking getaddrinfo for host.example.org [192.0.2.10] failed - POSSIBLE "
     "BREAK-IN ATTEMPT!",
     "source.address=host.example.org|source.ip=192.0.2.10"},
    {"Address {source.ip:ip} maps to {source.address:word}, but this does not map back to the "
     "address.",
     "ssh-dns-mismatch", Outcome::none, EventClass::connection_info,
     "Address 192.0.2.10 maps to host.example.org, but this does not map back to the address.",
     "source.ip=192.0.2.10|source.address=host.example.org"},
    {"Address {source.ip:ip} maps to {source.address:word}, but this does not map back to the "
     "address - POSSIBLE BREAK-IN "
     "ATTEMPT!",
     "ssh-dns-mismatch", Outcome::none, EventClass::connection_info,
     "Address 192.0.2.10 maps to host.example.org, but this does not map back to the address - "
     "POSSIBLE BREAK-IN ATTEMPT!",
     "source.ip=192.0.2.10|source.address=host.example.org"},
    {"Server listening on {server.ip:ip} port {server.port:port}.", "ssh-server-listening",
     Outcome::none, EventClass::service_start, "Server listening on :: port 22.",
     "server.ip=::|server.port=22"},
    {"Received signal {_:digits}; terminating.", "ssh-server-terminated", Outcome::none,
     EventClass::service_end, "Received signal 15; terminating.", ""},
    {"Received SIGHUP; restarting.", "ssh-server-restarted", Outcome::none,
     EventClass::service_change, "Received SIGHUP; restarting.", ""},
};

}  // namespace

std::span<const MessagePattern> sshd_connection_patterns() { return kPatterns; }

}  // namespace auditship::parsers::auth_log::patterns
