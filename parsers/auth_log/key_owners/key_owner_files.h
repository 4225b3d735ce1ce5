// Reads the files that say whose SSH key is whose: authorized_keys, a map of persons, and the
// public keys of certificate authorities.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "parsers/auth_log/key_owners/key_owners.h"

namespace auditship::parsers::auth_log::key_owners {

struct KeyOwnerSource {
  enum class Kind : std::uint8_t {
    authorized_keys,  // the comment of a key names its owner
    map,              // a YAML file of persons
    ca_keys,          // public keys that sign user certificates
  };
  Kind kind = Kind::authorized_keys;
  // A file; for authorized_keys also a directory, a glob, or a pattern of sshd's AuthorizedKeysFile
  // with %h, %u, %U, %%, asked for each account of passwd.
  std::string path;
  std::string passwd = "/etc/passwd";

  [[nodiscard]] bool operator==(const KeyOwnerSource&) const = default;
};

// A key as it was found, for `auditship keys`.
struct KeyPlace {
  std::string fingerprint, md5, type, owner, email;
  std::string file;  // where it stands
  std::uint64_t line = 0;
  std::string account;  // that it opens on this node; empty: not known, or none
  KeyOwnerSource::Kind source = KeyOwnerSource::Kind::authorized_keys;
};

struct LoadedKeyOwners {
  std::unique_ptr<const SshKeyOwners> table;
  std::vector<KeyPlace> places;
  std::vector<std::string> warnings;  // a key with two names, a line that is no key, …
};

// Bounded: 1 MiB a file, 10,000 files, 100,000 keys. An authorized_keys file that is not there is
// no error. Errors: not_found, io, invalid for a map or an authority's file that cannot be used.
[[nodiscard]] Result<LoadedKeyOwners> load_key_owners(Fs& fs,
                                                      const std::vector<KeyOwnerSource>& sources);

// Changes when a file of the sources changes, comes or goes. Costs a stat a file.
[[nodiscard]] std::uint64_t key_owners_signature(Fs& fs,
                                                 const std::vector<KeyOwnerSource>& sources);

}  // namespace auditship::parsers::auth_log::key_owners
