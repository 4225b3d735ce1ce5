#include "agent/buffer/segment_list.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace auditship::buffer {
namespace {

constexpr std::string_view kPrefix = "seg-";
constexpr std::string_view kSuffix = ".log";
constexpr std::size_t kDigits = 16;

std::optional<event::FrameId> number_in(std::string_view name) {
  if (name.size() != kPrefix.size() + kDigits + kSuffix.size() || !name.starts_with(kPrefix) ||
      !name.ends_with(kSuffix)) {
    return std::nullopt;
  }
  event::FrameId id = 0;
  for (const char c : name.substr(kPrefix.size(), kDigits)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) {
      return std::nullopt;
    }
    id = id * 16 + static_cast<event::FrameId>(digit);
  }
  return id;
}

// Somebody else may have removed it.
Status remove_file(Fs& fs, const std::string& path) {
  Status status = fs.remove(path);
  return !status && status.error().code == Errc::not_found ? Status() : status;
}

}  // namespace

std::string segment_path(const std::string& directory, event::FrameId first) {
  char digits[kDigits + 1];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(first));
  return join_path(directory, std::string(kPrefix) + digits + std::string(kSuffix));
}

Result<std::vector<SegmentFile>> segments_in(Fs& fs, const std::string& directory) {
  auto names = fs.list(directory);
  if (!names) {
    return names.error();
  }
  std::vector<SegmentFile> found;
  for (const std::string& name : *names) {
    const auto first = number_in(name);
    if (!first) {
      continue;
    }
    std::string path = join_path(directory, name);
    auto stat = fs.stat(path);
    if (stat) {
      found.push_back(SegmentFile{*first, std::move(path), stat->size});
    } else if (stat.error().code != Errc::not_found) {
      return stat.error();
    }
  }
  std::sort(found.begin(), found.end(),
            [](const SegmentFile& a, const SegmentFile& b) { return a.first < b.first; });
  return found;
}

Result<SegmentList> SegmentList::in_directory(Fs& fs, const std::string& directory) {
  auto found = segments_in(fs, directory);
  if (!found) {
    return found.error();
  }
  SegmentList list(fs);
  for (SegmentFile& file : *found) {
    list.add(std::move(file));
  }
  return list;
}

std::size_t SegmentList::index_of(event::FrameId id) const {
  const auto behind = std::upper_bound(
      files_.begin(), files_.end(), id,
      [](event::FrameId wanted, const SegmentFile& f) { return wanted < f.first; });
  const auto index = static_cast<std::size_t>(std::distance(files_.begin(), behind));
  return index == 0 ? 0 : index - 1;
}

void SegmentList::add(SegmentFile file) {
  bytes_ += file.bytes;
  files_.push_back(std::move(file));
}

void SegmentList::resize_back(std::uint64_t bytes) {
  bytes_ = bytes_ - files_.back().bytes + bytes;
  files_.back().bytes = bytes;
}

Status SegmentList::remove_front() {
  if (auto s = remove_file(*fs_, files_.front().path); !s) {
    return s;
  }
  bytes_ -= files_.front().bytes;
  files_.pop_front();
  return {};
}

Status SegmentList::remove_back() {
  if (auto s = remove_file(*fs_, files_.back().path); !s) {
    return s;
  }
  bytes_ -= files_.back().bytes;
  files_.pop_back();
  return {};
}

}  // namespace auditship::buffer
