// vsftpd, and what libraries write in the name of any program.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

// A client chooses the name of a login that fails and, as ftp, a password, where vsftpd writes blanks as "_". Names that
// logged in have no blank here, so that a file's name cannot make a login of its line.
constexpr MessagePattern kVsftpdPatterns[] = {
    {"[{user.name:word}] OK LOGIN: Client \"{source.ip:ip}\"", "ftp-login", Outcome::success,
     EventClass::auth_start, "[ann] OK LOGIN: Client \"192.0.2.10\"",
     "user.name=ann|source.ip=192.0.2.10"},
    {"[{user.name:word}] OK LOGIN: Client \"{source.ip:ip}\", anon password \"{_}\"", "ftp-login",
     Outcome::success, EventClass::auth_start,
     "[ftp] OK LOGIN: Client \"192.0.2.10\", anon password \"x@example.org\"",
     "user.name=ftp|source.ip=192.0.2.10"},
    {"[{user.name:word}] OK UPLOAD: Client \"{source.ip:ip}\", \"{file.path}\", "
     "{source.bytes:number} bytes, {_:word}Kbyte/sec",
     "ftp-file", Outcome::success, EventClass::file_access,
     "[ann] OK UPLOAD: Client \"192.0.2.10\", \"/home/ann/up load\", 120 bytes, 137.54Kbyte/sec",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/up load|source.bytes=120"},
    {"[{user.name:word}] OK UPLOAD: Client \"{source.ip:ip}\", \"{file.path}\", "
     "{_:word}Kbyte/sec",
     "ftp-file", Outcome::success, EventClass::file_access,
     "[ann] OK UPLOAD: Client \"192.0.2.10\", \"/home/ann/missing\", 0.00Kbyte/sec",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/missing"},
    {"[{user.name:word}] OK DOWNLOAD: Client \"{source.ip:ip}\", \"{file.path}\", "
     "{destination.bytes:number} bytes, {_:word}Kbyte/sec",
     "ftp-file", Outcome::success, EventClass::file_access,
     "[ann] OK DOWNLOAD: Client \"192.0.2.10\", \"/home/ann/up load\", 120 bytes, 137.54Kbyte/sec",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/up load|destination.bytes=120"},
    {"[{user.name:word}] OK DOWNLOAD: Client \"{source.ip:ip}\", \"{file.path}\", "
     "{_:word}Kbyte/sec",
     "ftp-file", Outcome::success, EventClass::file_access,
     "[ann] OK DOWNLOAD: Client \"192.0.2.10\", \"/home/ann/missing\", 0.00Kbyte/sec",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/missing"},
    {"[{user.name:word}] OK MKDIR: Client \"{source.ip:ip}\", \"{file.path}\"", "ftp-file",
     Outcome::success, EventClass::file_access,
     "[ann] OK MKDIR: Client \"192.0.2.10\", \"/home/ann/d\"",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/d"},
    {"[{user.name:word}] OK RMDIR: Client \"{source.ip:ip}\", \"{file.path}\"", "ftp-file",
     Outcome::success, EventClass::file_access,
     "[ann] OK RMDIR: Client \"192.0.2.10\", \"/home/ann/d\"",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/d"},
    {"[{user.name:word}] OK DELETE: Client \"{source.ip:ip}\", \"{file.path}\"", "ftp-file",
     Outcome::success, EventClass::file_access,
     "[ann] OK DELETE: Client \"192.0.2.10\", \"/home/ann/d\"",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/d"},
    {"[{user.name:word}] OK CHMOD: Client \"{source.ip:ip}\", \"{file.path} {_:word}\"", "ftp-file",
     Outcome::success, EventClass::file_access,
     "[ann] OK CHMOD: Client \"192.0.2.10\", \"/home/ann/b c 600\"",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/b c"},
    // Two names, and a blank between them that they may hold, too.
    {"[{user.name:word}] OK RENAME: Client \"{source.ip:ip}\", \"{_}\"", "ftp-file",
     Outcome::success, EventClass::file_access,
     "[ann] OK RENAME: Client \"192.0.2.10\", \"/home/ann/up load /home/ann/b c\"",
     "user.name=ann|source.ip=192.0.2.10"},
    {"[{user.name:word}] FAIL UPLOAD: Client \"{source.ip:ip}\", \"{file.path}\", "
     "{source.bytes:number} bytes, {_:word}Kbyte/sec",
     "ftp-file", Outcome::failure, EventClass::file_access,
     "[ann] FAIL UPLOAD: Client \"192.0.2.10\", \"/home/ann/up load\", 120 bytes, 137.54Kbyte/sec",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/up load|source.bytes=120"},
    {"[{user.name:word}] FAIL UPLOAD: Client \"{source.ip:ip}\", \"{file.path}\", "
     "{_:word}Kbyte/sec",
     "ftp-file", Outcome::failure, EventClass::file_access,
     "[ann] FAIL UPLOAD: Client \"192.0.2.10\", \"/home/ann/missing\", 0.00Kbyte/sec",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/missing"},
    {"[{user.name:word}] FAIL DOWNLOAD: Client \"{source.ip:ip}\", \"{file.path}\", "
     "{destination.bytes:number} bytes, {_:word}Kbyte/sec",
     "ftp-file", Outcome::failure, EventClass::file_access,
     "[ann] FAIL DOWNLOAD: Client \"192.0.2.10\", \"/home/ann/up load\", 120 bytes, "
     "137.54Kbyte/sec",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/up load|destination.bytes=120"},
    {"[{user.name:word}] FAIL DOWNLOAD: Client \"{source.ip:ip}\", \"{file.path}\", "
     "{_:word}Kbyte/sec",
     "ftp-file", Outcome::failure, EventClass::file_access,
     "[ann] FAIL DOWNLOAD: Client \"192.0.2.10\", \"/home/ann/missing\", 0.00Kbyte/sec",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/missing"},
    {"[{user.name:word}] FAIL MKDIR: Client \"{source.ip:ip}\", \"{file.path}\"", "ftp-file",
     Outcome::failure, EventClass::file_access,
     "[ann] FAIL MKDIR: Client \"192.0.2.10\", \"/home/ann/d\"",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/d"},
    {"[{user.name:word}] FAIL RMDIR: Client \"{source.ip:ip}\", \"{file.path}\"", "ftp-file",
     Outcome::failure, EventClass::file_access,
     "[ann] FAIL RMDIR: Client \"192.0.2.10\", \"/home/ann/d\"",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/d"},
    {"[{user.name:word}] FAIL DELETE: Client \"{source.ip:ip}\", \"{file.path}\"", "ftp-file",
     Outcome::failure, EventClass::file_access,
     "[ann] FAIL DELETE: Client \"192.0.2.10\", \"/home/ann/d\"",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/d"},
    {"[{user.name:word}] FAIL CHMOD: Client \"{source.ip:ip}\", \"{file.path} {_:word}\"",
     "ftp-file", Outcome::failure, EventClass::file_access,
     "[ann] FAIL CHMOD: Client \"192.0.2.10\", \"/home/ann/b c 600\"",
     "user.name=ann|source.ip=192.0.2.10|file.path=/home/ann/b c"},
    {"[{user.name:word}] FAIL RENAME: Client \"{source.ip:ip}\", \"{_}\"", "ftp-file",
     Outcome::failure, EventClass::file_access,
     "[ann] FAIL RENAME: Client \"192.0.2.10\", \"/home/ann/up load /home/ann/b c\"",
     "user.name=ann|source.ip=192.0.2.10"},
    {"[{user.name}] FAIL LOGIN: Client \"{source.ip:ip}\"", "ftp-login", Outcome::failure,
     EventClass::auth_info, "[ann] FAIL LOGIN: Client \"192.0.2.10\"",
     "user.name=ann|source.ip=192.0.2.10"},
    {"CONNECT: Client \"{source.ip:ip}\"", "ftp-connection-opened", Outcome::none,
     EventClass::connection_start, "CONNECT: Client \"192.0.2.10\"", "source.ip=192.0.2.10"},
    {"CONNECT: Client \"{source.ip:ip}\", \"Connection refused: {event.reason}\"",
     "connection-refused", Outcome::failure, EventClass::connection_denied,
     "CONNECT: Client \"192.0.2.10\", \"Connection refused: too many sessions for this address.\"",
     "source.ip=192.0.2.10|event.reason=too many sessions for this address."},
};

// libwrap, and modules of PAM that write without PAM's prefix.
constexpr MessagePattern kLibraryPatterns[] = {
    // With an answer of identd, which is the client's word: USER@HOST.
    {"refused connect from {_:word}@{source.address:word} ({source.ip:ip})", "connection-refused",
     Outcome::failure, EventClass::connection_denied,
     "refused connect from bob@h.example.org (192.0.2.10)",
     "source.address=h.example.org|source.ip=192.0.2.10"},
    {"refused connect from {_:word}@{host}", "connection-refused", Outcome::failure,
     EventClass::connection_denied, "refused connect from bob@h.example.org",
     "source.address=h.example.org"},
    {"refused connect from {source.address:word} ({source.ip:ip})", "connection-refused",
     Outcome::failure, EventClass::connection_denied,
     "refused connect from mail.example.org (192.0.2.10)",
     "source.address=mail.example.org|source.ip=192.0.2.10"},
    {"refused connect from {host}", "connection-refused", Outcome::failure,
     EventClass::connection_denied, "refused connect from 192.0.2.10", "source.ip=192.0.2.10"},
    {"pam_ssh_agent_auth: Authenticated: `{user.name}' as `{_}' using {ssh.key.location}",
     "pam-authenticated", Outcome::success, EventClass::auth_info,
     "pam_ssh_agent_auth: Authenticated: `ann' as `ann' using /etc/security/authorized_keys",
     "user.name=ann|ssh.key.location=/etc/security/authorized_keys"},
    {"pam_ssh_agent_auth: Failed Authentication: `{user.name}' as `{_}' using {ssh.key.location}",
     "pam-auth-failed", Outcome::failure, EventClass::auth_info,
     "pam_ssh_agent_auth: Failed Authentication: `ann' as `ann' using "
     "/etc/security/authorized_keys",
     "user.name=ann|ssh.key.location=/etc/security/authorized_keys"},
    {"pam_ssh_agent_auth: Found matching {ssh.key.type:word} key: {ssh.key.fingerprint:word}",
     "ssh-key-accepted", Outcome::none, EventClass::auth_info,
     "pam_ssh_agent_auth: Found matching RSA key: 39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84",
     "ssh.key.type=RSA|ssh.key.fingerprint=39:33:99:e9:a0:dc:f2:33:a3:e5:72:3b:7c:3a:56:84"},
};

}  // namespace

std::span<const MessagePattern> vsftpd_patterns() { return kVsftpdPatterns; }
std::span<const MessagePattern> library_patterns() { return kLibraryPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
