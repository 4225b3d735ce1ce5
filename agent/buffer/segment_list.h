// SegmentList: which segment files a buffer has, oldest first, and how many bytes they hold.
// fs must outlive it. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

struct SegmentFile {
  event::FrameId first = 0;
  std::string path;
  std::uint64_t bytes = 0;
};

[[nodiscard]] std::string segment_path(const std::string& directory, event::FrameId first);
// The segments of a buffer, oldest first; other files are passed over. While an agent runs, one may
// be gone when it is looked at: it is left out.
[[nodiscard]] Result<std::vector<SegmentFile>> segments_in(Fs& fs, const std::string& directory);

class SegmentList {
 public:
  explicit SegmentList(Fs& fs) : fs_(&fs) {}
  // Errors: io.
  static Result<SegmentList> in_directory(Fs& fs, const std::string& directory);

  [[nodiscard]] bool empty() const { return files_.empty(); }
  [[nodiscard]] std::size_t size() const { return files_.size(); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  // Oldest and newest. Only when !empty().
  [[nodiscard]] const SegmentFile& front() const { return files_.front(); }
  [[nodiscard]] const SegmentFile& back() const { return files_.back(); }
  [[nodiscard]] const SegmentFile& at(std::size_t index) const { return files_[index]; }
  // The index of the segment whose frames begin at or in front of id; the oldest when all begin
  // behind it.
  [[nodiscard]] std::size_t index_of(event::FrameId id) const;

  void add(SegmentFile file);
  // The newest one has this many bytes now.
  void resize_back(std::uint64_t bytes);
  // Removes the file, too. Errors: io, and then nothing has changed.
  Status remove_front();
  Status remove_back();

 private:
  Fs* fs_;
  std::deque<SegmentFile> files_;
  std::uint64_t bytes_ = 0;
};

}  // namespace auditship::buffer
