#include "parsers/auth_log/auth_log_factory.h"

#include <utility>

#include "agent/base/calendar/time_zone.h"
#include "parsers/auth_log/ssh_sessions/session_tracker.h"

namespace auditship::parsers::auth_log {
namespace {

constexpr std::size_t kMaxZoneFile = 1u << 20;
constexpr std::chrono::seconds kLookForKeysEvery{10};

// No file means UTC, where it may lack.
Result<TimeZone> read_zone(Fs& fs, const std::string& name) {
  const bool may_lack = name.empty() || name == "UTC" || name == "Etc/UTC";
  auto bytes = fs.read_file(zone_file_of(name), kMaxZoneFile);
  if (!bytes) {
    return may_lack && bytes.error().code == Errc::not_found ? Result<TimeZone>(TimeZone())
                                                             : bytes.error();
  }
  return bytes->empty() ? Result<TimeZone>(TimeZone()) : TimeZone::parse(*bytes);
}

}  // namespace

std::string zone_file_of(const std::string& time_zone) {
  return time_zone.empty()            ? std::string("/etc/localtime")
         : time_zone.starts_with('/') ? time_zone
                                      : join_path("/usr/share/zoneinfo", time_zone);
}

AuthLogFactory::AuthLogFactory(const AuthLogConfig& config, ParserServices services)
    : services_(services),
      start_documents_(config.session_start_documents),
      sources_(config.ssh_key_owners) {
  options_.keep_original = config.keep_original;
}

Result<std::unique_ptr<AuthLogFactory>> AuthLogFactory::make(const AuthLogConfig& config,
                                                             ParserServices services) {
  auto zone = read_zone(services.fs, config.time_zone);
  if (!zone) {
    return zone.error().in("time_zone");
  }
  std::unique_ptr<AuthLogFactory> factory(new AuthLogFactory(config, services));
  factory->options_.zone = std::move(*zone);
  if (!factory->sources_.empty()) {
    factory->owners_ = std::make_shared<key_owners::KeyOwnerTable>();
    factory->options_.owners = factory->owners_;
    if (auto s = factory->load_owners(Warnings::said); !s) {
      return s.error();
    }
  }
  return factory;
}

std::unique_ptr<Parser> AuthLogFactory::make_parser() const {
  return std::make_unique<AuthLogParser>(options_);
}

std::unique_ptr<Deriver> AuthLogFactory::make_deriver() const {
  return std::make_unique<ssh_sessions::SessionTracker>(
      ssh_sessions::SessionTrackerOptions{start_documents_});
}

// A key of two owners and the like is said once: at the start, reading the configuration has done so.
Status AuthLogFactory::load_owners(Warnings warnings) {
  signature_ = key_owners::key_owners_signature(services_.fs, sources_);
  auto loaded = key_owners::load_key_owners(services_.fs, sources_);
  if (!loaded) {
    return loaded.error();
  }
  if (services_.log != nullptr) {
    Logger& log = *services_.log;
    if (warnings == Warnings::to_say) {
      for (const std::string& warning : loaded->warnings) {
        log.warn("key-owner-conflict", warning);
      }
    }
    log.info("administrators-loaded", "owners of SSH keys were read",
             {{"keys", loaded->places.size()}});
  }
  owners_->replace(std::move(loaded->table));
  return {};
}

// A broken file leaves the owners as they were known.
std::optional<TimePoint> AuthLogFactory::renew(TimePoint now) {
  if (sources_.empty()) {
    return std::nullopt;
  }
  if (now < look_at_) {
    return look_at_;
  }
  look_at_ = now + kLookForKeysEvery;
  if (key_owners::key_owners_signature(services_.fs, sources_) == signature_) {
    return look_at_;
  }
  if (auto s = load_owners(Warnings::to_say); !s && services_.log != nullptr) {
    Logger& log = *services_.log;
    log.error("key-owners-invalid",
              "a changed file cannot be used; the owners of keys stay as they were",
              {{"error", s.error().message}});
  }
  return look_at_;
}

void AuthLogFactory::reload() {
  signature_ = 0;
  look_at_ = TimePoint{};
}

}  // namespace auditship::parsers::auth_log
