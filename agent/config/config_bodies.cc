// `bodies:` and `redaction:`: what becomes of the bodies and credentials of audit events.
#include "agent/config/config_internal.h"
#include "parsers/kube_audit/redactor.h"

namespace auditship::config {
namespace {

constexpr std::uint64_t kKiB = 1 << 10;
constexpr std::size_t kMostNames = 1000;

}  // namespace

void read_bodies(yaml::YamlMap& top, Config& config) {
  if (const yaml::YamlNode* node = top.get("bodies")) {
    yaml::YamlMap bodies(top.problems(), *node, "bodies");
    bodies.size("max", 4 * kKiB, 900 * kKiB, config.body_max_bytes);
    bodies.boolean("slim", config.slim_bodies);
    bodies.done();
  }
  if (const yaml::YamlNode* node = top.get("redaction")) {
    yaml::YamlMap redaction(top.problems(), *node, "redaction");
    redaction.boolean("enabled", config.redact);
    if (redaction.texts("names", config.redact_names)) {
      if (auto redactor = parsers::kube_audit::Redactor::make(config.redact_names, config.redact);
          !redactor) {
        redaction.add_problem("names", redactor.error().message);
      } else if (config.redact_names.size() > kMostNames) {
        redaction.add_problem("names", "expected at most 1000 names");
      }
    }
    redaction.done();
  }
}

}  // namespace auditship::config
