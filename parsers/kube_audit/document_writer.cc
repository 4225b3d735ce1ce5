#include "parsers/kube_audit/document_writer.h"

#include <algorithm>
#include <array>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/text.h"
#include "parsers/kube_audit/text_conversions.h"

namespace auditship::parsers::kube_audit {
namespace {

constexpr std::string_view kMask = "[redacted]";
constexpr std::size_t kMaxAnnotations = 64;

bool all_digits(std::string_view text, std::size_t most) {
  return text.size() <= most && auditship::all_digits(text);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

// round_N_index_M, as the webhook dispatcher writes it.
bool is_round(std::string_view text) {
  const std::size_t middle = text.find("_index_");
  return middle != std::string_view::npos && take_prefix(text, "round_") &&
         all_digits(text.substr(0, middle - 6), 1) && all_digits(text.substr(middle - 6 + 7), 2);
}

bool is_patch_annotation(std::string_view key) { return key.substr(0, 14) == "patch.webhook."; }

// Appends validated JSON with every string over the limit cut. True when one was cut.
bool append_limited_tree(std::string& out, std::string_view raw, std::size_t max_bytes) {
  bool cut = false;
  std::string text;
  std::size_t at = 0;
  while (at < raw.size()) {
    const std::size_t quote = raw.find('"', at);
    out.append(raw.substr(at, quote - at));
    if (quote == std::string_view::npos) {
      break;
    }
    std::size_t close = quote + 1;
    while (raw[close] != '"') {
      close += raw[close] == '\\' ? 2 : 1;
    }
    const std::string_view inner = raw.substr(quote + 1, close - quote - 1);
    if (inner.size() <= max_bytes) {
      out.append(raw.substr(quote, close + 1 - quote));
    } else {
      text.clear();
      json::append_json_unescaped(text, inner);
      cut = append_limited_json_string(out, text, max_bytes) || cut;
    }
    at = close + 1;
  }
  return cut;
}

// Names of top-level members that are the agent's own: an event may not bring them.
bool is_free_name(std::string_view name) {
  static constexpr std::array<std::string_view, 24> kTaken = {"agent",   "annotations_other",
                                                              "cluster", "container",
                                                              "error",   "event",
                                                              "exec",    "fields",
                                                              "host",    "http",
                                                              "ident",   "kubernetes",
                                                              "log",     "message",
                                                              "node",    "orchestrator",
                                                              "other",   "pid",
                                                              "process", "related",
                                                              "source",  "tag",
                                                              "tags",    "time"};
  const bool word =
      !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               (c >= '0' && c <= '9');
      });
  return word && name != "url" && name != "user_agent" && name.front() != '_' &&
         name.substr(0, 13) != "requestObject" && name.substr(0, 14) != "responseObject" &&
         std::find(kTaken.begin(), kTaken.end(), name) == kTaken.end();
}

class Writer {
 public:
  Writer(const scan::KubeEvent& event, const KubeDocumentInput& input, event::Record& record)
      : event_(event), input_(input), record_(record), out_(record.json) {}

  void write() {
    for (const scan::KubeMember& member : event_.members) {
      if (member.key == scan::KubeKey::request_object ||
          member.key == scan::KubeKey::response_object) {
        flush();
      } else if (may_copy(member)) {
        copy(member.whole);
      } else {
        flush();
        rewrite(member);
      }
    }
    flush();
    if (!event_.odd.empty() || !odd_.empty()) {
      const bool both = !event_.odd.empty() && !odd_.empty();
      json_text("other", event_.odd + (both ? "," : "") + odd_);
      tag("odd-members");
    }
    if (event_.duplicate_key) {
      tag("duplicate-key");
    }
  }

 private:
  bool may_copy(const scan::KubeMember& member) {
    if (!member.plain || member.value.longest > input_.max_string_bytes) {
      return false;
    }
    switch (member.key) {
      case scan::KubeKey::request_uri:
        return !input_.uri_changed;
      case scan::KubeKey::user:
        return !event_.user.extra.present();
      case scan::KubeKey::impersonated_user:
        return !event_.impersonated.extra.present();
      case scan::KubeKey::annotations:
        return annotations_are_known();
      case scan::KubeKey::unknown:
        return member.value.kind != json::JsonKind::object &&
               member.value.kind != json::JsonKind::array && is_free_name(member.name);
      default:
        return true;
    }
  }

  void rewrite(const scan::KubeMember& member) {
    switch (member.key) {
      case scan::KubeKey::user:
        return person(member.name, event_.user, !input_.extra_restated);
      case scan::KubeKey::impersonated_user:
        return person(member.name, event_.impersonated, true);
      case scan::KubeKey::object_ref:
        return object_ref(member.name);
      case scan::KubeKey::response_status:
        return status(member.name);
      case scan::KubeKey::annotations:
        return annotations();
      case scan::KubeKey::request_uri:
        name(member.name);
        return text(input_.uri);
      case scan::KubeKey::unknown:
        return unknown(member);
      default:
        if (!member.plain) {
          return odd(member);
        }
        name(member.name);
        value(member.value);
    }
  }

  // Members that follow each other in the line are copied in one piece, commas included.
  void copy(std::string_view whole) {
    if (!run_.empty() && whole.data() == run_.data() + run_.size() + 1) {
      run_ = {run_.data(), run_.size() + 1 + whole.size()};
      return;
    }
    flush();
    run_ = whole;
  }
  void flush() {
    if (!run_.empty()) {
      comma();
      out_.append(run_);
      run_ = {};
    }
  }
  void comma() {
    if (!out_.empty() && out_.back() != '{') {
      out_.push_back(',');
    }
  }
  void name(std::string_view key) {
    comma();
    out_.push_back('"');
    out_.append(key).append("\":");
  }

  void text(std::string_view content) {
    if (append_limited_json_string(out_, content, input_.max_string_bytes)) {
      tag("string-cut");
    }
  }

  void value(const json::JsonValue& value) {
    if (value.longest <= input_.max_string_bytes) {
      out_.append(value.raw);
    } else if (append_limited_tree(out_, value.raw, input_.max_string_bytes)) {
      tag("string-cut");
    }
  }

  void slot(std::string_view key, const json::JsonValue& content) {
    if (content.present()) {
      name(key);
      value(content);
    }
  }

  // A string member that holds `{members}` as JSON text.
  void json_text(std::string_view key, std::string_view members) {
    name(key);
    out_.append("\"{");
    if (members.size() > input_.max_text_bytes) {
      append_json_escaped(out_, members.substr(0, utf8_prefix(members, input_.max_text_bytes)));
      append_json_escaped(out_, "…[cut, " + std::to_string(members.size()) + " bytes]");
      tag("string-cut");
    } else {
      append_json_escaped(out_, members);
    }
    out_.append("}\"");
  }

  void person(std::string_view key, const scan::KubePerson& who, bool with_extra) {
    name(key);
    out_.push_back('{');
    slot("username", who.username);
    slot("uid", who.uid);
    slot("groups", who.groups);
    if (with_extra && who.extra.kind == json::JsonKind::object && who.extra.present()) {
      const std::string_view raw = who.extra.raw;
      // Under a name of its own: where others write the object itself, its name is an object in the mapping.
      json_text("extra_text", raw.substr(1, raw.size() - 2));
    }
    out_.push_back('}');
  }

  void object_ref(std::string_view key) {
    const scan::KubeObjectRef& ref = event_.ref;
    name(key);
    out_.push_back('{');
    slot("resource", ref.resource);
    slot("namespace", ref.ns);
    slot("name", ref.name);
    slot("uid", ref.uid);
    slot("apiGroup", ref.api_group);
    slot("apiVersion", ref.api_version);
    slot("resourceVersion", ref.resource_version);
    slot("subresource", ref.subresource);
    out_.push_back('}');
  }

  void status(std::string_view key) {
    const scan::KubeStatus& status = event_.status;
    name(key);
    out_.push_back('{');
    slot("metadata", status.metadata);
    slot("status", status.status);
    slot("message", status.message);
    slot("reason", status.reason);
    slot("details", status.details);
    slot("code", status.code);
    out_.push_back('}');
  }

  bool annotation_is_plain(std::size_t i) const {
    const std::string_view key = event_.annotations[i].first.inner();
    if (!is_known_annotation(key) || (input_.hide_patches && is_patch_annotation(key))) {
      return false;
    }
    for (std::size_t k = 0; k < i; ++k) {
      if (event_.annotations[k].first.inner() == key) {
        return false;
      }
    }
    return true;
  }

  bool annotations_are_known() const {
    const std::size_t count = event_.annotations.size();
    if (count > kMaxAnnotations) {
      return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!annotation_is_plain(i)) {
        return false;
      }
    }
    // Values that are not strings are in `odd`; then the raw object has members of its own.
    return event_.odd.find("\"annotations.") == std::string::npos;
  }

  void annotations() {
    std::string others;
    std::vector<std::string_view> written;
    name("annotations");
    out_.push_back('{');
    for (const auto& [key, content] : event_.annotations) {
      const std::string_view word = key.inner();
      const bool repeated = std::find(written.begin(), written.end(), word) != written.end();
      if (!is_known_annotation(word) || repeated || written.size() == kMaxAnnotations) {
        others.append(others.empty() ? "" : ",").append(key.raw).push_back(':');
        others.append(content.raw);
        if (repeated) {
          tag("duplicate-key");
        }
        continue;
      }
      written.push_back(word);
      name(word);
      if (input_.hide_patches && is_patch_annotation(word)) {
        text(kMask);
      } else {
        value(content);
      }
    }
    out_.push_back('}');
    if (!others.empty()) {
      json_text("annotations_other", others);
    }
  }

  // Members that newer servers may bring: scalars as they are, containers as JSON text.
  void unknown(const scan::KubeMember& member) {
    if (!is_free_name(member.name)) {
      return odd(member);
    }
    name(member.name);
    if (member.value.kind == json::JsonKind::object || member.value.kind == json::JsonKind::array) {
      text(member.value.raw);
    } else {
      value(member.value);
    }
  }

  void odd(const scan::KubeMember& member) {
    odd_.append(odd_.empty() ? "" : ",").append("\"").append(member.name).append("\":");
    odd_.append(member.value.raw);
  }

  void tag(std::string_view word) {
    if (std::find(record_.tags.begin(), record_.tags.end(), word) == record_.tags.end()) {
      record_.tags.push_back(word);
    }
  }

  const scan::KubeEvent& event_;
  const KubeDocumentInput& input_;
  event::Record& record_;
  std::string& out_;
  std::string_view run_;
  std::string odd_;
};

}  // namespace

bool is_known_annotation(std::string_view key) {
  static constexpr std::array<std::string_view, 15> kKnown = {
      "authorization.k8s.io/decision",
      "authorization.k8s.io/reason",
      "authentication.openshift.io/decision",
      "authentication.openshift.io/username",
      "pod-security.kubernetes.io/enforce-policy",
      "pod-security.kubernetes.io/audit-violations",
      "pod-security.kubernetes.io/exempt",
      "pod-security.kubernetes.io/error",
      "validation.policy.admission.k8s.io/validation_failure",
      "k8s.io/deprecated",
      "k8s.io/removed-release",
      "authentication.k8s.io/legacy-token",
      "authentication.k8s.io/stale-token",
      "authentication.kubernetes.io/issued-credential-id",
      "audit.k8s.io/truncated",
  };
  if (std::find(kKnown.begin(), kKnown.end(), key) != kKnown.end()) {
    return true;
  }
  if (take_prefix(key, "apiserver.latency.k8s.io/")) {
    return !key.empty() && key.size() <= 40 && std::all_of(key.begin(), key.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || c == '-';
    });
  }
  return (take_prefix(key, "mutation.webhook.admission.k8s.io/") ||
          take_prefix(key, "patch.webhook.admission.k8s.io/") ||
          take_prefix(key, "failed-open.mutating.webhook.admission.k8s.io/") ||
          take_prefix(key, "failed-open.validating.webhook.admission.k8s.io/")) &&
         is_round(key);
}

void write_kube_json(const scan::KubeEvent& event, const KubeDocumentInput& input,
                     event::Record& record) {
  Writer(event, input, record).write();
}

}  // namespace auditship::parsers::kube_audit
