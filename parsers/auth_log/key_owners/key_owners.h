// SshKeyOwners: whose key is it? Fingerprints, certificate ids and certificate authorities, and
// the persons behind them (ISO 27001 A.9.2.1: each person by their own key).
//
// KeyOwnerTable holds the table in force; the agent puts a new one in when a source changes,
// parsers look at it line by line. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace auditship::parsers::auth_log::key_owners {

struct SshKeyOwner {
  std::string name, email;  // either may be empty
};

class SshKeyOwners {
 public:
  enum class Added { fresh, again, other_owner };

  // fingerprint: "SHA256:…" or "MD5:…". The first owner of a key stays.
  Added add_key(const std::string& fingerprint, const SshKeyOwner& owner);
  // An id (or principal) that the authority writes into certificates.
  Added add_certificate(const std::string& id, const SshKeyOwner& owner);
  void add_authority(const std::string& fingerprint) { authorities_.insert(fingerprint); }
  // Owner of a key; nullptr when it is not known.
  [[nodiscard]] const SshKeyOwner* owner_of(std::string_view fingerprint) const;

  struct Answer {
    bool known = false;
    std::string_view name, email;
  };
  // Who logged in with this key. The key itself counts first, then the certificate: only one that a
  // known authority signed, if authorities are known at all; its id is the name where no person is
  // named for it. Views into this table, or cert_id itself.
  [[nodiscard]] Answer find(std::string_view fingerprint, std::string_view cert_id,
                            std::string_view ca_fingerprint) const;
  [[nodiscard]] std::size_t keys() const { return keys_.size(); }

 private:
  struct Hash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Owners = std::unordered_map<std::string, SshKeyOwner, Hash, std::equal_to<>>;

  static Added add(Owners& owners, const std::string& key, const SshKeyOwner& owner);

  Owners keys_, certificates_;
  std::unordered_set<std::string, Hash, std::equal_to<>> authorities_;
};

class KeyOwnerTable {
 public:
  // nullptr: no source is configured, nothing is said about owners.
  [[nodiscard]] const SshKeyOwners* current() const { return current_.get(); }
  void replace(std::unique_ptr<const SshKeyOwners> next) { current_ = std::move(next); }

 private:
  std::unique_ptr<const SshKeyOwners> current_;
};

}  // namespace auditship::parsers::auth_log::key_owners
