// sshd: certificates that were refused, and why.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

constexpr MessagePattern kPatterns[] = {
    {"Certificate invalid: {event.reason}", "ssh-key-rejected", Outcome::failure,
     EventClass::auth_info, "error: Certificate invalid: expired", "event.reason=expired"},
    {"Refused by certificate options",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Refused by certificate options",
     "event.reason=certificate options",
     {{{"event.reason", "certificate options"}}}},
    {"Refusing certificate ID \"{ssh.cert.id}\" serial={ssh.cert.serial:digits} signed by "
     "{ssh.cert.ca.type:word} CA {ssh.cert.ca.fingerprint:word} via {_:word}: {event.reason}",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Refusing certificate ID \"p\" serial=7 signed by ED25519 CA "
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 via /etc/ssh/ca.pub: Certificate invalid: "
     "name is not a listed principal",
     "ssh.cert.id=p|ssh.cert.serial=7|ssh.cert.ca.type=ED25519|ssh.cert.ca.fingerprint="
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4|event.reason=Certificate invalid: name is "
     "not a listed principal",
     {},
     Split::last},
    {"Refusing certificate ID \"{ssh.cert.id}\" serial={ssh.cert.serial:digits} signed by "
     "{ssh.cert.ca.type:word} CA {ssh.cert.ca.fingerprint:word}: {event.reason}",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Refusing certificate ID \"expired\" serial=0 signed by ED25519 CA "
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4: Certificate invalid: expired",
     "ssh.cert.id=expired|ssh.cert.serial=0|ssh.cert.ca.type=ED25519|ssh.cert.ca.fingerprint="
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4|event.reason=Certificate invalid: expired",
     {},
     Split::last},
    {"cert: Authentication tried for {user.name} with valid certificate but not from a permitted "
     "source address "
     "({source.ip:ip}).",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "cert: Authentication tried for ann with valid certificate but not from a permitted source "
     "address (192.0.2.15).",
     "event.reason=source address not permitted|user.name=ann|source.ip=192.0.2.15",
     {{{"event.reason", "source address not permitted"}}}},
    {"{ssh.key.location}: Authentication tried for {user.name} with valid certificate but not from "
     "a permitted source address ({source.ip:ip}).",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "/home/ann/.ssh/authorized_keys:3: Authentication tried for ann with valid certificate but "
     "not from a permitted source address (192.0.2.15).",
     "event.reason=source address not "
     "permitted|ssh.key.location=/home/ann/.ssh/"
     "authorized_keys:3|user.name=ann|source.ip=192.0.2.15",
     {{{"event.reason", "source address not permitted"}}}},
    {"Certificate critical option \"{_}\" is not supported",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Certificate critical option \"unknown@example.org\" is not supported",
     "event.reason=critical option is not supported",
     {{{"event.reason", "critical option is not supported"}}}},
    {"Invalid certificate options",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Invalid certificate options",
     "event.reason=invalid certificate options",
     {{{"event.reason", "invalid certificate options"}}}},
    {"Unable to parse certificate options: {event.reason}", "ssh-key-rejected", Outcome::failure,
     EventClass::auth_info, "error: Unable to parse certificate options: invalid format",
     "event.reason=invalid format"},
    {"Unable to parse certificate options",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Unable to parse certificate options",
     "event.reason=certificate options",
     {{{"event.reason", "certificate options"}}}},
    {"Certificate option \"{_}\" corrupt (extra data)",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Certificate option \"force-command\" corrupt (extra data)",
     "event.reason=corrupt certificate option",
     {{{"event.reason", "corrupt certificate option"}}}},
    {"Certificate has multiple force-command options",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Certificate has multiple force-command options",
     "event.reason=Certificate has multiple force-command options",
     {{{"event.reason", "Certificate has multiple force-command options"}}}},
    {"Certificate has multiple source-address options",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Certificate has multiple source-address options",
     "event.reason=Certificate has multiple source-address options",
     {{{"event.reason", "Certificate has multiple source-address options"}}}},
    {"Certificate source-address contents invalid",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Certificate source-address contents invalid",
     "event.reason=Certificate source-address contents invalid",
     {{{"event.reason", "Certificate source-address contents invalid"}}}},
    {"{ssh.key.location}: Certificate source-address invalid",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: /home/ann/.ssh/authorized_keys:3: Certificate source-address invalid",
     "event.reason=Certificate source-address "
     "invalid|ssh.key.location=/home/ann/.ssh/authorized_keys:3",
     {{{"event.reason", "Certificate source-address invalid"}}}},
};

}  // namespace

std::span<const MessagePattern> sshd_certificate_patterns() { return kPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
