#include "sinks/framing/line_framing.h"

namespace auditship::sinks::framing {

Result<std::vector<FramedItem>> LineFraming::split(std::string_view body) const {
  std::vector<FramedItem> items;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    if (end == std::string_view::npos) {
      return Error{Errc::corrupt, "the last line of a body has no end"};
    }
    items.push_back(FramedItem{{}, body.substr(0, end)});
    body.remove_prefix(end + 1);
  }
  return items;
}

}  // namespace auditship::sinks::framing
