#include "parsers/kube_audit/ecs_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "agent/base/net/ip_address.h"
#include "parsers/kube_audit/bound_fields.h"
#include "parsers/kube_audit/exec_request.h"

namespace auditship::parsers::kube_audit {
namespace {

constexpr std::string_view kServiceAccount = "system:serviceaccount:";
constexpr std::string_view kLoginDecision = "authentication.openshift.io/decision";
constexpr std::string_view kLoginName = "authentication.openshift.io/username";

// The decisions of the servers themselves: "authorization.k8s.io/decision". Keys of other domains are chosen by webhooks,
// whose word may be a trial that stopped nothing.
bool is_decision(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos || key.substr(slash) != "/decision") {
    return false;
  }
  const std::string_view domain = key.substr(0, slash);
  return domain.ends_with(".k8s.io") || domain.ends_with(".kubernetes.io") ||
         domain.ends_with(".openshift.io");
}

bool says_refused(const std::vector<std::pair<std::string_view, std::string_view>>& annotations) {
  static constexpr std::array<std::string_view, 6> kRefusals = {"forbid", "deny",   "error",
                                                                "denied", "reject", "forbidden"};
  return std::any_of(annotations.begin(), annotations.end(), [](const auto& annotation) {
    return is_decision(annotation.first) &&
           std::find(kRefusals.begin(), kRefusals.end(), annotation.second) != kRefusals.end();
  });
}

// The last entry is the TCP peer; all before it are the client's word, unless a trusted proxy said
// so.
std::string_view peer_of(const scan::KubeEvent& event, const IpNetworkList& trusted,
                         event::Record& record) {
  std::size_t i = event.source_ips.size();
  if (i == 0) {
    return {};
  }
  std::string_view address = text_of(event.source_ips[--i], record);
  while (i > 0 && !trusted.empty() && trusted.contains(address)) {
    address = text_of(event.source_ips[--i], record);
  }
  return address;
}

std::int32_t code_of(const json::JsonValue& value) {
  std::int32_t code = 0;
  const std::string_view raw = value.raw;
  const auto parsed = std::from_chars(raw.data(), raw.data() + raw.size(), code);
  return parsed.ec == std::errc() && parsed.ptr == raw.data() + raw.size() ? code : 0;
}

std::string_view decoded_path(std::string_view uri, event::Record& record) {
  const std::string_view path = uri.substr(0, uri.find('?'));
  if (path.find('%') == std::string_view::npos) {
    return path;
  }
  std::string decoded;
  append_percent_decoded(decoded, path, Plus::literal);
  return record.keep(decoded);
}

void read_time(const scan::KubeEvent& event, event::Record& record) {
  for (const scan::KubeKey key :
       {scan::KubeKey::staged, scan::KubeKey::received, scan::KubeKey::timestamp}) {
    const std::string_view text = text_of(event[key], record);
    bool utc = false;
    if (!text.empty() && parse_rfc3339(text, record.time_ns, utc)) {
      record.time_known = true;
      record.time_text = utc ? text : std::string_view{};
      return;
    }
  }
}

class Adder {
 public:
  Adder(const scan::KubeEvent& event, const KubeFieldsInput& input, const Redactor& redactor,
        event::Record& record)
      : event_(event), input_(input), redactor_(redactor), record_(record), kube_(record.kube) {}

  void add_all() {
    what();
    outcome();
    who();
    from_where();
    target();
    if (is_connect_request(kube_)) {
      add_connect_fields(input_.uri, redactor_, input_.max_string_bytes, record_);
    }
  }

 private:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      record_.add(name, limited(value, input_.max_string_bytes, record_));
    }
  }

  // A name of ECS for what the event's own tree says already.
  void alias(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      record_.add_alias(name, limited(value, input_.max_string_bytes, record_));
    }
  }
  void alias_literal(std::string_view name, std::string_view json) {
    record_.add(name, json, event::FieldType::literal, event::FieldRole::alias);
  }
  // json: borrowed.
  void copied(std::string_view name, std::string_view json) {
    record_.add(name, json, event::FieldType::literal, event::FieldRole::copied);
  }

  void what() {
    alias("event.id", kube_.audit_id);
    const std::string_view verb = kube_.verb.empty() ? std::string_view("unknown") : kube_.verb;
    if (!kube_.has_object_ref) {
      add("event.action", verb);
    } else if (kube_.subresource.empty()) {
      add("event.action", record_.keep_joined({verb, " ", kube_.resource}));
    } else {
      add("event.action", record_.keep_joined({verb, " ", kube_.resource, "/", kube_.subresource}));
    }
    std::int64_t received = 0;
    bool utc = false;
    const std::string_view start = text_of(event_[scan::KubeKey::received], record_);
    if (parse_rfc3339(start, received, utc)) {
      alias("event.start", start);
      const bool later = kube_.stage != "RequestReceived" && record_.time_ns >= received;
      if (record_.time_known && event_.has(scan::KubeKey::staged) && later) {
        std::array<char, 24> digits{};
        const auto end =
            std::to_chars(digits.data(), digits.data() + digits.size(), record_.time_ns - received);
        literal("event.duration",
                {digits.data(), static_cast<std::size_t>(end.ptr - digits.data())});
      }
    }
  }

  void literal(std::string_view name, std::string_view text) {
    record_.add(name, record_.keep(text), event::FieldType::literal);
  }

  // A refusal that the event states is one whatever the code is: a login that OpenShift refuses is answered with 302.
  // An `allow` is only the word of who said it: with 403 it is a refusal by admission, so then the code decides.
  // Without a code the status says it in a word.
  void outcome() {
    const bool failed = kube_.stage == "Panic" || kube_.code >= 400 || kube_.decision == "forbid" ||
                        (kube_.code == 0 && text_of(event_.status.status, record_) == "Failure");
    const bool unknown = kube_.stage == "RequestReceived" || kube_.code == 0;
    record_.add("event.outcome", failed ? "failure" : unknown ? "unknown" : "success");
    if (kube_.code > 0) {
      alias_literal("http.response.status_code", event_.status.code.raw);
    }
    alias("error.message", text_of(event_.status.message, record_));
  }

  void who() {
    alias("user.name", kube_.user);
    alias("user.id", kube_.uid);
    alias("user.effective.name", kube_.impersonated_user);
    add("user.target.name", login_name());
    if (event_.user.groups.kind == json::JsonKind::array &&
        event_.user.groups.longest <= input_.max_string_bytes) {
      alias_literal("user.group.name", event_.user.groups.raw);
    }
    if (!kube_.user.empty()) {
      user_kind();
    }
    related_users();
    if (is_login()) {
      record_.in_a_hurry = true;
      record_.add("event.category", R"(["authentication"])", event::FieldType::literal);
      record_.add("event.type", R"(["start"])", event::FieldType::literal);
    }
    bound_to();
  }

  // OpenShift's oauth-server acts as system:anonymous when it judges a login; whose it was to be stands in an annotation.
  [[nodiscard]] bool is_login() const { return !annotation(kLoginDecision).empty(); }
  [[nodiscard]] std::string_view login_name() const { return annotation(kLoginName); }

  [[nodiscard]] std::string_view annotation(std::string_view wanted) const {
    for (const auto& [key, value] : kube_.annotations) {
      if (key == wanted) {
        return value;
      }
    }
    return {};
  }

  void user_kind() {
    std::string_view name = kube_.user;
    if (name.substr(0, kServiceAccount.size()) == kServiceAccount) {
      name.remove_prefix(kServiceAccount.size());
      const std::size_t colon = name.find(':');
      record_.add("user.kind", "serviceaccount");
      if (colon != std::string_view::npos) {
        add("user.serviceaccount.namespace", name.substr(0, colon));
        add("user.serviceaccount.name", name.substr(colon + 1));
      }
    } else if (name.substr(0, 12) == "system:node:") {
      record_.add("user.kind", "node");
    } else if (name == "system:anonymous") {
      record_.add("user.kind", "anonymous");
    } else if (name.substr(0, 7) == "system:") {
      record_.add("user.kind", "component");
    } else {
      record_.add("user.kind", "person");
      email(name);
    }
  }

  // The name may be a claim with a prefix: oidc:anna@example.com, https://issuer#anna@example.com.
  void email(std::string_view name) {
    const std::size_t at = name.find('@');
    if (at == std::string_view::npos) {
      return;
    }
    const std::size_t prefix = name.find_last_of(":#", at);
    if (prefix != std::string_view::npos) {
      name.remove_prefix(prefix + 1);
    }
    const std::size_t middle = name.find('@');
    static constexpr std::array<bool, 256> kBad = [] {
      std::array<bool, 256> bad{};
      for (const char c : std::string_view(" \t\r\n\"'<>(),;:\\/")) {
        bad[static_cast<unsigned char>(c)] = true;
      }
      return bad;
    }();
    const auto is_bad = [](char c) { return kBad[static_cast<unsigned char>(c)]; };
    if (middle > 0 && middle + 1 < name.size() &&
        name.find('@', middle + 1) == std::string_view::npos && name.size() <= 320 &&
        std::none_of(name.begin(), name.end(), is_bad)) {
      add("user.email", name);
    }
  }

  void related_users() {
    const std::string list = list_each_once({kube_.user, kube_.impersonated_user, login_name()},
                                            input_.max_string_bytes);
    if (!list.empty()) {
      copied("related.user", record_.keep(list));
    }
  }

  // Which credential, and which pod on which node a ServiceAccount token belongs to.
  void bound_to() {
    if (event_.user.extra.kind != json::JsonKind::object) {
      return;
    }
    for (auto member = event_.bound.begin(); member != event_.bound.end(); ++member) {
      const auto& [key, value] = *member;
      const std::string_view field = bound_field(key.inner());
      const bool first = std::none_of(
          event_.bound.begin(), member,
          [&key = key](const auto& other) { return other.first.inner() == key.inner(); });
      if (!field.empty() && first) {
        add(field, first_of(value));
      }
    }
    if (input_.extra_restated) {
      record_.add("user.extra_text", event_.user.extra.raw, event::FieldType::string,
                  event::FieldRole::restated);
    }
  }

  std::string_view first_of(const json::JsonValue& list) {
    if (list.kind == json::JsonKind::array && list.raw.size() == list.longest + kAroundOne) {
      const std::string_view only = list.raw.substr(2, list.longest);
      if (only.find('\\') == std::string_view::npos) {
        return only;
      }
    }
    json::JsonScan scan(list.raw);
    json::JsonValue value;
    return scan.open_array() && scan.next_element() && scan.value(value) ? text_of(value, record_)
                                                                         : std::string_view{};
  }

  void from_where() {
    if (is_ip_address(kube_.source_ip)) {
      record_.add("source.ip", kube_.source_ip);
      record_.add_alias("source.address", kube_.source_ip);
    } else if (!kube_.source_ip.empty()) {
      // It stands in sourceIPs; the mapping has no address to answer with.
      record_.add("source.address", kube_.source_ip, event::FieldType::string,
                  event::FieldRole::unwritten);
    }
    const json::JsonValue& all = event_[scan::KubeKey::source_ips];
    if (all.present() && !event_.source_ips.empty() && all.longest <= input_.max_string_bytes) {
      copied("related.ip", all.raw);
    }
    alias("user_agent.original", kube_.user_agent);
    alias("url.original", input_.safe_uri);
  }

  void target() {
    alias("orchestrator.namespace", kube_.ns);
    alias("orchestrator.resource.type", kube_.resource);
    alias("orchestrator.resource.name", kube_.name);
    alias("orchestrator.api_version", text_of(event_.ref.api_version, record_));
  }

  const scan::KubeEvent& event_;
  const KubeFieldsInput& input_;
  const Redactor& redactor_;
  event::Record& record_;
  const event::KubeAttributes& kube_;
};

}  // namespace

void read_kube_attributes(const scan::KubeEvent& event, const IpNetworkList& trusted_proxies,
                          event::Record& record) {
  event::KubeAttributes& kube = record.kube;
  kube.present = true;
  kube.stage = text_of(event[scan::KubeKey::stage], record);
  kube.level = text_of(event[scan::KubeKey::level], record);
  kube.audit_id = text_of(event[scan::KubeKey::audit_id], record);
  kube.verb = text_of(event[scan::KubeKey::verb], record);
  kube.user = text_of(event.user.username, record);
  kube.uid = text_of(event.user.uid, record);
  kube.received = text_of(event[scan::KubeKey::received], record);
  for (const json::JsonValue& group : event.groups) {
    kube.groups.push_back(text_of(group, record));
  }
  kube.has_user = !kube.user.empty() || !kube.uid.empty() || !kube.groups.empty();
  kube.impersonated_user = text_of(event.impersonated.username, record);
  kube.has_object_ref = event[scan::KubeKey::object_ref].kind == json::JsonKind::object;
  kube.ns = text_of(event.ref.ns, record);
  kube.api_group = text_of(event.ref.api_group, record);
  kube.api_version = text_of(event.ref.api_version, record);
  const std::size_t slash = kube.api_version.find('/');
  // A version may carry its group, as in audit.k8s.io/v1alpha1.
  if (kube.api_group.empty() && slash != std::string_view::npos) {
    kube.api_group = kube.api_version.substr(0, slash);
    kube.api_version.remove_prefix(slash + 1);
  }
  kube.resource = text_of(event.ref.resource, record);
  kube.subresource = text_of(event.ref.subresource, record);
  kube.name = text_of(event.ref.name, record);
  kube.path = decoded_path(text_of(event[scan::KubeKey::request_uri], record), record);
  kube.user_agent = text_of(event[scan::KubeKey::user_agent], record);
  kube.source_ip = peer_of(event, trusted_proxies, record);
  kube.code = code_of(event.status.code);
  for (const auto& [key, value] : event.annotations) {
    kube.annotations.emplace_back(text_of(key, record), text_of(value, record));
    if (kube.decision.empty() && kube.annotations.back().first == "authorization.k8s.io/decision") {
      kube.decision = kube.annotations.back().second;
    }
  }
  if (says_refused(kube.annotations)) {
    kube.decision = "forbid";
  }
  read_time(event, record);
}

void add_kube_fields(const scan::KubeEvent& event, const KubeFieldsInput& input,
                     const Redactor& redactor, event::Record& record) {
  Adder(event, input, redactor, record).add_all();
}

}  // namespace auditship::parsers::kube_audit
