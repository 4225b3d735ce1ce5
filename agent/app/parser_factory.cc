// How the configuration makes parsers: shared by the agent and by the commands that look at logs.
#include "agent/app/agent.h"
#include "agent/base/time_zone.h"
#include "agent/platform/system_clock.h"
#include "parsers/auth_log/auth_log_parser.h"
#include "parsers/kube_audit/kube_audit_parser.h"

namespace auditship::app {
namespace {

constexpr std::size_t kMaxZoneFile = 1u << 20;

}  // namespace

Result<std::string> read_zone_file(Fs& fs, const std::string& name) {
  const bool may_lack = name.empty() || name == "UTC" || name == "Etc/UTC";
  auto bytes = fs.read_file(name.empty()            ? std::string("/etc/localtime")
                            : name.starts_with('/') ? name
                                                    : "/usr/share/zoneinfo/" + name,
                            kMaxZoneFile);
  return bytes || bytes.error().code != Errc::not_found || !may_lack
             ? bytes
             : Result<std::string>(std::string());  // no file means UTC
}

Result<pipeline::MakeParser> make_parser_factory(
    Fs& fs, const config::Config& config, config::ParserType type,
    std::shared_ptr<const parsers::auth_log::key_owners::KeyOwnerTable> book) {
  if (type == config::ParserType::kube_audit) {
    parsers::kube_audit::KubeAuditOptions options;
    options.trusted_proxies = config.trusted_proxies;
    options.redact = config.redact;
    options.redact_names = config.redact_names;
    options.slim = config.slim_bodies;
    options.max_body_bytes = config.body_max_bytes;
    auto first = parsers::kube_audit::KubeAuditParser::make(options);
    if (!first) {
      return first.error();
    }
    return pipeline::MakeParser([options]() -> std::unique_ptr<parsers::Parser> {
      auto parser = parsers::kube_audit::KubeAuditParser::make(options);
      AUDITSHIP_CHECK(parser.ok(), "options that were good once are good again");
      return std::move(*parser);
    });
  }
  auto bytes = read_zone_file(fs, config.time_zone);
  if (!bytes) {
    return bytes.error().in("time_zone");
  }
  TimeZone zone;
  if (!bytes->empty()) {
    auto parsed = TimeZone::parse(*bytes);
    if (!parsed) {
      return parsed.error().in("time_zone");
    }
    zone = std::move(*parsed);
  }
  if (book == nullptr && !config.ssh_key_owners.empty()) {
    auto loaded = parsers::auth_log::key_owners::load_key_owners(fs, config.ssh_key_owners);
    if (!loaded) {
      return loaded.error();
    }
    auto own = std::make_shared<parsers::auth_log::key_owners::KeyOwnerTable>();
    own->replace(std::move(loaded->table));
    book = std::move(own);
  }
  parsers::auth_log::AuthLogOptions options;
  options.owners = std::move(book);
  options.zone = std::move(zone);
  options.keep_original = config.keep_original;
  return pipeline::MakeParser([options]() -> std::unique_ptr<parsers::Parser> {
    return std::make_unique<parsers::auth_log::AuthLogParser>(options);
  });
}

std::string wanted_node_name(const config::Config& config) {
  std::string name = config.node_name;
  if (name.empty()) {
    name = platform::system_environment("NODE_NAME").value_or("");
  }
  if (name.empty()) {
    name = platform::system_host_name();
  }
  return name.empty() ? "localhost" : name;
}

}  // namespace auditship::app
