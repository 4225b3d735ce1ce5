#include "agent/event/record_id.h"

#include <algorithm>

#include "agent/base/encoding/sha256.h"

namespace auditship::event {

RecordId::Prefix record_id_prefix(const IdScope& scope,
                                  std::initializer_list<std::string_view> parts) {
  Sha256 sha;
  sha.update_prefixed(scope.cluster);
  sha.update_prefixed(scope.node);
  sha.update_prefixed(scope.stream);
  for (const std::string_view part : parts) {
    sha.update_prefixed(part);
  }
  const Digest digest = sha.finish();
  RecordId::Prefix prefix{};
  std::copy_n(digest.begin(), prefix.size(), prefix.begin());
  return prefix;
}

}  // namespace auditship::event
