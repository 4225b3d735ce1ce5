#include "agent/input/file/rotation/chain_entry.h"

namespace auditship::input::file::rotation {

FileIdentity identity_of(const FileStat& stat) {
  return {stat.device, stat.inode, stat.generation};
}

SeenFile seen_file(const FileStat& stat) { return {identity_of(stat), stat.modified_ns}; }

bool is_named(Fs& fs, const ChainEntry& entry) {
  const auto named = fs.stat(entry.path);
  return named && named->same_file(entry.stat);
}

Status ChainEntry::open(Fs& fs) {
  if (file) {
    return {};
  }
  auto opened = generations::Generation::open(fs, path, codec());
  if (!opened) {
    return opened.error();
  }
  // The name may mean another file by now than when it was listed.
  auto now = (*opened)->stat();
  if (!now) {
    return now.error();
  }
  if (!now->same_file(stat)) {
    return Error{Errc::not_found, path + ": replaced meanwhile"};
  }
  stat = *now;
  file = std::move(*opened);
  return {};
}

}  // namespace auditship::input::file::rotation
