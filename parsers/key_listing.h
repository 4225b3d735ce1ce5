// The SSH keys that the configuration of a format names, for `auditship keys`. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auditship::parsers {

struct ListedKey {
  // Either may be empty, not both.
  std::string fingerprint, md5;
  std::string type, owner, email;
  // Where it stands.
  std::string file;
  std::uint64_t line = 0;
  // That it opens on this node; empty: not known, or none.
  std::string account;
  // The kind of its source, as the configuration names it: "map". Static storage.
  std::string_view source;
  // It signs user certificates.
  bool authority = false;
};

struct KeyListing {
  std::vector<ListedKey> keys;
  std::vector<std::string> warnings;
  // False: nothing names a source.
  bool configured = false;
};

}  // namespace auditship::parsers
