#include "agent/input/file/scarcity_notice.h"

namespace auditship::input::file {

void ScarcityNotice::refused(const std::string& log_name) {
  logs_.insert(log_name);
  const TimePoint now = clock_.now();
  if (told_ && now - *told_ < kApart) {
    return;
  }
  told_ = now;
  log_.warn("descriptors-scarce",
            "no more files can be opened; logs are read in turn and closed in between",
            {{"path", log_name}, {"logs", logs_.size()}});
  logs_.clear();
}

}  // namespace auditship::input::file
