// KubeAuditParser turns lines of a kube-apiserver audit log into Records.
//
//   auto parser = KubeAuditParser::make({.trusted_proxies = {"10.0.0.0/8"}});
//   (*parser)->parse(line, now_ns, records);
//
// The event's own tree stays as Kubernetes wrote it, except: bodies (JSON text, slimmed and
// redacted), annotation keys that are not Kubernetes' own (annotations_other), user.extra_text (JSON
// text), strings over the limit (cut, marked), credentials in requestURI. Derived members have ECS
// names: docs/fields.md. Every byte is taken as hostile: whatever comes, `json` is valid JSON in
// valid UTF-8, and names no key twice. A line that holds no event becomes one unparsed record; a
// torn piece with an event behind it becomes two. Memory: proportional to the line only while it is
// parsed. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/result.h"
#include "parsers/parser.h"

namespace auditship::parsers::kube_audit {

struct KubeAuditOptions {
  // Networks in CIDR form: hops that source.ip may step left over.
  std::vector<std::string> trusted_proxies;
  // Of a string that may land in a keyword field.
  std::size_t max_string_bytes = 32'000;
  // Of requestObject and responseObject each, as JSON text.
  std::size_t max_body_bytes = 256 * 1024;
  // Of the raw text of a line that is no event.
  std::size_t max_raw_bytes = 256 * 1024;
  // Whether credentials and secrets become [redacted].
  bool redact = true;
  // Whether managedFields and last-applied-configuration are left out.
  bool slim = true;
  // Further names whose values are credentials, any case; * at either end stands for anything.
  std::vector<std::string> redact_names;
};

class KubeAuditParser final : public Parser {
 public:
  // Errors: invalid (a trusted proxy is no network, a redact name is empty).
  [[nodiscard]] static Result<std::unique_ptr<KubeAuditParser>> make(KubeAuditOptions options);
  ~KubeAuditParser() override;
  KubeAuditParser(const KubeAuditParser&) = delete;
  KubeAuditParser& operator=(const KubeAuditParser&) = delete;

  void parse(const event::RawLine& line, std::int64_t now_ns, event::Records& out) override;

 private:
  struct State;
  explicit KubeAuditParser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace auditship::parsers::kube_audit
