// RecordId: which record of which log it is. The id of its document is made of it (document_id.h).
//
//   const auto prefix = record_id_prefix(scope, {path, first_line});       // once a log
//   record.id = RecordId{prefix, offset};                                  // each record
//
// The input that a record comes from gives it its id, the same one whenever it reads the record
// again, and no two records of one log the same one.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace auditship::event {

// Whose records they are. Part of every prefix, so that no stream can take the ids of another.
struct IdScope {
  std::string cluster, node, stream;
};

struct RecordId {
  // The first bytes of a SHA-256.
  using Prefix = std::array<std::uint8_t, 8>;

  // Of the log, or of one generation of it.
  Prefix prefix{};
  // Ascends within the log; less than 2^48. Of a log of bytes: the offset.
  std::uint64_t sequence = 0;

  auto operator<=>(const RecordId&) const = default;
};

// The prefix for a log of this scope that parts tell from all others: the name of its source, then
// whatever tells apart generations under one name. Scope and parts are length-prefixed before they
// are hashed, so that no part can pose as another.
[[nodiscard]] RecordId::Prefix record_id_prefix(const IdScope& scope,
                                                std::initializer_list<std::string_view> parts);

}  // namespace auditship::event
