#include "parsers/auth_log/config.h"

#include <utility>

#include "parsers/auth_log/auth_log_factory.h"
#include "parsers/auth_log/key_listing.h"
#include "parsers/auth_log/key_owners/key_owners_key.h"

namespace auditship::parsers::auth_log {
namespace {

constexpr std::string_view kPaths[] = {"/var/log/auth.log", "/var/log/secure"};

void read_time_zone(yaml::YamlMap& map, yaml::ReadContext& context, AuthLogConfig& config) {
  if (!map.text("time_zone", config.time_zone) || config.time_zone.empty()) {
    return;
  }
  if (config.time_zone.find("..") != std::string::npos) {
    map.add_problem("time_zone",
                    "expected a name such as Europe/Stockholm, or the path of a zone file");
    return;
  }
  const std::string file = zone_file_of(config.time_zone);
  const bool utc = config.time_zone == "UTC" || config.time_zone == "Etc/UTC";
  if (const auto problem = context.unreadable(file); problem && !utc) {
    map.add_problem("time_zone", *problem);
  }
}

yaml::Key<AuthLogConfig> time_zone_key() {
  auto key = yaml::text_key(
      "time_zone", &AuthLogConfig::time_zone, "text",
      "Of syslog stamps without a zone: `Europe/Stockholm`, or the path of a zone file. A "
      "container has none of its own: there it is UTC, with a warning, unless it is named.");
  key.read = read_time_zone;
  return std::move(key).with_default("the host's");
}

yaml::Key<AuthLogConfig> owners_key() {
  return {"ssh_key_owners",
          "list of sources",
          "Whose SSH key is whose, see [below](#owners-of-ssh-keys).",
          [](yaml::YamlMap& map, yaml::ReadContext& context, AuthLogConfig& config) {
            key_owners::read_sources(map, "ssh_key_owners", context, config.ssh_key_owners);
          },
          [](yaml::YamlWriter& out, const AuthLogConfig& config) {
            key_owners::write_sources(out, "ssh_key_owners", config.ssh_key_owners);
          },
          [](const AuthLogConfig&) { return std::string("[]"); }};
}

}  // namespace

const yaml::Schema<AuthLogConfig>& AuthLogConfig::schema() {
  using C = AuthLogConfig;
  static const yaml::Schema<C> kSchema({
      time_zone_key(),
      yaml::boolean_key("keep_original", &C::keep_original,
                        "Ship the whole line as `event.original`, too."),
      yaml::boolean_key("session_start_documents", &C::session_start_documents,
                        "A document when an SSH login begins, too, not only when it ends; see "
                        "[sessions](sessions.md)."),
      owners_key(),
  });
  return kSchema;
}

const ParserType& AuthLogConfig::type() const { return kType; }

// In a container, for example: its node's zone may be another.
void AuthLogConfig::warn(yaml::ReadContext& context) const {
  if (time_zone.empty() && !context.fs.stat("/etc/localtime")) {
    context.warn(
        "time_zone: /etc/localtime is not there, so syslog stamps without a zone are read as UTC; "
        "name the node's zone, or UTC if that is right");
  }
}

Result<std::unique_ptr<ParserFactory>> AuthLogConfig::make_factory(
    const ParserServices& services) const {
  auto factory = AuthLogFactory::make(*this, services);
  if (!factory) {
    return factory.error();
  }
  return std::unique_ptr<ParserFactory>(std::move(*factory));
}

const ParserType kType{
    .name = "auth_log",
    .summary = "auth.log or secure of a node",
    .default_stream = "authlog",
    .default_paths = kPaths,
    .rules = "authlog",
    .templates = "authlog",
    .cluster_scoped = false,
    .make_config = [] { return std::unique_ptr<ParserConfig>(std::make_unique<AuthLogConfig>()); },
    .list_keys = list_keys,
};

}  // namespace auditship::parsers::auth_log
