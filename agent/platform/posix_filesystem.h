// PosixFs: Fs on Linux; the only open, fsync and rename calls of the agent.
//
//   PosixFs fs;
//   auto file = fs.open("/var/lib/auditship/identity", OpenMode::read);
//
// Promises and errors are those of agent/base/filesystem.h. Files are made with mode 0600 and
// directories with 0700 under the process's umask; what root makes in a directory of another user
// becomes that user's. One object may be used from several threads, a File from one.
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/base/filesystem.h"

namespace auditship::platform {

class PosixFs final : public Fs {
 public:
  // Descriptors that files opened to be followed never take, so that the sink, the buffer and the
  // status always have theirs; at most a quarter of the limit.
  static constexpr std::uint64_t kReservedDescriptors = 32;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<FileStat> stat(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Status make_dirs(const std::string& directory) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_dir(const std::string& directory) override;
  Result<std::unique_ptr<File>> lock(const std::string& path) override;
  Result<std::uint64_t> free_bytes(const std::string& directory) override;
  [[nodiscard]] std::uint64_t refused_opens() const override { return refused_opens_; }

 private:
  std::atomic<std::uint64_t> refused_opens_ = 0;
};

}  // namespace auditship::platform
