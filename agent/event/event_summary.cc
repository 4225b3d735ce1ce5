#include "agent/event/event_summary.h"

#include <algorithm>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/terminal_text.h"

namespace auditship::event {
namespace {

// Bytes of one value.
constexpr std::size_t kMaxValue = 300;

// As JSON would escape it; what else acts on a terminal is left out.
void append_safe(std::string& out, std::string_view text) {
  const bool long_text = text.size() > kMaxValue;
  std::string clean;
  append_json_escaped(clean, text.substr(0, utf8_prefix(text, kMaxValue)));
  append_terminal_text(out, clean);
  if (long_text) {
    out += "…";
  }
}

void append_word(std::string& out, std::string_view before, std::string_view value) {
  if (!value.empty()) {
    out += before;
    append_safe(out, value);
  }
}

void append_time(std::string& out, const Record& record, std::int64_t fallback_ns, bool with_date) {
  std::string text;
  append_rfc3339(text, record.time_known ? record.time_ns : fallback_ns);
  if (with_date) {
    out.append(text, 0, 10);
    out.push_back(' ');
  }
  out.append(text, 11, 8);
}

void append_kube(std::string& out, const Record& record) {
  const KubeAttributes& kube = record.kube;
  out.push_back(' ');
  append_safe(out, kube.user.empty() ? "(nobody)" : kube.user);
  append_word(out, " as ", kube.impersonated_user);
  out.push_back(' ');
  append_safe(out, kube.verb.empty() ? "?" : kube.verb);
  if (kube.has_object_ref) {
    append_word(out, " ", kube.resource);
    append_word(out, "/", kube.subresource);
    append_word(out, ".", kube.api_group);
    append_word(out, " ", kube.ns);
    append_word(out, kube.ns.empty() ? " " : "/", kube.name);
  } else {
    append_word(out, " ", kube.path);
  }
  append_word(out, ": ", record.field("process.command_line"));
  append_word(out, " from ", kube.source_ip);
  if (kube.stage != "ResponseComplete") {
    append_word(out, " [", kube.stage);
    out.push_back(']');
  }
  append_word(out, ": ", record.field("event.outcome"));
  if (kube.code != 0) {
    out += " (" + std::to_string(kube.code) + ")";
  }
}

void append_auth(std::string& out, const Record& record) {
  append_word(out, " ", record.field("host"));
  const std::string_view action = record.field("event.action");
  if (action.empty()) {
    append_word(out, " ", record.field("process.name"));
    append_word(out, ": ", record.field("message"));
    return;
  }
  // "ssh login", as people say it.
  std::string words(action);
  std::replace(words.begin(), words.end(), '-', ' ');
  append_word(out, " ", words);
  const std::string_view owner = !record.field("user.email").empty()
                                     ? record.field("user.email")
                                     : record.field("ssh.key.owner");
  const std::string_view user = record.field("user.name");
  const std::string_view target = record.field("user.target.name");
  append_word(out, " ", owner.empty() ? user : owner);
  if (!record.field("ssh.key.fingerprint").empty()) {
    append_word(out, " (key ", record.field("ssh.key.type"));
    append_word(out, " ", record.field("ssh.key.fingerprint"));
    out.push_back(')');
  }
  if (!owner.empty()) {
    append_word(out, " as ", user);
  }
  append_word(out, " as ", record.field("user.effective.name"));
  append_word(out, " user ", target);
  append_word(out, " group ", record.field("group.name"));
  append_word(out, " session ", record.field("session.id"));
  append_word(out, " on ", record.field("session.tty"));
  append_word(out, ": ", record.field("process.command_line"));
  const std::string_view ip = record.field("source.ip");
  append_word(out, " from ", ip.empty() ? record.field("source.address") : ip);
  append_word(out, ": ", record.field("event.outcome"));
  if (!record.field("event.reason").empty()) {
    append_word(out, " (", record.field("event.reason"));
    out.push_back(')');
  }
}

}  // namespace

void append_pretty(std::string& out, const Record& record, std::int64_t fallback_ns,
                   bool with_date) {
  append_time(out, record, fallback_ns, with_date);
  if (record.kube.present) {
    append_kube(out, record);
  } else if (!record.field("process.name").empty() || !record.field("host").empty()) {
    append_auth(out, record);
  } else {
    out += " (not understood) ";
    append_safe(out, record.field("message").empty() ? record.raw : record.field("message"));
  }
  out.push_back('\n');
}

}  // namespace auditship::event
