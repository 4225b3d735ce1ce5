// Kerberos: pam_krb5 and ksu; krb5kdc and kadmind are read by parsers/auth_log/kdc.
#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::catalog {
namespace {

// pam_krb5, without the prefix "pam_krb5(service:type): ".
constexpr MessagePattern kKerberosPatterns[] = {
    // pam_krb5 of RHEL.
    {"account checks fail for '{user.kerberos.principal:word}': user disallowed by .k5login file "
     "for "
     "'{user.name}'",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "account checks fail for 'ann@EXAMPLE.ORG': user disallowed by .k5login file for 'ann'",
     "event.reason=.k5login|user.kerberos.principal=ann@EXAMPLE.ORG|user.name=ann",
     {{{"event.reason", ".k5login"}}}},
    {"account checks fail for '{user.name:word}': {event.reason}", "pam-denied", Outcome::failure,
     EventClass::auth_info, "account checks fail for 'ann': password has expired",
     "user.name=ann|event.reason=password has expired"},
    {"user {user.name} authenticated as {user.kerberos.principal:word}",
     "pam-authenticated",
     Outcome::success,
     EventClass::auth_info,
     "user ann authenticated as ann@EXAMPLE.ORG",
     "user.name=ann|user.kerberos.principal=ann@EXAMPLE.ORG",
     {},
     Split::last},
    {"user {user.name} account password is expired", "pam-password-expired", Outcome::none,
     EventClass::auth_info, "user ann account password is expired", "user.name=ann"},
    {"user {user.name} password expired, forcing password change", "pam-password-expired",
     Outcome::none, EventClass::auth_info, "user ann password expired, forcing password change",
     "user.name=ann"},
    {"user {user.target.name} changed Kerberos password", "password-changed", Outcome::success,
     EventClass::user_change, "user ann changed Kerberos password", "user.target.name=ann"},
    {"user {user.name} does not match principal {user.kerberos.principal:word}",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "user ann does not match principal bob@EXAMPLE.ORG",
     "event.reason=principal does not match|user.name=ann|user.kerberos.principal=bob@EXAMPLE.ORG",
     {{{"event.reason", "principal does not match"}}}},
    {"authentication succeeds for '{user.name}' ({user.kerberos.principal:word})",
     "pam-authenticated", Outcome::success, EventClass::auth_info,
     "authentication succeeds for 'ann' (ann@EXAMPLE.ORG)",
     "user.name=ann|user.kerberos.principal=ann@EXAMPLE.ORG"},
    {"authentication fails for '{user.name}' ({user.kerberos.principal:word}): {event.reason}",
     "pam-auth-failed",
     Outcome::failure,
     EventClass::auth_info,
     "authentication fails for 'ann' (ann@EXAMPLE.ORG): Authentication failure (Preauthentication "
     "failed)",
     "user.name=ann|user.kerberos.principal=ann@EXAMPLE.ORG|event.reason=Authentication failure "
     "(Preauthentication failed)",
     {},
     Split::last},
    {"krb5_kuserok for user {user.name} failed",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "krb5_kuserok for user ann failed",
     "event.reason=krb5_kuserok|user.name=ann",
     {{{"event.reason", "krb5_kuserok"}}}},
    {"(user {user.name:word}) krb5_kuserok for user {_} failed",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "(user bob) krb5_kuserok for user bob failed",
     "event.reason=krb5_kuserok|user.name=bob",
     {{{"event.reason", "krb5_kuserok"}}}},
    {"user {user.name} does not match local name {_:word}",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "user ann does not match local name bob",
     "event.reason=local name does not match|user.name=ann",
     {{{"event.reason", "local name does not match"}}}},
    {"mapped user {user.name} does not match principal {user.kerberos.principal:word}",
     "pam-denied",
     Outcome::failure,
     EventClass::auth_info,
     "mapped user ann/admin does not match principal bob@EXAMPLE.ORG",
     "event.reason=principal does not "
     "match|user.name=ann/admin|user.kerberos.principal=bob@EXAMPLE.ORG",
     {{{"event.reason", "principal does not match"}}}},
};

// ksu of MIT Kerberos: authentication, then authorization by .k5login or .k5users. Without a ticket it names the account,
// and without a terminal none.
constexpr MessagePattern kKsuPatterns[] = {
    {"'ksu {user.effective.name}' authenticated {user.kerberos.principal} for {user.name} on "
     "{session.tty:tty}",
     "su-authenticated",
     Outcome::success,
     EventClass::auth_info,
     "'ksu root' authenticated ann/admin@EXAMPLE.ORG for ann on /dev/pts/0",
     "user.effective.name=root|user.kerberos.principal=ann/admin@EXAMPLE.ORG|user.name=ann|"
     "session.tty=pts/0",
     {},
     Split::last},
    {"'ksu {user.effective.name}' authenticated {user.kerberos.principal} for {user.name:word}",
     "su-authenticated",
     Outcome::success,
     EventClass::auth_info,
     "'ksu deploy' authenticated ann@EXAMPLE.ORG for ann",
     "user.effective.name=deploy|user.kerberos.principal=ann@EXAMPLE.ORG|user.name=ann",
     {},
     Split::last},
    {"'ksu {user.effective.name}' authentication failed for {user.name} on {session.tty:tty}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "'ksu ann' authentication failed for dave on /dev/pts/0",
     "user.effective.name=ann|user.name=dave|session.tty=pts/0",
     {},
     Split::last},
    {"'ksu {user.effective.name}' authentication failed for {user.name:word}",
     "su",
     Outcome::failure,
     EventClass::command_denied,
     "'ksu ann' authentication failed for dave",
     "user.effective.name=ann|user.name=dave",
     {},
     Split::last},
    {"Account {user.effective.name}: authorization for {user.kerberos.principal} for execution of "
     "{process.command_line} successful",
     "su", Outcome::success, EventClass::command_start,
     "Account deploy: authorization for ann@EXAMPLE.ORG for execution of /usr/bin/id successful",
     "user.effective.name=deploy|user.kerberos.principal=ann@EXAMPLE.ORG|process.command_line=/usr/"
     "bin/id"},
    {"Account {user.effective.name}: authorization for {user.name:account} for execution of "
     "{process.command_line} failed",
     "su", Outcome::failure, EventClass::command_denied,
     "Account root: authorization for dave for execution of /usr/bin/id failed",
     "user.effective.name=root|user.name=dave|process.command_line=/usr/bin/id"},
    {"Account {user.effective.name}: authorization for {user.kerberos.principal} for execution of "
     "{process.command_line} failed",
     "su", Outcome::failure, EventClass::command_denied,
     "Account root: authorization for ann@EXAMPLE.ORG for execution of /usr/bin/w failed",
     "user.effective.name=root|user.kerberos.principal=ann@EXAMPLE.ORG|process.command_line=/usr/"
     "bin/w"},
    {"Account {user.effective.name}: authorization for {user.kerberos.principal} successful", "su",
     Outcome::success, EventClass::command_start,
     "Account deploy: authorization for ann@EXAMPLE.ORG successful",
     "user.effective.name=deploy|user.kerberos.principal=ann@EXAMPLE.ORG"},
    {"Account {user.effective.name}: authorization of {user.name:account} failed", "su",
     Outcome::failure, EventClass::command_denied, "Account root: authorization of dave failed",
     "user.effective.name=root|user.name=dave"},
    {"Account {user.effective.name}: authorization of {user.kerberos.principal} failed", "su",
     Outcome::failure, EventClass::command_denied,
     "Account bob: authorization of ann@EXAMPLE.ORG failed",
     "user.effective.name=bob|user.kerberos.principal=ann@EXAMPLE.ORG"},
};

}  // namespace

std::span<const MessagePattern> pam_kerberos_patterns() { return kKerberosPatterns; }
std::span<const MessagePattern> ksu_patterns() { return kKsuPatterns; }

}  // namespace auditship::parsers::auth_log::catalog
