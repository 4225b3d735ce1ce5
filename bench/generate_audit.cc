#include <string>

#include "agent/base/encoding/json_writer.h"
#include "bench/generate.h"

namespace auditship::bench {

namespace {

constexpr std::uint64_t kHugeOneIn = 10'000;
constexpr std::uint64_t kBodyOneIn = 25;
constexpr const char* kVerbs[] = {"get",    "list",  "watch", "create", "update",
                                  "update", "patch", "get",   "delete", "get"};
struct Kind {
  const char* resource;
  const char* kind;
  const char* path;  // with %s for the namespace
  const char* group;
};
constexpr Kind kKinds[] = {
    {"pods", "Pod", "/api/v1/namespaces/%s/pods", ""},
    {"configmaps", "ConfigMap", "/api/v1/namespaces/%s/configmaps", ""},
    {"secrets", "Secret", "/api/v1/namespaces/%s/secrets", ""},
    {"services", "Service", "/api/v1/namespaces/%s/services", ""},
    {"endpoints", "Endpoints", "/api/v1/namespaces/%s/endpoints", ""},
    {"leases", "Lease", "/apis/coordination.k8s.io/v1/namespaces/%s/leases", "coordination.k8s.io"},
    {"deployments", "Deployment", "/apis/apps/v1/namespaces/%s/deployments", "apps"},
    {"replicasets", "ReplicaSet", "/apis/apps/v1/namespaces/%s/replicasets", "apps"},
    {"jobs", "Job", "/apis/batch/v1/namespaces/%s/jobs", "batch"},
};
constexpr const char* kNamespaces[] = {"default", "kube-system", "monitoring", "payments-prod",
                                       "ingress", "web-staging", "batch",      "cert-manager"};
constexpr const char* kNames[] = {"api",      "worker",  "frontend", "prometheus-k8s", "coredns",
                                  "checkout", "grafana", "ledger",   "kube-scheduler", "importer"};
constexpr const char* kPeople[] = {"anna.lind@example.com", "bo.ek@example.com",
                                   "carol.ng@example.com", "dmitri.p@example.com",
                                   "kubernetes-admin"};
constexpr const char* kAgents[] = {
    "kubectl/v1.31.2 (linux/amd64) kubernetes/5864a46",
    "kube-controller-manager/v1.31.2 (linux/amd64) kubernetes/5864a46/leader-election",
    "kubelet/v1.31.2 (linux/amd64) kubernetes/5864a46",
    "prometheus/2.54.1",
    "argocd-application-controller/v2.12.4 (linux/amd64) kubernetes/$Format",
    "Go-http-client/2.0"};

void append_stamp(std::string& out, std::int64_t us) {
  const std::size_t start = out.size();
  append_rfc3339(out, us * 1000);
  if (out.size() - start == 24) {  // .123Z: the server always writes six digits
    out.insert(out.size() - 1, "000");
  } else if (out.size() - start == 20) {
    out.insert(out.size() - 1, ".000000");
  }
}

void append_user(std::string& out, Random& random, std::string_view ns) {
  if (random.chance(4)) {
    const bool admin = random.chance(5);
    out += R"("user":{"username":")";
    out += admin ? kPeople[4] : kPeople[random.below(4)];
    out += R"(","groups":["developers","oidc:platform","system:authenticated"],"extra":)";
    out += R"({"authentication.kubernetes.io/credential-id":["X509SHA256=)" + random.hex(64) +
           R"("]}},)";
  } else if (random.chance(3)) {
    const std::string node = "node-" + std::to_string(random.below(60));
    out += R"("user":{"username":"system:node:)" + node;
    out += R"(","groups":["system:nodes","system:authenticated"],"extra":)";
    out += R"({"authentication.kubernetes.io/credential-id":["X509SHA256=)" + random.hex(64) +
           R"("]}},)";
  } else {
    const std::string name = random.pick(kNames);
    out += R"("user":{"username":"system:serviceaccount:)" + std::string(ns) + ':' + name;
    out += R"(","uid":")" + random.uuid();
    out += R"(","groups":["system:serviceaccounts","system:serviceaccounts:)" + std::string(ns);
    out +=
        R"(","system:authenticated"],"extra":{"authentication.kubernetes.io/credential-id":["JTI=)";
    out += random.uuid() + R"("],"authentication.kubernetes.io/node-name":["node-)";
    out += std::to_string(random.below(60)) + R"("],"authentication.kubernetes.io/node-uid":[")";
    out += random.uuid() + R"("],"authentication.kubernetes.io/pod-name":[")" + name + '-' +
           random.hex(9);
    out += R"("],"authentication.kubernetes.io/pod-uid":[")" + random.uuid() + R"("]}},)";
  }
}

// An object as the API server prints it, about size bytes long.
void append_object(std::string& out, Random& random, const Kind& kind, std::string_view ns,
                   std::string_view name, std::size_t size) {
  const std::size_t end = out.size() + size;
  out += R"({"kind":")" + std::string(kind.kind) + R"(","apiVersion":"v1","metadata":{"name":")";
  out += name;
  out += R"(","namespace":")";
  out += ns;
  out += R"(","uid":")" + random.uuid() + R"(","resourceVersion":")";
  out += std::to_string(random.between(1'000'000, 99'000'000));
  out += R"(","labels":{"app.kubernetes.io/name":")";
  out += name;
  out +=
      R"(","pod-template-hash":")" + random.hex(10) + R"("},"managedFields":[{"manager":"argocd",)";
  out +=
      R"("operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":)";
  out +=
      R"({"f:labels":{".":{},"f:app.kubernetes.io/name":{}}},"f:spec":{"f:containers":{}}}}]},"spec":)";
  out += R"({"containers":[)";
  const char* comma = "";
  while (out.size() + 700 < end) {
    out += comma;
    comma = ",";
    out += R"({"name":"c)" + random.hex(4) + R"(","image":"registry.example.com/team/)";
    out += std::string(random.pick(kNames)) + "@sha256:" + random.hex(64);
    out +=
        R"(","env":[{"name":"LOG_LEVEL","value":"info"},{"name":"OPTIONS","value":"--flag=\"a b\" \u003c)";
    out +=
        random.base64(40) + R"(\u003e"}],"resources":{"limits":{"cpu":"500m","memory":"256Mi"}},)";
    out += R"("terminationMessagePath":"/dev/termination-log","imagePullPolicy":"IfNotPresent"})";
  }
  out += R"(],"restartPolicy":"Always","schedulerName":"default-scheduler"},"data":{"blob":")";
  out += random.base64(out.size() + 40 < end ? end - out.size() - 40 : 8);
  out += R"("},"status":{"phase":"Running"}})";
}

std::size_t body_size(Random& random, std::uint64_t count) {
  if (count % kHugeOneIn == kHugeOneIn / 2) {
    return random.between(510'000, 900'000);
  }
  return random.chance(kBodyOneIn) ? random.between(1'200, 28'000) : 0;
}

}  // namespace

// What one event is about, drawn before it is written.
struct AuditLines::Request {
  const Kind* kind = nullptr;
  const char* ns = nullptr;
  std::string verb, name, path;
  std::size_t body = 0;   // bytes of both bodies, 0 = level Metadata
  bool received = false;  // stage RequestReceived: no answer yet
  bool refused = false;
};

AuditLines::Request AuditLines::request() {
  Request r;
  r.body = body_size(random_, count_++);
  r.kind = &random_.pick(kKinds);
  r.ns = random_.pick(kNamespaces);
  if (r.body > 0) {
    r.verb = random_.chance(2) ? "update" : "create";
  } else {
    r.verb = random_.pick(kVerbs);
  }
  r.name = std::string(random_.pick(kNames)) + '-' + random_.hex(5);
  r.path = r.kind->path;
  r.path.replace(r.path.find("%s"), 2, r.ns);
  r.received = r.body == 0 && random_.chance(3);
  r.refused = !r.received && random_.chance(60);
  return r;
}

void AuditLines::append_request(std::string& out, const Request& r) {
  Random& random = random_;
  out += R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","level":")";
  out += r.body > 0 ? "RequestResponse" : "Metadata";
  out += R"(","auditID":")" + random.uuid() + R"(","stage":")";
  out +=
      r.received ? "RequestReceived" : (r.verb == "watch" ? "ResponseStarted" : "ResponseComplete");
  out += R"(","requestURI":")" + r.path;
  if (r.verb == "watch") {
    out += R"(?allowWatchBookmarks=true\u0026resourceVersion=)" +
           std::to_string(random.below(90'000'000)) +
           R"(\u0026timeout=9m55s\u0026timeoutSeconds=595\u0026watch=true)";
  } else if (r.verb == "list") {
    out += R"(?labelSelector=app.kubernetes.io%2Fname%3D)" + std::string(random.pick(kNames)) +
           R"(\u0026limit=500)";
  } else {
    out += '/' + r.name;
  }
  out += R"(","verb":")" + r.verb + R"(",)";
  append_user(out, random, r.ns);
  out += R"("sourceIPs":["10.)" + std::to_string(random.below(256)) + '.' +
         std::to_string(random.below(256)) + '.' + std::to_string(random.below(256)) +
         R"("],"userAgent":")";
  out += random.pick(kAgents);
  out += R"(","objectRef":{"resource":")" + std::string(r.kind->resource) + R"(","namespace":")" +
         r.ns;
  if (r.verb != "list" && r.verb != "watch") {
    out += R"(","name":")" + r.name;
  }
  if (*r.kind->group != '\0') {
    out += R"(","apiGroup":")" + std::string(r.kind->group);
  }
  if (r.verb == "update") {
    out += R"(","uid":")" + random.uuid() + R"(","resourceVersion":")" +
           std::to_string(random.below(90'000'000));
  }
  out += R"(","apiVersion":"v1"},)";
}

// Response and bodies, as far as the event has them.
void AuditLines::append_answer(std::string& out, const Request& r) {
  if (r.refused) {
    out += R"("responseStatus":{"metadata":{},"status":"Failure","message":"\")" + r.name +
           R"(\" is forbidden: User cannot )" + r.verb +
           R"( resource","reason":"Forbidden","code":403},)";
  } else if (!r.received) {
    out += R"("responseStatus":{"metadata":{},"code":)";
    out += r.verb == "create" ? "201" : "200";
    out += "},";
  }
  if (r.body > 0) {
    out += R"("requestObject":)";
    append_object(out, random_, *r.kind, r.ns, r.name, r.body / 2);
    out += R"(,"responseObject":)";
    append_object(out, random_, *r.kind, r.ns, r.name, r.body / 2);
    out += ',';
  }
}

void AuditLines::append(std::string& out) {
  Random& random = random_;
  now_us_ += static_cast<std::int64_t>(random.between(100, 9'000));
  const Request r = request();
  append_request(out, r);
  append_answer(out, r);
  out += R"("requestReceivedTimestamp":")";
  append_stamp(out, now_us_);
  out += R"(","stageTimestamp":")";
  append_stamp(out,
               now_us_ + (r.received ? 0 : static_cast<std::int64_t>(random.between(200, 80'000))));
  out += '"';
  if (!r.received) {
    out += R"(,"annotations":{"authorization.k8s.io/decision":")";
    out += r.refused ? "forbid" : "allow";
    out += R"(","authorization.k8s.io/reason":")";
    if (!r.refused) {
      out += R"(RBAC: allowed by RoleBinding \")" + std::string(random.pick(kNames)) + '/' + r.ns +
             R"(\" of ClusterRole \"edit\" to ServiceAccount \")" + random.pick(kNames) + '/' +
             r.ns + R"(\")";
    }
    out += R"("})";
  }
  out += "}\n";
}

}  // namespace auditship::bench
