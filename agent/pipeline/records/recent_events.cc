#include "agent/pipeline/records/recent_events.h"

#include "agent/event/event_summary.h"

namespace auditship::pipeline::records {

void RecentEvents::add(const event::Record& record, std::int64_t now_ns) {
  if (left_ == 0) {
    return;
  }
  --left_;
  std::string line;
  if (lines_.size() == kMost) {
    line = std::move(lines_.front());  // its memory is used again
    lines_.pop_front();
    line.clear();
  }
  event::append_pretty(line, record, now_ns, true);
  line.pop_back();
  lines_.push_back(std::move(line));
}

}  // namespace auditship::pipeline::records
