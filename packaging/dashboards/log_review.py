"""Log review: what to look through every week."""
from audit_user import DONE, REQUESTS, WHO_DID_WHAT
from index_patterns import AUTHLOG, KUBEAUDIT
from saved_objects import COUNT, FIRST_SEEN, by, dashboard, newest_first, search, table
from ssh_access import LOGINS

WHAT_FAILED = WHO_DID_WHAT + ["responseStatus.message"]
FORBIDDEN = search("auditship-forbidden", "Forbidden, 403 (auditship)", KUBEAUDIT, f"responseStatus.code:403 AND {DONE}", WHAT_FAILED)
SERVER_ERRORS = search("auditship-server-errors", "Server errors (auditship)", KUBEAUDIT,
                       f"(responseStatus.code:[500 TO 599] OR stage:Panic) AND {DONE}", WHAT_FAILED)
API_AUTH = search("auditship-api-auth-failures", "Authentication failures at the API (auditship)", KUBEAUDIT,
                  f"responseStatus.code:401 AND {DONE}", ["source.ip", "userAgent", "event.action", "requestURI", "responseStatus.message"])
NODE_AUTH = search("auditship-node-auth-failures", "Authentication failures on nodes (auditship)", AUTHLOG, "event.outcome:failure",
                   ["host", "event.action", "user.name", "source.ip", "event.reason", "message"],
                   "SSH, sudo, su, PAM and the console.")

FORBIDDEN_TABLE = table("auditship-review-forbidden", "Who was refused what, 403 (auditship)", FORBIDDEN,
                        by("user.name", "user", 20), by("objectRef.resource", "resource", 5, missing="no resource"), by("verb", "verb", 5))
SERVER_TABLE = table("auditship-review-server-errors", "Server errors (auditship)", SERVER_ERRORS,
                     by("responseStatus.code", "code", 10), by("event.action", "action", 10), by("user.name", "user", 10))
API_AUTH_TABLE = table("auditship-review-api-auth", "Authentication failures at the API (auditship)", API_AUTH,
                       by("source.ip.keyword", "source", 20), by("user_agent.original", "program", 5, missing="not told"))
NODE_AUTH_TABLE = table("auditship-review-node-auth", "Authentication failures on nodes (auditship)", NODE_AUTH,
                        by("host", "node", 20), by("event.action", "what", 10, missing="other"),
                        by("user.name", "user", 10, missing="none"))
SEEN = (COUNT, FIRST_SEEN)
NEWEST = "By the first time within the time range of the dashboard, the newest on top: choose a long range."
API_USERS = table("auditship-review-new-api-users", "First-seen API users (auditship)", REQUESTS, newest_first("user.name", "user"),
                  metrics=SEEN, description=NEWEST)
API_SOURCES = table("auditship-review-new-api-sources", "New sources of API requests (auditship)", REQUESTS,
                    newest_first("source.ip.keyword", "source"), metrics=SEEN, description=NEWEST)
SSH_USERS = table("auditship-review-new-ssh-users", "First-seen SSH accounts (auditship)", LOGINS, newest_first("user.name", "account"),
                  metrics=SEEN, description=NEWEST)
SSH_SOURCES = table("auditship-review-new-ssh-sources", "New sources of SSH logins (auditship)", LOGINS,
                    newest_first("source.ip.keyword", "source"), metrics=SEEN, description=NEWEST)

DASHBOARD = dashboard("auditship-log-review", "Log review (auditship)",
                      "For the regular review: refusals, server errors, failed authentication, sources and users that are new.",
                      [(15, FORBIDDEN_TABLE, SERVER_TABLE), (13, API_AUTH_TABLE, NODE_AUTH_TABLE), (13, API_USERS, API_SOURCES),
                       (13, SSH_USERS, SSH_SOURCES), (15, FORBIDDEN), (12, SERVER_ERRORS), (12, API_AUTH), (12, NODE_AUTH)], days=30)

OBJECTS = [FORBIDDEN, SERVER_ERRORS, API_AUTH, NODE_AUTH, FORBIDDEN_TABLE, SERVER_TABLE, API_AUTH_TABLE, NODE_AUTH_TABLE, API_USERS,
           API_SOURCES, SSH_USERS, SSH_SOURCES, DASHBOARD]
