// sshd: connections and requests that it refused, what it limits, and the server itself.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

constexpr MessagePattern kPatterns[] = {
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
    {"Protocol major versions differ for {peer}: {_} vs. {ssh.client_banner}", "ssh-bad-protocol",
     Outcome::failure, EventClass::connection_denied,
     "Protocol major versions differ for 192.0.2.10 port 4113: SSH-2.0-OpenSSH_7.4 vs. SSH-1.5-x",
     "source.ip=192.0.2.10|source.port=4113|ssh.client_banner=SSH-1.5-x"},
    {"Protocol major versions differ for {source.ip:ip}: {_} vs. {ssh.client_banner}",
     "ssh-bad-protocol", Outcome::failure, EventClass::connection_denied,
     "Protocol major versions differ for 192.0.2.10: SSH-2.0-OpenSSH_7.2 vs. SSH-1.5-x",
     "source.ip=192.0.2.10|ssh.client_banner=SSH-1.5-x"},
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
    {"Timeout before authentication for connection from {source.ip:ip} to {destination.ip:ip}, pid "
     "= {ssh.child_pid:number} ({_})",
     "ssh-timeout", Outcome::failure, EventClass::connection_end,
     "Timeout before authentication for connection from 192.0.2.10 to 192.0.2.1, pid = 1199 "
     "(sending config)",
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
    {"reverse mapping checking getaddrinfo for {source.address:word} failed - POSSIBLE BREAK-IN "
     "ATTEMPT!",
     "ssh-dns-mismatch", Outcome::none, EventClass::connection_info,
     "reverse mapping checking getaddrinfo for host.example.org failed - POSSIBLE BREAK-IN "
     "ATTEMPT!",
     "source.address=host.example.org"},
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
    {"Unable to negotiate with {source.ip:ip}: {event.reason}. Their offer: "
     "{ssh.negotiation.offer}",
     "ssh-negotiation-failed", Outcome::failure, EventClass::connection_denied,
     "Unable to negotiate with 192.0.2.10: no matching cipher found. Their offer: aes128-cbc "
     "[preauth]",
     "source.ip=192.0.2.10|event.reason=no matching cipher "
     "found|ssh.negotiation.offer=aes128-cbc|ssh.preauth=true"},
    {"no matching {_:word} found: client {ssh.negotiation.offer:word} server {_:word}",
     "ssh-negotiation-failed",
     Outcome::failure,
     EventClass::connection_denied,
     "fatal: no matching mac found: client hmac-sha1,hmac-md5 server hmac-sha2-512 [preauth]",
     "event.reason=no matching algorithm|ssh.negotiation.offer=hmac-sha1,hmac-md5|ssh.preauth=true",
     {{{"event.reason", "no matching algorithm"}}}},
    {"Unable to negotiate a key exchange method",
     "ssh-negotiation-failed",
     Outcome::failure,
     EventClass::connection_denied,
     "fatal: Unable to negotiate a key exchange method [preauth]",
     "event.reason=no matching key exchange method|ssh.preauth=true",
     {{{"event.reason", "no matching key exchange method"}}}},
    {"Connection timed out during banner exchange",
     "ssh-bad-protocol",
     Outcome::failure,
     EventClass::connection_denied,
     "error: Connection timed out during banner exchange",
     "event.reason=timed out during banner exchange",
     {{{"event.reason", "timed out during banner exchange"}}}},
    {"Connection from {peer} with IP opts: {event.reason}", "ssh-connection-dropped",
     Outcome::failure, EventClass::connection_denied,
     "fatal: Connection from 192.0.2.10 port 4116 with IP opts:  83 03 10",
     "source.ip=192.0.2.10|source.port=4116|event.reason= 83 03 10"},
    {"Nasty PTR record \"{source.address:word}\" is set up for {source.ip:ip}, ignoring",
     "ssh-dns-mismatch", Outcome::none, EventClass::connection_info,
     "Nasty PTR record \"192.0.2.99\" is set up for 192.0.2.10, ignoring",
     "source.address=192.0.2.99|source.ip=192.0.2.10"},
    {"srclimit_penalise: {_:word} penalty table full, cannot penalise {network} for {event.reason}",
     "ssh-penalty",
     Outcome::none,
     EventClass::connection_denied,
     "srclimit_penalise: ipv4 penalty table full, cannot penalise 192.0.2.8/32 for penalty: failed "
     "authentication",
     "ssh.penalty.state=not-kept|source.ip=192.0.2.8|event.reason=penalty: failed authentication",
     {{{"ssh.penalty.state", "not-kept"}}}},
    {"session process {ssh.child_pid:number} for connection from {source.ip:ip} to "
     "{destination.ip:ip} killed by signal {_:digits}",
     "ssh-session-crashed", Outcome::failure, EventClass::connection_end,
     "session process 412 for connection from 192.0.2.10 to 192.0.2.1 killed by signal 11",
     "ssh.child_pid=412|source.ip=192.0.2.10|destination.ip=192.0.2.1"},
    {"Session process {ssh.child_pid:number} unpriv child crash for connection from {source.ip:ip} "
     "to {destination.ip:ip}",
     "ssh-session-crashed", Outcome::failure, EventClass::connection_end,
     "Session process 412 unpriv child crash for connection from 192.0.2.10 to 192.0.2.1",
     "ssh.child_pid=412|source.ip=192.0.2.10|destination.ip=192.0.2.1"},
    {"session process {ssh.child_pid:number} for connection from {source.ip:ip} to "
     "{destination.ip:ip} killed by signal {_:digits} ({_})",
     "ssh-session-crashed", Outcome::failure, EventClass::connection_end,
     "session process 412 for connection from 192.0.2.10 to 192.0.2.1 killed by signal 11 (sending "
     "keys)",
     "ssh.child_pid=412|source.ip=192.0.2.10|destination.ip=192.0.2.1"},
    {"Session process {ssh.child_pid:number} unpriv child crash for connection from {source.ip:ip} "
     "to {destination.ip:ip} ({_})",
     "ssh-session-crashed", Outcome::failure, EventClass::connection_end,
     "Session process 412 unpriv child crash for connection from 192.0.2.10 to 192.0.2.1 (early)",
     "ssh.child_pid=412|source.ip=192.0.2.10|destination.ip=192.0.2.1"},
    {"refused local port forward: originator {_:word} port {_:digits}, target "
     "{destination.address:word} port {destination.port:port}",
     "ssh-forward-refused", Outcome::failure, EventClass::connection_denied,
     "refused local port forward: originator 127.0.0.1 port 41234, target db.example.org port 5432",
     "destination.address=db.example.org|destination.port=5432"},
    {"refused streamlocal port forward: originator {_:word} port {_:digits}, target {file.path}",
     "ssh-forward-refused", Outcome::failure, EventClass::connection_denied,
     "refused streamlocal port forward: originator 127.0.0.1 port 41234, target /run/docker.sock",
     "file.path=/run/docker.sock"},
    {"Received request from {peer} to connect to host {destination.address:word} "
     "port {destination.port:port}, but the request was denied.",
     "ssh-forward-refused", Outcome::failure, EventClass::connection_denied,
     "Received request from 127.0.0.1 port 41234 to connect to host db.example.org port 5432, but "
     "the request was denied.",
     "source.ip=127.0.0.1|source.port=41234|destination.address=db.example.org|destination.port="
     "5432"},
    {"Received request to connect to host {destination.address:word} port {destination.port:port}, "
     "but the request was denied.",
     "ssh-forward-refused", Outcome::failure, EventClass::connection_denied,
     "Received request to connect to host db.example.org port 5432, but the request was denied.",
     "destination.address=db.example.org|destination.port=5432"},
    {"Received request to connect to path {file.path}, but the request was denied.",
     "ssh-forward-refused", Outcome::failure, EventClass::connection_denied,
     "Received request to connect to path /run/docker.sock, but the request was denied.",
     "file.path=/run/docker.sock"},
    {"Received request from {peer} to remote forward to host "
     "{destination.address:word} port {destination.port:port}, but the request was denied.",
     "ssh-forward-refused", Outcome::failure, EventClass::connection_denied,
     "Received request from 127.0.0.1 port 41234 to remote forward to host db.example.org port "
     "5432, but the request was denied.",
     "source.ip=127.0.0.1|source.port=41234|destination.address=db.example.org|destination.port="
     "5432"},
    {"Received request from {peer} to remote forward to path \"{file.path}\", "
     "but the request was denied.",
     "ssh-forward-refused", Outcome::failure, EventClass::connection_denied,
     "Received request from 127.0.0.1 port 41234 to remote forward to path \"/run/x.sock\", but "
     "the request was denied.",
     "source.ip=127.0.0.1|source.port=41234|file.path=/run/x.sock"},
    {"Received request from {peer} to remote forward, but the request was "
     "denied.",
     "ssh-forward-refused", Outcome::failure, EventClass::connection_denied,
     "Received request from 127.0.0.1 port 41234 to remote forward, but the request was "
     "denied.",
     "source.ip=127.0.0.1|source.port=41234"},
    {"X11 connection rejected because of wrong authentication.",
     "ssh-forward-refused",
     Outcome::failure,
     EventClass::connection_denied,
     "X11 connection rejected because of wrong authentication.",
     "event.reason=wrong X11 authentication",
     {{{"event.reason", "wrong X11 authentication"}}}},
    {"Connection from {peer}: refusing non-sftp session",
     "ssh-session-refused",
     Outcome::failure,
     EventClass::session_info,
     "error: Connection from 192.0.2.10 port 4117: refusing non-sftp session",
     "event.reason=non-sftp session|source.ip=192.0.2.10|source.port=4117",
     {{{"event.reason", "non-sftp session"}}}},
    {"Connection refused by tcp wrapper",
     "connection-refused",
     Outcome::failure,
     EventClass::connection_denied,
     "Connection refused by tcp wrapper",
     "event.reason=tcp wrapper",
     {{{"event.reason", "tcp wrapper"}}}},
    {"Server listening on {server.ip:ip} port {server.port:port} rdomain \"{_}\".",
     "ssh-server-listening", Outcome::none, EventClass::service_start,
     "Server listening on 0.0.0.0 port 22 rdomain \"blue\".", "server.ip=0.0.0.0|server.port=22"},
    {"preauth child {ssh.child_pid:number} for connection from {source.ip:ip} to "
     "{destination.ip:ip} prohibited by RefuseConnection",
     "ssh-connection-dropped",
     Outcome::failure,
     EventClass::connection_denied,
     "preauth child 412 for connection from 192.0.2.10 to 192.0.2.1 prohibited by RefuseConnection",
     "event.reason=RefuseConnection|ssh.child_pid=412|source.ip=192.0.2.10|destination.ip=192.0.2."
     "1",
     {{{"event.reason", "RefuseConnection"}}}},
    {"preauth child {ssh.child_pid:number} for connection from {source.ip:ip} to "
     "{destination.ip:ip} prohibited byRefuseConnection",
     "ssh-connection-dropped",
     Outcome::failure,
     EventClass::connection_denied,
     "preauth child 412 for connection from 192.0.2.10 to 192.0.2.1 prohibited byRefuseConnection",
     "event.reason=RefuseConnection|ssh.child_pid=412|source.ip=192.0.2.10|destination.ip=192.0.2."
     "1",
     {{{"event.reason", "RefuseConnection"}}}},
    {"session process {ssh.child_pid:number} for connection from {source.ip:ip} to "
     "{destination.ip:ip} terminated abnormally, status={_:word}",
     "ssh-session-crashed", Outcome::failure, EventClass::connection_end,
     "error: session process 412 for connection from 192.0.2.10 to 192.0.2.1 terminated "
     "abnormally, status=0x100",
     "ssh.child_pid=412|source.ip=192.0.2.10|destination.ip=192.0.2.1"},
    {"RekeyLimit exceeded before authentication completed",
     "ssh-negotiation-failed",
     Outcome::failure,
     EventClass::connection_denied,
     "error: RekeyLimit exceeded before authentication completed",
     "event.reason=RekeyLimit",
     {{{"event.reason", "RekeyLimit"}}}},
    {"Attempt to write login records by non-root user (aborting)",
     "ssh-session-refused",
     Outcome::failure,
     EventClass::session_info,
     "Attempt to write login records by non-root user (aborting)",
     "event.reason=login records",
     {{{"event.reason", "login records"}}}},
};

}  // namespace

std::span<const MessagePattern> sshd_limit_patterns() { return kPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
