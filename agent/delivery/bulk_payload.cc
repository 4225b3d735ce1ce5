#include "agent/delivery/bulk_payload.h"

namespace auditship::delivery {
namespace {

// A frame is closed at 5 MB and one document more: far below this.
constexpr std::size_t kMaxRawBytes = 512u << 20;

// Neither ids nor index names have anything that JSON escapes.
std::string_view value_of(std::string_view action, std::string_view key) {
  const std::size_t at = action.find(key);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = action.substr(at + key.size());
  return rest.substr(0, rest.find('"'));
}

}  // namespace

Result<std::vector<BulkItem>> bulk_items(std::string_view raw) {
  std::vector<BulkItem> items;
  while (!raw.empty()) {
    BulkItem item;
    for (std::string_view* line : {&item.action, &item.source}) {
      const std::size_t end = raw.find('\n');
      if (end == std::string_view::npos) {
        return Error{Errc::corrupt, "bulk body is not pairs of lines"};
      }
      *line = raw.substr(0, end);
      raw.remove_prefix(end + 1);
    }
    items.push_back(item);
  }
  return items;
}

std::string_view id_of(std::string_view action) { return value_of(action, "\"_id\":\""); }

std::string_view index_of(std::string_view action) { return value_of(action, "\"_index\":\""); }

Result<std::string> unpack_part(const Part& part) {
  return unpack(part.codec, *part.body, kMaxRawBytes, part.raw_bytes);
}

Part make_part(const std::vector<BulkItem>& items, Codec codec) {
  Packer packer(codec);
  for (const BulkItem& item : items) {
    packer.append(item.action);
    packer.append("\n");
    packer.append(item.source);
    packer.append("\n");
  }
  Part part;
  part.codec = codec;
  part.documents = static_cast<std::uint32_t>(items.size());
  part.raw_bytes = packer.raw_bytes();
  part.body = std::make_shared<const std::string>(packer.finish());
  return part;
}

Result<Part> select_part(const Part& part, const std::vector<std::uint32_t>& numbers) {
  auto raw = unpack_part(part);
  if (!raw) {
    return raw.error();
  }
  auto items = bulk_items(*raw);
  if (!items) {
    return items.error();
  }
  std::vector<BulkItem> chosen;
  chosen.reserve(numbers.size());
  for (const std::uint32_t n : numbers) {
    AUDITSHIP_CHECK(n < items->size(), "an item number outside of its part");
    chosen.push_back((*items)[n]);
  }
  return make_part(chosen, part.codec);
}

Result<std::pair<Part, Part>> halve_part(const Part& part) {
  auto raw = unpack_part(part);
  if (!raw) {
    return raw.error();
  }
  auto items = bulk_items(*raw);
  if (!items) {
    return items.error();
  }
  AUDITSHIP_CHECK(items->size() >= 2, "one document cannot be halved");
  const auto middle = items->begin() + static_cast<std::ptrdiff_t>(items->size() / 2);
  return std::pair(make_part({items->begin(), middle}, part.codec),
                   make_part({middle, items->end()}, part.codec));
}

Result<std::vector<Part>> cut_part(const Part& part, std::uint64_t raw_bytes) {
  auto raw = unpack_part(part);
  if (!raw) {
    return raw.error();
  }
  auto items = bulk_items(*raw);
  if (!items) {
    return items.error();
  }
  std::vector<Part> parts;
  std::vector<BulkItem> chosen;
  std::uint64_t size = 0;
  for (const BulkItem& item : *items) {
    const std::uint64_t more = item.action.size() + item.source.size() + 2;
    if (!chosen.empty() && size + more > raw_bytes) {
      parts.push_back(make_part(chosen, part.codec));
      chosen.clear();
      size = 0;
    }
    chosen.push_back(item);
    size += more;
  }
  if (!chosen.empty()) {
    parts.push_back(make_part(chosen, part.codec));
  }
  return parts;
}

Result<Part> recode_part(const Part& part, Codec codec) {
  auto raw = unpack_part(part);
  if (!raw) {
    return raw.error();
  }
  Part out = part;
  out.codec = codec;
  out.body = std::make_shared<const std::string>(pack(codec, *raw));
  return out;
}

}  // namespace auditship::delivery
