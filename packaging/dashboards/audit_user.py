"""Audit user: what did this person do, when?"""
from index_patterns import KUBEAUDIT
from saved_objects import by, counter, dashboard, pie, search, selectors, timeline

DECISION = "annotations.authorization.k8s.io/decision"
# Each request once, by its last stage: a 401 has no ResponseComplete. What still runs is not in it.
DONE = "(stage:(ResponseComplete OR Panic) OR (stage:ResponseStarted AND responseStatus.code:401))"
# Columns show what stands in the documents: names that only the mapping answers would stay empty.
WHO_DID_WHAT = ["user.username", "event.action", "objectRef.namespace", "objectRef.name", "process.command_line", DECISION,
                "responseStatus.code", "source.ip"]

REQUESTS = search("auditship-requests", "API requests (auditship)", KUBEAUDIT, DONE, WHO_DID_WHAT,
                  "Who did what, when: each finished request once, with the command of an exec.")
EXEC = search("auditship-exec", "Exec and port-forward (auditship)", KUBEAUDIT,
              "objectRef.subresource:(exec OR attach OR portforward OR ephemeralcontainers OR proxy) AND NOT stage:RequestReceived",
              ["user.username", "event.action", "objectRef.namespace", "objectRef.name", "container.name", "process.command_line",
               "stage", "responseStatus.code", "source.ip"],
              "Shells, commands and tunnels into pods. ResponseStarted: it began; ResponseComplete: it ended.")

SELECTORS = selectors("auditship-user-selectors", "User, verb, resource, namespace (auditship)", KUBEAUDIT,
                      ("User", "user.name"), ("Verb", "verb"), ("Resource", "objectRef.resource"), ("Namespace", "objectRef.namespace"))
DECISIONS = counter("auditship-user-decisions", "Decisions (auditship)", REQUESTS,
                    by(DECISION, "decision", 5, missing="no decision"),
                    description="Requests that were refused before anybody decided (401, 429) have no decision.")
BREAKDOWN = pie("auditship-user-breakdown", "API requests by decision, resource, verb, namespace (auditship)", REQUESTS,
                by(DECISION, "decision", 5, missing="no decision"), by("objectRef.resource", "resource", 7, missing="no resource"),
                by("verb", "verb", 5), by("objectRef.namespace", "namespace", 5, missing="no namespace"))
OUTCOMES = timeline("auditship-user-outcomes", "API requests over time (auditship)", REQUESTS, by("event.outcome", "outcome", 5))

DASHBOARD = dashboard("auditship-audit-user", "Audit user (auditship)",
                      "What did this person do? Choose a user, then narrow by verb, resource and namespace.",
                      [(8, SELECTORS, DECISIONS), (15, BREAKDOWN, OUTCOMES), (20, REQUESTS), (15, EXEC)])

OBJECTS = [REQUESTS, EXEC, SELECTORS, DECISIONS, BREAKDOWN, OUTCOMES, DASHBOARD]
