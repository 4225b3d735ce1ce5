#include "sinks/framing/bulk_framing.h"

#include <algorithm>

#include "agent/base/encoding/json_writer.h"

namespace auditship::sinks::framing {
namespace {

// Neither ids nor index names have anything that JSON escapes.
std::string_view value_of(std::string_view action, std::string_view key) {
  const std::size_t at = action.find(key);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = action.substr(at + key.size());
  return rest.substr(0, rest.find('"'));
}

// Takes one line, with its newline, off body. Empty: there is none.
std::string_view take_line(std::string_view& body) {
  const std::size_t end = body.find('\n');
  if (end == std::string_view::npos) {
    return {};
  }
  const std::string_view line = body.substr(0, end + 1);
  body.remove_prefix(end + 1);
  return line;
}

}  // namespace

void BulkFraming::begin_item(const ItemAddress& address, std::string& body) const {
  body += "{\"create\":{";
  if (!address.index.empty()) {
    body += "\"_index\":";
    append_json_string(body, address.index);
    body += ',';
  } else if (!dated_prefix_.empty()) {
    body += "\"_index\":";
    append_json_string(body, dated_prefix_);
    body.back() = '-';
    constexpr std::size_t kDay = std::string_view("YYYY-MM-DD").size();
    const std::size_t day = body.size();
    append_rfc3339(body, address.time_ns);
    body.resize(day + kDay);
    std::replace(body.begin() + static_cast<std::ptrdiff_t>(day), body.end(), '-', '.');
    body += "\",";
  }
  body += "\"_id\":";
  append_json_string(body, address.id);
  body += "}}\n";
}

Result<std::vector<FramedItem>> BulkFraming::split(std::string_view body) const {
  std::vector<FramedItem> items;
  while (!body.empty()) {
    const std::string_view head = take_line(body);
    const std::string_view document = take_line(body);
    if (head.empty() || document.empty()) {
      return Error{Errc::corrupt, "bulk body is not pairs of lines"};
    }
    items.push_back(FramedItem{head, document.substr(0, document.size() - 1)});
  }
  return items;
}

std::string_view BulkFraming::id_of(const FramedItem& item) const {
  return value_of(item.head, "\"_id\":\"");
}

std::string_view BulkFraming::index_of(const FramedItem& item) const {
  return value_of(item.head, "\"_index\":\"");
}

}  // namespace auditship::sinks::framing
