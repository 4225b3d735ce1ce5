// sshd: keys that were accepted or refused, and certificates that were accepted.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

constexpr MessagePattern kPatterns[] = {
    {"Accepted key {ssh.key.type:word} {ssh.key.fingerprint:word} found at {ssh.key.location}",
     "ssh-key-accepted", Outcome::none, EventClass::auth_info,
     "Accepted key ED25519 SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk found at "
     "/home/ann/.ssh/authorized_keys:1",
     "ssh.key.type=ED25519|ssh.key.fingerprint=SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk|"
     "ssh.key.location=/home/ann/.ssh/authorized_keys:1"},
    {"Found matching {ssh.key.type:word} key: {ssh.key.fingerprint:word}", "ssh-key-accepted",
     Outcome::none, EventClass::auth_info,
     "Found matching RSA key: 39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84",
     "ssh.key.type=RSA|ssh.key.fingerprint=39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84"},
    {"Accepted certificate ID \"{ssh.cert.id}\" (serial {ssh.cert.serial:digits}) signed by "
     "{ssh.cert.ca.type:word} CA "
     "{ssh.cert.ca.fingerprint:word} via {_}",
     "ssh-key-accepted",
     Outcome::none,
     EventClass::auth_info,
     "Accepted certificate ID \"ann\" (serial 1) signed by RSA CA SHA256:x\" (serial 4711) signed "
     "by ED25519 CA "
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 via /etc/ssh/ca.pub",
     "ssh.cert.id=ann\" (serial 1) signed by RSA CA "
     "SHA256:x|ssh.cert.serial=4711|ssh.cert.ca.type=ED25519|"
     "ssh.cert.ca.fingerprint=SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4",
     {},
     Split::last},
    {"Accepted certificate ID \"{ssh.cert.id}\" signed by {ssh.cert.ca.type:word} CA "
     "{ssh.cert.ca.fingerprint:word} via {_}",
     "ssh-key-accepted",
     Outcome::none,
     EventClass::auth_info,
     "Accepted certificate ID \"ann\" signed by RSA CA "
     "39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84 via /etc/ssh/ca.pub",
     "ssh.cert.id=ann|ssh.cert.ca.type=RSA|ssh.cert.ca.fingerprint=39:33:99:e9:a0:dc:f2:33:a3:e5:"
     "72:3b:7c:3a:56:84",
     {},
     Split::last},
    {"Accepted certificate ID \"{ssh.cert.id}\" (serial {ssh.cert.serial:digits}) signed by CA "
     "{ssh.cert.ca.type:word} {ssh.cert.ca.fingerprint:word} found at {ssh.key.location}",
     "ssh-key-accepted",
     Outcome::none,
     EventClass::auth_info,
     "Accepted certificate ID \"ann\" (serial 7) signed by CA ED25519 "
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 found at /home/ann/.ssh/authorized_keys:2",
     "ssh.cert.id=ann|ssh.cert.serial=7|ssh.cert.ca.type=ED25519|ssh.cert.ca.fingerprint=SHA256:"
     "b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4|ssh.key.location=/home/ann/.ssh/"
     "authorized_keys:2",
     {},
     Split::last},
    {"Accepted certificate ID \"{ssh.cert.id}\" signed by {ssh.cert.ca.type:word} CA "
     "{ssh.cert.ca.fingerprint:word} from {ssh.auth.details}",
     "ssh-key-accepted",
     Outcome::none,
     EventClass::auth_info,
     "Accepted certificate ID \"host\" signed by ED25519 CA "
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 from ann@a.example.org",
     "ssh.cert.id=host|ssh.cert.ca.type=ED25519|ssh.cert.ca.fingerprint=SHA256:b2zjnbRZT4ifVNEDIs/"
     "RIElUKir63CwqZtya6GTA4B4|ssh.auth.details=ann@a.example.org",
     {},
     Split::last},
    {"Accepted {ssh.key.type:word} public key {ssh.key.fingerprint:word} from {ssh.auth.details}",
     "ssh-key-accepted", Outcome::none, EventClass::auth_info,
     "Accepted ED25519 public key SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 from "
     "ann@a.example.org",
     "ssh.key.type=ED25519|ssh.key.fingerprint=SHA256:b2zjnbRZT4ifVNEDIs/"
     "RIElUKir63CwqZtya6GTA4B4|ssh.auth.details=ann@a.example.org"},
    {"Refused by key options",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Refused by key options",
     "event.reason=key options",
     {{{"event.reason", "key options"}}}},
    {"Refused by key options at {ssh.key.location}",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Refused by key options at /home/dora/.ssh/authorized_keys:1",
     "event.reason=key options|ssh.key.location=/home/dora/.ssh/authorized_keys:1",
     {{{"event.reason", "key options"}}}},
    {"Authentication key {ssh.key.type:word} {ssh.key.fingerprint:word} revoked by file {_}",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Authentication key RSA SHA256:aC0KYTsxS/LUkxPUTAdEHtspbNwwqZitPxy6BCHrKkk revoked by "
     "file /etc/ssh/revoked",
     "event.reason=revoked|ssh.key.type=RSA|ssh.key.fingerprint=SHA256:aC0KYTsxS/"
     "LUkxPUTAdEHtspbNwwqZitPxy6BCHrKkk",
     {{{"event.reason", "revoked"}}}},
    {"Authentication tried for {user.name} with correct key but not from a permitted host "
     "(host={source.address:word}, "
     "ip={source.ip:ip}).",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "Authentication tried for ann with correct key but not from a permitted host "
     "(host=a.example.org, ip=192.0.2.16).",
     "event.reason=host not "
     "permitted|user.name=ann|source.address=a.example.org|source.ip=192.0.2.16",
     {{{"event.reason", "host not permitted"}}}},
    {"{ssh.key.location}: Authentication tried for {user.name} with correct key but not from a "
     "permitted host "
     "(host={source.address:word}, ip={source.ip:ip}, required={_:word}).",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "/home/ann/.ssh/authorized_keys:3: Authentication tried for ann with correct key but not from "
     "a permitted host "
     "(host=a.example.org, ip=192.0.2.16, required=10.0.0.0/8).",
     "event.reason=host not "
     "permitted|ssh.key.location=/home/ann/.ssh/authorized_keys:3|user.name=ann|"
     "source.address=a.example.org|source.ip=192.0.2.16",
     {{{"event.reason", "host not permitted"}}}},
    {"Authentication tried for {user.name} with valid certificate but not from a permitted host "
     "(ip={source.ip:ip}).",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "Authentication tried for ann with valid certificate but not from a permitted host "
     "(ip=192.0.2.16).",
     "event.reason=host not permitted|user.name=ann|source.ip=192.0.2.16",
     {{{"event.reason", "host not permitted"}}}},
    {"WARNING: authentication attempt with a revoked {ssh.key.type:word} key "
     "{ssh.key.fingerprint:word} ",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: WARNING: authentication attempt with a revoked RSA key "
     "39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84 ",
     "event.reason=revoked|ssh.key.type=RSA|ssh.key.fingerprint=39:33:99:e9:a0:dc:f2:33:a3:e5:72:"
     "3b:"
     "7c:3a:56:84",
     {{{"event.reason", "revoked"}}}},
    {"Authentication refused: {event.reason}", "ssh-key-rejected", Outcome::failure,
     EventClass::auth_info,
     "Authentication refused: bad ownership or modes for directory /home/ann",
     "event.reason=bad ownership or modes for directory /home/ann"},
    {"public key {ssh.key.type:word} {ssh.key.fingerprint:word} signature for {login} from {peer} "
     "rejected: user presence (authenticator touch) requirement not met ",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: public key ED25519-SK SHA256:27zWRSBNL/I1NfjRY8u+NtnpgFJvj+h01nvwhpQ9QrE signature "
     "for ann from 127.0.1.3 port 43161 rejected: user presence (authenticator touch) requirement "
     "not met ",
     "event.reason=user presence (authenticator touch) requirement not "
     "met|ssh.key.type=ED25519-SK|ssh.key.fingerprint=SHA256:27zWRSBNL/"
     "I1NfjRY8u+NtnpgFJvj+h01nvwhpQ9QrE|user.name=ann|source.ip=127.0.1.3|source.port=43161",
     {{{"event.reason", "user presence (authenticator touch) requirement not met"}}}},
    {"public key {ssh.key.type:word} {ssh.key.fingerprint:word} signature for {login} from {peer} "
     "rejected: user presence (authenticator touch) requirement not met",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: public key ED25519-SK SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 signature "
     "for ann from 192.0.2.10 port 4000 rejected: user presence (authenticator touch) requirement "
     "not met",
     "event.reason=user presence (authenticator touch) requirement not "
     "met|ssh.key.type=ED25519-SK|ssh.key.fingerprint=SHA256:b2zjnbRZT4ifVNEDIs/"
     "RIElUKir63CwqZtya6GTA4B4|user.name=ann|source.ip=192.0.2.10|source.port=4000",
     {{{"event.reason", "user presence (authenticator touch) requirement not met"}}}},
    {"public key {ssh.key.type:word} signature for {login} from {peer} rejected: user presence "
     "(authenticator touch) requirement not met ",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: public key ED25519-SK signature for ann from 192.0.2.10 port 4000 rejected: user "
     "presence (authenticator touch) requirement not met ",
     "event.reason=user presence (authenticator touch) requirement not "
     "met|ssh.key.type=ED25519-SK|user.name=ann|source.ip=192.0.2.10|source.port=4000",
     {{{"event.reason", "user presence (authenticator touch) requirement not met"}}}},
    {"public key {ssh.key.type:word} signature for {login} from {peer} rejected: user presence "
     "(authenticator touch) requirement not met",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: public key ED25519-SK signature for ann from 192.0.2.10 port 4000 rejected: user "
     "presence (authenticator touch) requirement not met",
     "event.reason=user presence (authenticator touch) requirement not "
     "met|ssh.key.type=ED25519-SK|user.name=ann|source.ip=192.0.2.10|source.port=4000",
     {{{"event.reason", "user presence (authenticator touch) requirement not met"}}}},
    {"public key {ssh.key.type:word} {ssh.key.fingerprint:word} signature for {login} from {peer} "
     "rejected: user verification requirement not met ",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: public key ED25519-SK SHA256:UTrJ76LtA2cti50XlWLNggOdpmbxkZiWx25WffTTZRQ signature "
     "for carol from 127.0.1.7 port 48135 rejected: user verification requirement not met ",
     "event.reason=user verification requirement not "
     "met|ssh.key.type=ED25519-SK|ssh.key.fingerprint=SHA256:"
     "UTrJ76LtA2cti50XlWLNggOdpmbxkZiWx25WffTTZRQ|user.name=carol|source.ip=127.0.1.7|source.port="
     "48135",
     {{{"event.reason", "user verification requirement not met"}}}},
    {"public key {ssh.key.type:word} {ssh.key.fingerprint:word} signature for {login} from {peer} "
     "rejected: user verification requirement not met",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: public key ED25519-SK SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 signature "
     "for ann from 192.0.2.10 port 4000 rejected: user verification requirement not met",
     "event.reason=user verification requirement not "
     "met|ssh.key.type=ED25519-SK|ssh.key.fingerprint=SHA256:b2zjnbRZT4ifVNEDIs/"
     "RIElUKir63CwqZtya6GTA4B4|user.name=ann|source.ip=192.0.2.10|source.port=4000",
     {{{"event.reason", "user verification requirement not met"}}}},
    {"public key {ssh.key.type:word} signature for {login} from {peer} rejected: user verification "
     "requirement not met ",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: public key ED25519-SK signature for ann from 192.0.2.10 port 4000 rejected: user "
     "verification requirement not met ",
     "event.reason=user verification requirement not "
     "met|ssh.key.type=ED25519-SK|user.name=ann|source.ip=192.0.2.10|source.port=4000",
     {{{"event.reason", "user verification requirement not met"}}}},
    {"public key {ssh.key.type:word} signature for {login} from {peer} rejected: user verification "
     "requirement not met",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: public key ED25519-SK signature for ann from 192.0.2.10 port 4000 rejected: user "
     "verification requirement not met",
     "event.reason=user verification requirement not "
     "met|ssh.key.type=ED25519-SK|user.name=ann|source.ip=192.0.2.10|source.port=4000",
     {{{"event.reason", "user verification requirement not met"}}}},
    {"Authentication refused for {user.name}: {event.reason}", "ssh-key-rejected", Outcome::failure,
     EventClass::auth_info, "Authentication refused for ann: bad owner or modes for /home/ann/.ssh",
     "user.name=ann|event.reason=bad owner or modes for /home/ann/.ssh"},
    {"WARNING: revoked key for {host} attempted authentication",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: WARNING: revoked key for web.example.org attempted authentication",
     "event.reason=revoked|source.address=web.example.org",
     {{{"event.reason", "revoked"}}}},
    {"Error checking authentication key {ssh.key.type:word} {ssh.key.fingerprint:word} in revoked "
     "keys file {_}: {event.reason}",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Error checking authentication key RSA "
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 in revoked keys file /etc/ssh/revoked: No "
     "such file or directory",
     "ssh.key.type=RSA|ssh.key.fingerprint=SHA256:b2zjnbRZT4ifVNEDIs/"
     "RIElUKir63CwqZtya6GTA4B4|event.reason=No such file or directory",
     {},
     Split::last},
    {"refusing {ssh.key.type:word} key: {event.reason}", "ssh-key-rejected", Outcome::failure,
     EventClass::auth_info, "refusing RSA key: Invalid key length",
     "ssh.key.type=RSA|event.reason=Invalid key length"},
    {"refusing previously-used {ssh.key.type:word} key",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "refusing previously-used RSA key",
     "event.reason=used before|ssh.key.type=RSA",
     {{{"event.reason", "used before"}}}},
    {"userauth_pubkey: {event.reason}", "ssh-key-rejected", Outcome::failure, EventClass::auth_info,
     "userauth_pubkey: signature algorithm ssh-rsa not in PubkeyAcceptedAlgorithms [preauth]",
     "event.reason=signature algorithm ssh-rsa not in PubkeyAcceptedAlgorithms|ssh.preauth=true"},
    {"userauth_hostbased: {event.reason}", "ssh-key-rejected", Outcome::failure,
     EventClass::auth_info,
     "userauth_hostbased: signature algorithm ssh-rsa not in HostbasedAcceptedAlgorithms [preauth]",
     "event.reason=signature algorithm ssh-rsa not in "
     "HostbasedAcceptedAlgorithms|ssh.preauth=true"},
    {"Could not open user '{user.name}' {_:word} {_:word} '{_}': {event.reason}",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "Could not open user 'ann' authorized keys '/home/ann/.ssh/authorized_keys': Permission "
     "denied",
     "user.name=ann|event.reason=Permission denied",
     {},
     Split::last},
    {"User '{user.name}' {_:word} {_:word} '{_}' is not a regular file",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "User 'ann' authorized keys '/home/ann/.ssh/authorized_keys' is not a regular file",
     "event.reason=not a regular file|user.name=ann",
     {{{"event.reason", "not a regular file"}}}},
    {"Error checking authentication key {ssh.key.type:word} {ssh.key.fingerprint:word} in revoked "
     "keys file {_:word}",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Error checking authentication key RSA "
     "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4 in revoked keys file /etc/ssh/revoked",
     "event.reason=revoked keys "
     "file|ssh.key.type=RSA|ssh.key.fingerprint=SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4",
     {{{"event.reason", "revoked keys file"}}}},
    {"Refusing RSA key because client uses unsafe signature scheme",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "Refusing RSA key because client uses unsafe signature scheme",
     "event.reason=client uses unsafe signature scheme",
     {{{"event.reason", "client uses unsafe signature scheme"}}}},
    {"Refusing RSA key because peer uses unsafe signature format",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "Refusing RSA key because peer uses unsafe signature format",
     "event.reason=peer uses unsafe signature format",
     {{{"event.reason", "peer uses unsafe signature format"}}}},
    {"User {user.name} hosts file {_} is not a regular file",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "User ann hosts file /home/ann/.shosts is not a regular file",
     "event.reason=not a regular file|user.name=ann",
     {{{"event.reason", "not a regular file"}}}},
    {"User {user.name:word} authorized {_:word} {_} is not a regular file",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "User ann authorized keys /home/ann/.ssh/authorized_keys is not a regular file",
     "event.reason=not a regular file|user.name=ann",
     {{{"event.reason", "not a regular file"}}}},
};

}  // namespace

std::span<const MessagePattern> sshd_key_patterns() { return kPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
