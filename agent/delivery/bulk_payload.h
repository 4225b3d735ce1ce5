// Parts: what of a frame still has to be sent. A frame starts as one part; a partial failure leaves
// a smaller one, a body that is too large is cut in halves. Bodies stay packed until that happens.
// Plain functions over bytes; no I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/compression.h"
#include "agent/base/result.h"

namespace auditship::delivery {

struct Part {
  std::shared_ptr<const std::string>
      body;  // packed bulk lines; owners: this part and the requests that send it
  Codec codec = Codec::none;
  std::uint32_t documents = 0;
  std::uint64_t raw_bytes = 0;
};

// One document of a bulk body: its action line and its source line, both without newline.
struct BulkItem {
  std::string_view action, source;
};

// The items of an unpacked body. Errors: corrupt when it is not pairs of lines.
[[nodiscard]] Result<std::vector<BulkItem>> bulk_items(std::string_view raw);
// The value of "_id" in an action line that BulkEncoder wrote, or empty.
[[nodiscard]] std::string_view id_of(std::string_view action);
// That of "_index": the dated index that a document goes to.
[[nodiscard]] std::string_view index_of(std::string_view action);
[[nodiscard]] Result<std::string> unpack_part(const Part& part);
// A part of these items, in their order, packed in codec.
[[nodiscard]] Part make_part(const std::vector<BulkItem>& items, Codec codec);
// The items with these numbers (ascending).
[[nodiscard]] Result<Part> select_part(const Part& part, const std::vector<std::uint32_t>& numbers);
// Two halves by number of documents. Only for parts of at least two.
[[nodiscard]] Result<std::pair<Part, Part>> halve_part(const Part& part);
// In order, parts of at most raw_bytes, or of one document that alone is larger.
[[nodiscard]] Result<std::vector<Part>> cut_part(const Part& part, std::uint64_t raw_bytes);
[[nodiscard]] Result<Part> recode_part(const Part& part, Codec codec);

}  // namespace auditship::delivery
