"""Audit overview: what goes on in the cluster, and what of it an auditor asks about."""
from audit_user import DONE, EXEC, REQUESTS, WHO_DID_WHAT
from index_patterns import KUBEAUDIT
from saved_objects import by, dashboard, pie, search, table, timeline

DENIED = search("auditship-denied", "Denied requests (auditship)", KUBEAUDIT, f"responseStatus.code:(401 OR 403) AND {DONE}",
                WHO_DID_WHAT + ["responseStatus.message"],
                "Refused by authentication (401), authorization or admission (403).")
RBAC = search("auditship-rbac", "RBAC changes (auditship)", KUBEAUDIT,
              "objectRef.apiGroup:rbac.authorization.k8s.io AND verb:(create OR update OR patch OR delete OR deletecollection)"
              f" AND {DONE}",
              WHO_DID_WHAT + ["requestObject"], "Who changed who may do what.")
IMPERSONATED = search("auditship-impersonation", "Impersonation (auditship)", KUBEAUDIT, f"impersonatedUser.username:* AND {DONE}",
                      ["user.username", "impersonatedUser.username", "event.action", "objectRef.namespace", "objectRef.name", "responseStatus.code"],
                      "Requests made with somebody else's rights.")

KINDS = pie("auditship-overview-kinds", "Persons and service accounts (auditship)", REQUESTS,
            by("user.kind", "kind of user", 6, missing="unknown"))
PERSONS = table("auditship-overview-persons", "What persons did (auditship)", REQUESTS, by("user.name", "person", 20),
                by("event.action", "action", 10), by("event.outcome", "outcome", 3), query="user.kind:person")
KINDS_OVER_TIME = timeline("auditship-overview-kinds-over-time", "Requests over time by kind of user (auditship)", REQUESTS,
                           by("user.kind", "kind of user", 6, missing="unknown"))
DENIED_TABLE = table("auditship-overview-denied", "Denied requests by user (auditship)", DENIED,
                     by("user.name", "user", 20, missing="not known"), by("event.action", "action", 5),
                     by("objectRef.namespace", "namespace", 5, missing="no namespace"))
EXEC_TABLE = table("auditship-overview-exec", "Commands and tunnels into pods (auditship)", EXEC,
                   by("user.name", "user", 20), by("objectRef.subresource", "how", 5), by("objectRef.namespace", "namespace", 5),
                   by("objectRef.name.keyword", "pod", 10), by("process.command_line.keyword", "command", 10, missing="no command"),
                   query=DONE, description="Each once, when it ends; those that are still open are in the saved search.")
RBAC_TABLE = table("auditship-overview-rbac", "RBAC changes by user (auditship)", RBAC, by("user.name", "user", 20),
                   by("event.action", "action", 10), by("objectRef.name.keyword", "name", 20, missing="all"),
                   by("event.outcome", "outcome", 3))
IMPERSONATION_TABLE = table("auditship-overview-impersonation", "Who acted as whom (auditship)", IMPERSONATED,
                            by("user.name", "who", 20), by("user.effective.name", "as whom", 10), by("event.outcome", "outcome", 3))

DASHBOARD = dashboard("auditship-audit-overview", "Audit overview (auditship)",
                      "Persons and service accounts, denied requests, commands in pods, changes of rights.",
                      [(13, KINDS, KINDS_OVER_TIME), (15, PERSONS, DENIED_TABLE), (15, EXEC_TABLE),
                       (12, RBAC_TABLE, IMPERSONATION_TABLE), (15, DENIED), (12, RBAC), (12, IMPERSONATED)])

OBJECTS = [DENIED, RBAC, IMPERSONATED, KINDS, PERSONS, KINDS_OVER_TIME, DENIED_TABLE, EXEC_TABLE, RBAC_TABLE,
           IMPERSONATION_TABLE, DASHBOARD]
