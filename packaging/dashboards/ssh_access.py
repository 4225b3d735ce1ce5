"""SSH access: who came in to which node, with which key, from where, and what they did there."""
from index_patterns import AUTHLOG
from saved_objects import bars, by, dashboard, ranges, search, selectors, table, timeline

NOBODY = "no known owner"
NO_KEY = "no key"

LOGINS = search("auditship-ssh-logins", "SSH logins (auditship)", AUTHLOG, "event.action:ssh-login AND event.outcome:success",
                ["host", "user.name", "ssh.key.owner", "ssh.key.fingerprint", "ssh.auth.method", "source.ip", "ssh.login.id"],
                "Who came in. ssh.login.id leads to everything that the login did.")
FAILURES = search("auditship-ssh-failures", "SSH failures (auditship)", AUTHLOG, "event.action:ssh-* AND event.outcome:failure",
                  ["host", "event.action", "user.name", "source.ip", "ssh.auth.method", "event.reason", "message"])
SUDO = search("auditship-sudo", "sudo commands (auditship)", AUTHLOG, "event.action:sudo-command",
              ["host", "user.name", "user.effective.name", "process.command_line", "event.outcome", "event.reason", "ssh.login.id"])
SESSIONS = search("auditship-ssh-sessions", "SSH sessions (auditship)", AUTHLOG, "event.action:ssh-session",
                  ["host", "user.name", "ssh.key.owner", "source.ip", "event.start", "event.end", "ssh.session.end",
                   "ssh.session.commands", "ssh.session.refused", "ssh.session.files"],
                  "One document a login, made when it ends: how long, and what was done.")
UNKNOWN_KEYS = search("auditship-ssh-unknown-keys", "SSH keys that nobody answers for (auditship)", AUTHLOG,
                      "ssh.key.owner_known:false AND NOT event.action:ssh-session*",
                      ["host", "event.action", "event.outcome", "user.name", "ssh.key.type", "ssh.key.fingerprint", "source.ip"],
                      "Needs `ssh_key_owners` in the configuration, else there is nothing to compare with.")

SELECTORS = selectors("auditship-ssh-selectors", "Administrator, account, node, source (auditship)", AUTHLOG,
                      ("Administrator", "ssh.key.owner"), ("Account", "user.name"), ("Node", "host"), ("Source", "source.ip.keyword"))
BY_ADMINISTRATOR = bars("auditship-ssh-by-administrator", "Logins by administrator (auditship)", LOGINS,
                        by("ssh.key.owner", "administrator", 20, missing=NOBODY))
BY_KEY = bars("auditship-ssh-by-key", "Logins by key (auditship)", LOGINS, by("ssh.key.fingerprint", "key", 20, missing=NO_KEY))
BY_NODE = bars("auditship-ssh-by-node", "Logins by node (auditship)", LOGINS, by("host", "node", 30))
BY_SOURCE = bars("auditship-ssh-by-source", "Logins by source (auditship)", LOGINS, by("source.ip.keyword", "source", 20))
WHO_WHERE = table("auditship-ssh-who-where", "Which administrator, with which key, on which node, from where (auditship)", LOGINS,
                  by("ssh.key.owner", "administrator", 20, missing=NOBODY), by("ssh.key.fingerprint", "key", 10, missing=NO_KEY),
                  by("host", "node", 30), by("user.name", "account", 10), by("source.ip.keyword", "source", 20))
FAILURES_TABLE = table("auditship-ssh-failure-sources", "Failures by source (auditship)", FAILURES,
                       by("source.ip.keyword", "source", 20, missing="not told"), by("event.action", "what", 10),
                       by("user.name", "account", 10, missing="none"))
FAILURES_OVER_TIME = timeline("auditship-ssh-failures-over-time", "Failures over time (auditship)", FAILURES, by("host", "node", 10))
SUDO_TABLE = table("auditship-sudo-commands", "sudo commands by user (auditship)", SUDO, by("user.name", "user", 20),
                   by("user.effective.name", "as", 5), by("process.command_line.keyword", "command", 20),
                   by("event.outcome", "outcome", 3))
MINUTE = 60 * 10**9  # event.duration is in nanoseconds. OpenSearch gives the labels back in the order of their letters.
LENGTHS = bars("auditship-ssh-session-lengths", "Session lengths (auditship)", SESSIONS, ranges(
    ("0-1 min", f"event.duration:[0 TO {MINUTE}}}"),
    ("1-10 min", f"event.duration:[{MINUTE} TO {10 * MINUTE}}}"),
    ("10-60 min", f"event.duration:[{10 * MINUTE} TO {60 * MINUTE}}}"),
    ("60-480 min", f"event.duration:[{60 * MINUTE} TO {480 * MINUTE}}}"),
    ("over 480 min", f"event.duration:[{480 * MINUTE} TO *]"),
    ("unknown", "NOT event.duration:*")))
UNKNOWN_TABLE = table("auditship-ssh-unknown-key-uses", "Keys that nobody answers for (auditship)", UNKNOWN_KEYS,
                      by("ssh.key.fingerprint", "key", 20, missing="certificate"), by("event.outcome", "outcome", 3, missing="offered"),
                      by("host", "node", 10))

DASHBOARD = dashboard("auditship-ssh-access", "SSH access (auditship)",
                      "Logins by administrator, key, node and source; failures; sudo; sessions; keys that nobody answers for.",
                      [(8, SELECTORS), (13, BY_ADMINISTRATOR, BY_KEY), (11, BY_NODE, BY_SOURCE, LENGTHS), (15, WHO_WHERE),
                       (13, UNKNOWN_TABLE, SUDO_TABLE), (13, FAILURES_TABLE, FAILURES_OVER_TIME), (15, LOGINS), (15, SESSIONS),
                       (12, SUDO), (12, FAILURES), (10, UNKNOWN_KEYS)])

OBJECTS = [LOGINS, FAILURES, SUDO, SESSIONS, UNKNOWN_KEYS, SELECTORS, BY_ADMINISTRATOR, BY_KEY, BY_NODE, BY_SOURCE, WHO_WHERE,
           FAILURES_TABLE, FAILURES_OVER_TIME, SUDO_TABLE, LENGTHS, UNKNOWN_TABLE, DASHBOARD]
