#include "parsers/kube_audit/exec_request.h"

#include <algorithm>

#include "agent/base/encoding/json_writer.h"
#include "parsers/kube_audit/text_conversions.h"

namespace auditship::parsers::kube_audit {
namespace {

constexpr std::size_t kMaxArguments = 1024;

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// As Kubernetes converts a query parameter: "false" and "0" are false, anything else is true.
std::string_view as_bool(std::string_view value) {
  std::string lower(value.substr(0, 6));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower == "false" || lower == "0" ? "false" : "true";
}

// What the query asked for. Lists are JSON arrays under construction.
struct Asked {
  std::string args = "[";
  std::string command_line;
  std::string ports = "[";
  std::size_t arguments = 0;
  std::string container;
  // "true", "false", or empty where the request does not say.
  std::string_view in, out, err, tty;
  bool argument_is_secret = false;
};

void add_argument(Asked& asked, std::string_view value, const Redactor& redactor,
                  std::size_t max_bytes) {
  std::string shown;
  redactor.append_argument(shown, value, asked.argument_is_secret);
  if (asked.arguments++ >= kMaxArguments) {
    return;
  }
  asked.args.append(asked.args.size() > 1 ? "," : "");
  append_limited_json_string(asked.args, shown, max_bytes);
  asked.command_line.append(asked.arguments > 1 ? " " : "").append(shown);
}

void add_ports(Asked& asked, std::string_view list) {
  constexpr std::size_t kMaxPorts = 256;
  while (!list.empty() && asked.ports.size() < kMaxPorts * 6) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view port = list.substr(0, comma);
    const bool digits = !port.empty() && port.size() <= 5 && port.front() != '0' &&
                        port.find_first_not_of("0123456789") == std::string_view::npos;
    if (digits) {
      asked.ports.append(asked.ports.size() > 1 ? "," : "").append(port);
    }
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// The first value of a key counts, except for lists. Keys' case matters.
void take_pair(Asked& asked, std::string_view name, std::string_view value,
               const Redactor& redactor, std::size_t max_bytes) {
  const auto flag = [value](std::string_view& into) {
    if (into.empty()) {
      into = as_bool(value);
    }
  };
  if (name == "command" || name == "cmd") {
    add_argument(asked, value, redactor, max_bytes);
  } else if (name == "container" && asked.container.empty()) {
    asked.container = value;
  } else if (name == "ports") {
    add_ports(asked, value);
  } else if (one_of(name, {"stdin", "input"})) {
    flag(asked.in);
  } else if (one_of(name, {"stdout", "output"})) {
    flag(asked.out);
  } else if (one_of(name, {"stderr", "error"})) {
    flag(asked.err);
  } else if (name == "tty") {
    flag(asked.tty);
  }
}

void read_query(std::string_view query, Asked& asked, const Redactor& redactor,
                std::size_t max_bytes) {
  std::string name;
  std::string value;
  while (!query.empty()) {
    const std::size_t amp = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, amp);
    query.remove_prefix(std::min(amp + 1, query.size()));
    // The server ignores pairs with a semicolon or a bad escape.
    if (pair.empty() || pair.find(';') != std::string_view::npos) {
      continue;
    }
    const std::size_t equal = std::min(pair.find('='), pair.size());
    name.clear();
    value.clear();
    if (append_percent_decoded(name, pair.substr(0, equal), Plus::blank) &&
        append_percent_decoded(value, pair.substr(std::min(equal + 1, pair.size())), Plus::blank)) {
      take_pair(asked, name, value, redactor, max_bytes);
    }
  }
}

// What follows /proxy in the path: objectRef does not have it.
std::string_view proxied_path(std::string_view path) {
  const std::size_t at = path.find("/proxy/");
  return at == std::string_view::npos ? std::string_view{} : path.substr(at + 6);
}

}  // namespace

bool is_connect_request(const event::KubeAttributes& kube) {
  const bool pods = kube.resource == "pods";
  return kube.has_object_ref && !kube.subresource.empty() &&
         ((pods && one_of(kube.subresource, {"exec", "attach", "portforward"})) ||
          (kube.subresource == "proxy" && (pods || one_of(kube.resource, {"services", "nodes"}))));
}

void add_connect_fields(std::string_view uri, const Redactor& redactor,
                        std::size_t max_string_bytes, event::Record& record) {
  const event::KubeAttributes& kube = record.kube;
  const std::size_t question = std::min(uri.find('?'), uri.size());
  const std::string_view query = uri.substr(std::min(question + 1, uri.size()));
  bool runs = kube.subresource != "proxy";
  if (!runs) {
    const std::string_view path = proxied_path(kube.path);
    record.add("exec.proxy_path", limited(path, max_string_bytes, record));
    // Through a node's proxy one reaches the kubelet, which runs commands as well.
    runs = kube.resource == "nodes" &&
           one_of(path.substr(0, path.find('/', 1)), {"/exec", "/run", "/attach", "/portForward"});
  }
  if (!runs) {
    return;
  }
  Asked asked;
  read_query(query, asked, redactor, max_string_bytes);
  if (asked.arguments > 0) {
    record.add("process.args", record.keep(asked.args.append("]")), event::FieldType::literal);
    record.add("process.command_line",
               limited(record.keep(asked.command_line), max_string_bytes, record));
  }
  if (!asked.container.empty()) {
    record.add("container.name", limited(record.keep(asked.container), max_string_bytes, record));
  }
  if (asked.ports.size() > 1) {
    record.add("exec.ports", record.keep(asked.ports.append("]")), event::FieldType::literal);
  }
  const auto flag = [&record](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      record.add(name, value, event::FieldType::literal);
    }
  };
  flag("exec.stdin", asked.in);
  flag("exec.stdout", asked.out);
  flag("exec.stderr", asked.err);
  flag("exec.tty", asked.tty);
}

}  // namespace auditship::parsers::kube_audit
