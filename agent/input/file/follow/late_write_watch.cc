#include "agent/input/file/follow/late_write_watch.h"

#include <utility>

namespace auditship::input::file::follow {

void LateWriteWatch::watch(rotation::ChainEntry entry, std::uint64_t offset) {
  finished_ = std::move(entry);
  offset_ = offset;
}

void LateWriteWatch::look() {
  if (!finished_) {
    return;
  }
  const auto now = finished_->file->stat();
  if (!now || now->size <= offset_) {
    return;
  }
  ++context_.progress.lost_ranges;
  context_.progress.lost_bytes += now->size - offset_;
  context_.log.warn("write-after-rotation",
                    "a rotated file grew after it was finished; these bytes are not shipped",
                    {{"path", context_.options.path},
                     {"file", finished_->path},
                     {"from_offset", offset_},
                     {"bytes", now->size - offset_}});
  offset_ = now->size;
}

}  // namespace auditship::input::file::follow
