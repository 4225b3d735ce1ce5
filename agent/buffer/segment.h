// One segment file: append frames to it, and read them back, checking all.
// Format: docs/buffer-format.md. fs must outlive it. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/buffer/frame.h"

namespace auditship::buffer {

class Segment {
 public:
  struct Entry {
    std::uint64_t at = 0;  // offset of the frame
    FrameHead head;
    FrameMeta meta;  // without body

    [[nodiscard]] std::uint64_t end() const { return at + head.size(); }
  };

  // A new file with a synced header, entered in a synced directory (B3).
  static Result<std::unique_ptr<Segment>> create(Fs& fs, const std::string& path,
                                                 SegmentHeader header);
  // Errors: corrupt (header), newer_version, io.
  static Result<std::unique_ptr<Segment>> open(Fs& fs, const std::string& path, OpenMode mode);
  // As open, but a damaged header is replaced by an empty one whose frames begin at the first
  // intact frame.
  static Result<std::unique_ptr<Segment>> open_damaged(Fs& fs, const std::string& path);

  [[nodiscard]] const SegmentHeader& header() const { return header_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }  // bytes
  [[nodiscard]] bool has_frames() const { return size_ > header_.size; }
  // Another Segment appended to the same file.
  void see_growth(std::uint64_t size) { size_ = std::max(size_, size); }

  // A frame: what encode_frame_front made, and its body. On an error the file is cut back to where
  // it was, if that is possible.
  Status append(std::string_view front, std::string_view body);
  Status sync() { return file_->sync(); }
  Status cut(std::uint64_t size);

  // The frame that begins at offset; nullopt at the end of the file. Errors: corrupt, io.
  [[nodiscard]] Result<std::optional<Entry>> front(std::uint64_t offset) const;
  // Its body, checked. Errors: corrupt, io.
  [[nodiscard]] Result<std::string> body(const Entry& entry) const;
  // The frame at offset when all of it, the body too, is intact; else nullopt. Errors: io.
  [[nodiscard]] Result<std::optional<Entry>> intact(std::uint64_t offset) const;
  // The first intact frame at or behind offset, or nullopt. Bounded memory.
  [[nodiscard]] Result<std::optional<Entry>> search(std::uint64_t offset) const;

 private:
  Segment(std::string path, std::unique_ptr<File> file)
      : path_(std::move(path)), file_(std::move(file)) {}
  [[nodiscard]] Result<std::string> bytes(std::uint64_t offset, std::uint64_t size) const;

  std::string path_;
  std::unique_ptr<File> file_;
  SegmentHeader header_;
  std::uint64_t size_ = 0;
};

}  // namespace auditship::buffer
