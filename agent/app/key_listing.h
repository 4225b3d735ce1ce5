// The SSH keys that the configured sources know: for `auditship keys`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/config/config.h"

namespace auditship::app {

struct ListedKey {
  // Either may be empty, not both.
  std::string fingerprint, md5;
  std::string type, owner, email;
  // Where it stands.
  std::string file;
  std::uint64_t line = 0;
  // That it opens on this node; empty: not known, or none.
  std::string account;
  // The kind of its source, as the configuration names it: "map".
  std::string_view source;
  // It signs user certificates.
  bool authority = false;
};

struct KeyListing {
  std::vector<ListedKey> keys;
  std::vector<std::string> warnings;
  // False: no stream names a source.
  bool configured = false;
};

// Of the sources of all streams, each once. Errors: not_found, io, invalid of a source.
[[nodiscard]] Result<KeyListing> list_keys(Fs& fs, const config::Config& config);

}  // namespace auditship::app
