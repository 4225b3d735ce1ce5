// How a FileSource gives its descriptors back.
#include "agent/input/file/follow/file_source.h"

namespace auditship::input::file::follow {
namespace {

using rotation::ChainEntry;

// Whoever has not written to a log without a name for so long does so no more.
constexpr std::int64_t kNamelessNs = std::int64_t{3600} * 1'000'000'000;

}  // namespace

bool FileSource::at_rest() const {
  const SourceProgress& progress = context_.progress;
  return reader_.current() != nullptr && chain_.waiting().empty() && reader_.drained() &&
         progress.backlog_bytes <= progress.incomplete_bytes;
}

bool FileSource::all_named() const {
  const ChainEntry* current = reader_.current();
  return (current == nullptr || is_named(context_.fs, *current)) && chain_.all_named();
}

void FileSource::let_go_of_waiting() {
  late_writes_.look();
  late_writes_.stop();
  chain_.let_go();
}

bool FileSource::leave_nameless() {
  const ChainEntry& current = *reader_.current();
  const std::int64_t age = context_.clock.wall_ns() - current.stat.modified_ns;
  if (context_.progress.backlog_bytes > 0 || age < kNamelessNs || is_named(context_.fs, current)) {
    return false;
  }
  context_.log.warn(
      "descriptors-scarce",
      "a log that was deleted or moved away is closed, as descriptors are scarce; what "
      "is still written to it is not read",
      {{"path", current.path}, {"read_up_to", reader_.end_offset()}});
  finish(FileNow::intact);
  late_writes_.stop();
  update_backlog();
  return true;
}

void FileSource::close() {
  reader_.end();
  late_writes_.look();
  late_writes_.stop();
  chain_.let_go();
}

}  // namespace auditship::input::file::follow
