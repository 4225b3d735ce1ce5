#include "parsers/auth_log/key_owners/key_owners.h"

namespace auditship::parsers::auth_log::key_owners {
namespace {

constexpr std::string_view kMd5 = "MD5:";

// Releases up to 6.7 log the bare hex pairs.
bool is_bare_md5(std::string_view text) { return text.size() == 47 && text[2] == ':'; }

}  // namespace

SshKeyOwners::Added SshKeyOwners::add(Owners& owners, const std::string& key,
                                      const SshKeyOwner& owner) {
  const auto [at, fresh] = owners.try_emplace(key, owner);
  if (fresh) {
    return Added::fresh;
  }
  return at->second.name == owner.name ? Added::again : Added::other_owner;
}

SshKeyOwners::Added SshKeyOwners::add_key(const std::string& fingerprint,
                                          const SshKeyOwner& owner) {
  return add(keys_, fingerprint, owner);
}

SshKeyOwners::Added SshKeyOwners::add_certificate(const std::string& id, const SshKeyOwner& owner) {
  return add(certificates_, id, owner);
}

const SshKeyOwner* SshKeyOwners::owner_of(std::string_view fingerprint) const {
  const auto found = is_bare_md5(fingerprint) ? keys_.find(std::string(kMd5).append(fingerprint))
                                              : keys_.find(fingerprint);
  return found == keys_.end() ? nullptr : &found->second;
}

SshKeyOwners::Answer SshKeyOwners::find(std::string_view fingerprint, std::string_view cert_id,
                                        std::string_view ca_fingerprint) const {
  if (const SshKeyOwner* owner = owner_of(fingerprint)) {
    return {true, owner->name, owner->email};
  }
  const bool known_authority = authorities_.contains(ca_fingerprint);
  if (cert_id.empty() || (!authorities_.empty() && !known_authority)) {
    return {};
  }
  if (const auto person = certificates_.find(cert_id); person != certificates_.end()) {
    return {true, person->second.name, person->second.email};
  }
  return known_authority ? Answer{true, cert_id, {}} : Answer{};
}

}  // namespace auditship::parsers::auth_log::key_owners
