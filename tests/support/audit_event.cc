#include "tests/support/audit_event.h"

#include <cctype>
#include <fstream>

#include <simdjson.h>

namespace auditship::test {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string_view text_of(const object& from, std::string_view key) {
  std::string_view text;
  return from[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string decoded_path(std::string_view uri) {
  uri = uri.substr(0, uri.find('?'));
  std::string path;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '%' && i + 2 < uri.size() &&
        std::isxdigit(static_cast<unsigned char>(uri[i + 1])) != 0 &&
        std::isxdigit(static_cast<unsigned char>(uri[i + 2])) != 0) {
      path += static_cast<char>(std::stoi(std::string(uri.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      path += uri[i];
    }
  }
  return path;
}

void read_user(const object& event, event::Record& record) {
  object user;
  if (event["user"].get(user) != simdjson::SUCCESS) {
    return;
  }
  record.kube.user = record.keep(text_of(user, "username"));
  record.kube.uid = record.keep(text_of(user, "uid"));
  simdjson::dom::array groups;
  if (user["groups"].get(groups) == simdjson::SUCCESS) {
    for (const element group : groups) {
      record.kube.groups.push_back(record.keep(std::string_view(group)));
    }
  }
  record.kube.has_user =
      !record.kube.user.empty() || !record.kube.uid.empty() || !record.kube.groups.empty();
}

void read_object_ref(const object& event, event::Record& record) {
  object ref;
  event::KubeAttributes& kube = record.kube;
  kube.has_object_ref = event["objectRef"].get(ref) == simdjson::SUCCESS;
  if (kube.has_object_ref) {
    kube.ns = record.keep(text_of(ref, "namespace"));
    kube.api_group = record.keep(text_of(ref, "apiGroup"));
    kube.api_version = record.keep(text_of(ref, "apiVersion"));
    kube.resource = record.keep(text_of(ref, "resource"));
    kube.subresource = record.keep(text_of(ref, "subresource"));
    kube.name = record.keep(text_of(ref, "name"));
  }
}

}  // namespace

bool read_audit_event(std::string_view text, event::Record& record) {
  record.clear();
  simdjson::dom::parser parser;
  object event;
  if (parser.parse(simdjson::padded_string(text)).get(event) != simdjson::SUCCESS) {
    return false;
  }
  event::KubeAttributes& kube = record.kube;
  kube.present = true;
  record.raw = record.keep(text);
  kube.stage = record.keep(text_of(event, "stage"));
  kube.level = record.keep(text_of(event, "level"));
  kube.audit_id = record.keep(text_of(event, "auditID"));
  kube.received = record.keep(text_of(event, "requestReceivedTimestamp"));
  kube.verb = record.keep(text_of(event, "verb"));
  kube.user_agent = record.keep(text_of(event, "userAgent"));
  kube.path = record.keep(decoded_path(text_of(event, "requestURI")));
  read_user(event, record);
  read_object_ref(event, record);
  object part;
  if (event["impersonatedUser"].get(part) == simdjson::SUCCESS) {
    kube.impersonated_user = record.keep(text_of(part, "username"));
  }
  std::int64_t code = 0;
  if (event["responseStatus"].get(part) == simdjson::SUCCESS &&
      part["code"].get(code) == simdjson::SUCCESS) {
    kube.code = static_cast<std::int32_t>(code);
  }
  if (event["annotations"].get(part) == simdjson::SUCCESS) {
    kube.decision = record.keep(text_of(part, "authorization.k8s.io/decision"));
  }
  return true;
}

std::size_t for_each_line(const std::string& path,
                          const std::function<void(std::size_t line, std::string_view text)>& use) {
  std::ifstream file(path);
  std::string text;
  std::size_t line = 0;
  while (std::getline(file, text)) {
    use(++line, text);
  }
  return line;
}

}  // namespace auditship::test
