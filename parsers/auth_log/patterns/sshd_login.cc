// sshd: who tried to log in, with what, and how it ended.
#include "parsers/auth_log/patterns/pattern_catalog.h"

namespace auditship::parsers::auth_log::patterns {
namespace {

constexpr Constant kInvalid = {"ssh.invalid_user", "true", event::FieldType::literal};

constexpr MessagePattern kPatterns[] = {
    {"Accepted {method} for {user.name} from {peer} ssh2{key}",
     "ssh-login",
     Outcome::success,
     EventClass::auth_start,
     "Accepted publickey for ann from 192.0.2.10 port 50023 ssh2: RSA "
     "39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84",
     "ssh.auth.result=accepted|ssh.auth.method=publickey|user.name=ann|source.ip=192.0.2.10|source."
     "port=50023|"
     "ssh.key.type=RSA|ssh.key.fingerprint=39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84",
     {{{"ssh.auth.result", "accepted"}}}},
    {"Failed {method} for {login} from {peer} ssh2{key}",
     "ssh-login",
     Outcome::failure,
     EventClass::auth_info,
     "Failed keyboard-interactive/pam for invalid user admin from 192.0.2.11 port 4021 ssh2",
     "ssh.auth.result=failed|ssh.auth.method=keyboard-interactive|ssh.auth.submethod=pam|ssh."
     "invalid_user=true|"
     "user.name=admin|source.ip=192.0.2.11|source.port=4021",
     {{{"ssh.auth.result", "failed"}}}},
    {"Partial {method} for {login} from {peer} ssh2{key}",
     "ssh-login",
     Outcome::unknown,
     EventClass::auth_info,
     "Partial publickey for ann from 192.0.2.10 port 50023 ssh2: ED25519 "
     "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk",
     "ssh.auth.result=partial|ssh.auth.method=publickey|user.name=ann|source.ip=192.0.2.10|source."
     "port=50023|"
     "ssh.key.type=ED25519|ssh.key.fingerprint=SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk",
     {{{"ssh.auth.result", "partial"}}}},
    {"Postponed {method} for {login} from {peer} ssh2{key}",
     "ssh-login",
     Outcome::unknown,
     EventClass::auth_info,
     "Postponed publickey for ann from 192.0.2.10 port 50023 ssh2 [preauth]",
     "ssh.auth.result=postponed|ssh.auth.method=publickey|user.name=ann|source.ip=192.0.2.10|"
     "source.port=50023|"
     "ssh.preauth=true",
     {{{"ssh.auth.result", "postponed"}}}},
    {"Invalid user {user.name} from {peer?}",
     "ssh-invalid-user",
     Outcome::failure,
     EventClass::auth_info,
     "Invalid user test from 192.0.2.11",
     "ssh.invalid_user=true|user.name=test|source.ip=192.0.2.11",
     {{kInvalid}}},
    {"input_userauth_request: invalid user {user.name}",
     "ssh-invalid-user",
     Outcome::failure,
     EventClass::auth_info,
     "input_userauth_request: invalid user test [preauth]",
     "ssh.invalid_user=true|user.name=test|ssh.preauth=true",
     {{kInvalid}}},
    {"maximum authentication attempts exceeded for {login} from {peer} ssh2", "ssh-login-limit",
     Outcome::failure, EventClass::auth_info,
     "error: maximum authentication attempts exceeded for invalid user bob from 192.0.2.12 port "
     "42156 ssh2 [preauth]",
     "ssh.invalid_user=true|user.name=bob|source.ip=192.0.2.12|source.port=42156|ssh.preauth=true"},
    {"User {user.name} from {host} not allowed because {event.reason}", "ssh-user-not-allowed",
     Outcome::failure, EventClass::auth_info,
     "User dave from mail.example.org not allowed because listed in DenyUsers",
     "user.name=dave|source.address=mail.example.org|event.reason=listed in DenyUsers"},
    {"User {user.name} not allowed because {event.reason}", "ssh-user-not-allowed",
     Outcome::failure, EventClass::auth_info,
     "User noshell not allowed because shell /bin/none does not exist",
     "user.name=noshell|event.reason=shell /bin/none does not exist"},
    {"administratively prohibited connection for {login} from {peer}", "ssh-user-not-allowed",
     Outcome::failure, EventClass::auth_info,
     "administratively prohibited connection for eve from 192.0.2.13 port 4000",
     "user.name=eve|source.ip=192.0.2.13|source.port=4000"},
    {"ROOT LOGIN REFUSED FROM {peer?}",
     "ssh-root-refused",
     Outcome::failure,
     EventClass::auth_info,
     "ROOT LOGIN REFUSED FROM 192.0.2.14 port 4001 [preauth]",
     "user.name=root|source.ip=192.0.2.14|source.port=4001|ssh.preauth=true",
     {{{"user.name", "root"}}}},
    {"Access denied for user {user.name} by PAM account configuration", "ssh-account-denied",
     Outcome::failure, EventClass::auth_info,
     "fatal: Access denied for user dora by PAM account configuration [preauth]",
     "user.name=dora|ssh.preauth=true"},
    {"PAM: {event.reason} for {login} from {host}", "ssh-pam-error", Outcome::failure,
     EventClass::auth_info,
     "error: PAM: Authentication failure for illegal user eve from mail.example.org",
     "event.reason=Authentication "
     "failure|ssh.invalid_user=true|user.name=eve|source.address=mail.example.org"},
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
    {"Certificate invalid: {event.reason}", "ssh-key-rejected", Outcome::failure,
     EventClass::auth_info, "error: Certificate invalid: expired", "event.reason=expired"},
    {"Refused by certificate options",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Refused by certificate options",
     "event.reason=certificate options",
     {{{"event.reason", "certificate options"}}}},
    {"Refused by key options",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Refused by key options",
     "event.reason=key options",
     {{{"event.reason", "key options"}}}},
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
    {"Authentication key {ssh.key.type:word} {ssh.key.fingerprint:word} revoked by file {_}",
     "ssh-key-rejected",
     Outcome::failure,
     EventClass::auth_info,
     "error: Authentication key RSA SHA256:aC0KYTsxS/LUkxPUTAdEHtspbNwwqZitPxy6BCHrKkk revoked by "
     "file /etc/ssh/revoked",
     "event.reason=revoked|ssh.key.type=RSA|ssh.key.fingerprint=SHA256:aC0KYTsxS/"
     "LUkxPUTAdEHtspbNwwqZitPxy6BCHrKkk",
     {{{"event.reason", "revoked"}}}},
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
    {"Authentication refused: {event.reason}", "ssh-key-rejected", Outcome::failure,
     EventClass::auth_info,
     "Authentication refused: bad ownership or modes for directory /home/ann",
     "event.reason=bad ownership or modes for directory /home/ann"},
};

}  // namespace

std::span<const MessagePattern> sshd_login_patterns() { return kPatterns; }

}  // namespace auditship::parsers::auth_log::patterns
