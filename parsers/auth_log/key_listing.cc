#include "parsers/auth_log/key_listing.h"

#include <algorithm>
#include <utility>

#include "parsers/auth_log/config.h"
#include "parsers/auth_log/key_owners/key_owner_files.h"

namespace auditship::parsers::auth_log {
namespace {

namespace owners = key_owners;

// Of all configurations, each once.
std::vector<owners::KeyOwnerSource> sources_of(std::span<const ParserConfig* const> configs) {
  std::vector<owners::KeyOwnerSource> all;
  for (const ParserConfig* config : configs) {
    const auto& keys = dynamic_cast<const AuthLogConfig&>(*config);
    for (const owners::KeyOwnerSource& source : keys.ssh_key_owners) {
      if (std::find(all.begin(), all.end(), source) == all.end()) {
        all.push_back(source);
      }
    }
  }
  return all;
}

std::string_view name_of(owners::KeyOwnerSource::Kind kind) {
  switch (kind) {
    case owners::KeyOwnerSource::Kind::authorized_keys:
      return "authorized_keys";
    case owners::KeyOwnerSource::Kind::map:
      return "map";
    case owners::KeyOwnerSource::Kind::ca_keys:
      return "ca_keys";
  }
  return "";
}

}  // namespace

Result<KeyListing> list_keys(Fs& fs, std::span<const ParserConfig* const> configs) {
  KeyListing listing;
  const auto sources = sources_of(configs);
  if (sources.empty()) {
    return listing;
  }
  listing.configured = true;
  auto loaded = owners::load_key_owners(fs, sources);
  if (!loaded) {
    return loaded.error();
  }
  listing.warnings = std::move(loaded->warnings);
  for (owners::KeyPlace& place : loaded->places) {
    listing.keys.push_back(ListedKey{std::move(place.fingerprint), std::move(place.md5),
                                     std::move(place.type), std::move(place.owner),
                                     std::move(place.email), std::move(place.file), place.line,
                                     std::move(place.account), name_of(place.source),
                                     place.source == owners::KeyOwnerSource::Kind::ca_keys});
  }
  return listing;
}

}  // namespace auditship::parsers::auth_log
