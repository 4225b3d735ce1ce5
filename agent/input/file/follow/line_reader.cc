#include "agent/input/file/follow/line_reader.h"

#include <algorithm>
#include <cstring>

#include "agent/input/file/generations/file_checkpoint.h"

namespace auditship::input::file::follow {
namespace {

constexpr std::size_t kWindow = generations::FileCheckpoint::kTailHashBytes;
constexpr std::size_t kKeepCapacity = std::size_t{2} << 20;

void keep_last(std::string& text, std::size_t size) {
  if (text.size() > size) {
    text.erase(0, text.size() - size);
  }
}

void drop(std::string& text) {
  text.clear();
  text.shrink_to_fit();
}

}  // namespace

LineReader::LineReader(std::uint64_t max_bytes, std::uint64_t tail_bytes)
    : max_bytes_(std::max<std::uint64_t>(max_bytes, 2)),
      tail_bytes_(std::min(tail_bytes, max_bytes_ / 2)) {}

void LineReader::restart(const event::RecordId::Prefix& prefix, std::uint64_t offset,
                         std::string_view before) {
  prefix_ = prefix;
  offset_ = end_ = offset;
  start_ = size_ = scanned_ = base_ = 0;
  before_.assign(before.substr(before.size() - std::min(before.size(), kWindow)));
  if (long_ == Long::growing) {
    hash_.finish();
  }
  long_ = Long::none;
  drop(head_);
  drop(tail_);
}

void LineReader::release() {
  before_ = window();
  if (long_ == Long::given_out) {
    long_ = Long::none;
    drop(head_);
    drop(tail_);
  }
  const std::size_t rest = size_ - start_;
  if (capacity_ > kKeepCapacity && rest <= kKeepCapacity / 2) {
    auto smaller = std::make_unique_for_overwrite<char[]>(kKeepCapacity);
    std::memcpy(smaller.get(), buffer_.get() + start_, rest);
    buffer_ = std::move(smaller);
    capacity_ = kKeepCapacity;
  } else if (start_ > 0 && rest > 0) {
    std::memmove(buffer_.get(), buffer_.get() + start_, rest);
  }
  scanned_ -= std::min(scanned_, start_);
  size_ = rest;
  start_ = base_ = 0;
}

char* LineReader::room(std::size_t size) {
  const std::size_t needed = size_ + size;
  if (needed > capacity_) {
    // Doubling, but never much beyond what the longest whole line needs.
    const auto most = static_cast<std::size_t>(max_bytes_) + 2 * size;
    const std::size_t larger = std::max(needed, std::min(capacity_ * 2, most));
    auto grown = std::make_unique_for_overwrite<char[]>(larger);
    if (size_ > 0) {
      std::memcpy(grown.get(), buffer_.get(), size_);
    }
    buffer_ = std::move(grown);
    capacity_ = larger;
  }
  return buffer_.get() + size_;
}

void LineReader::add(std::size_t size) {
  size_ += size;
  end_ += size;
}

void LineReader::skip_zeros(std::uint64_t offset) {
  const auto zeros = static_cast<std::size_t>(std::min<std::uint64_t>(offset - end_, kWindow));
  before_ = window();
  before_.append(zeros, '\0');
  keep_last(before_, kWindow);
  start_ = size_ = scanned_ = base_ = 0;
  offset_ = end_ = offset;
}

// Zeros in front of a line are no part of it.
void LineReader::pass_zeros() {
  while (start_ < size_ && buffer_[start_] == '\0') {
    ++start_;
    ++offset_;
  }
  scanned_ = start_;
}

bool LineReader::next(event::RawLine& line) {
  while (true) {
    if (long_ == Long::growing) {
      return next_long(line);
    }
    if (scanned_ <= start_) {
      pass_zeros();
    }
    if (scanned_ == size_) {
      return false;
    }
    const char* from = buffer_.get() + start_;
    const void* newline = std::memchr(buffer_.get() + scanned_, '\n', size_ - scanned_);
    if (newline == nullptr) {
      scanned_ = size_;
      if (size_ - start_ > max_bytes_ && long_ == Long::none) {
        begin_long();
      }
      return false;
    }
    const auto length = static_cast<std::size_t>(static_cast<const char*>(newline) - from);
    const std::uint64_t begin = offset_;
    offset_ += length + 1;
    start_ += length + 1;
    scanned_ = start_;
    std::string_view bytes(from, length);
    if (bytes.ends_with('\r')) {
      bytes.remove_suffix(1);
    }
    if (bytes.empty()) {
      ++empty_lines_;
      continue;
    }
    fill(line, begin, bytes, offset_);
    return true;
  }
}

void LineReader::fill(event::RawLine& line, std::uint64_t begin, std::string_view bytes,
                      std::uint64_t end) {
  line = event::RawLine{};
  place(line, begin, end);
  line.length = bytes.size();
  line.text = bytes;
  if (bytes.size() > max_bytes_) {
    line.cut = true;
    line.digest = hash_.of(bytes);
    line.text = bytes.substr(0, max_bytes_ - tail_bytes_);
    line.tail = bytes.substr(bytes.size() - tail_bytes_);
  }
}

void LineReader::place(event::RawLine& line, std::uint64_t begin, std::uint64_t end) const {
  line.id = event::RecordId{prefix_, begin};
  line.size_in_log = end - begin;
}

void LineReader::begin_long() {
  before_ = window();  // bytes before the line, for a checkpoint taken while it grows
  long_ = Long::growing;
  long_length_ = 0;
  held_cr_ = false;
  absorb(std::string_view(buffer_.get() + start_, size_ - start_));
  start_ = size_ = scanned_ = base_ = 0;
}

void LineReader::absorb(std::string_view bytes) {
  if (bytes.empty()) {
    return;
  }
  long_length_ += bytes.size();
  if (held_cr_) {
    hash_.update("\r");
  }
  held_cr_ = bytes.ends_with('\r');
  hash_.update(bytes.substr(0, bytes.size() - (held_cr_ ? 1 : 0)));
  const std::size_t keep_head = max_bytes_ - tail_bytes_;
  if (head_.size() < keep_head) {
    head_.append(bytes.substr(0, keep_head - head_.size()));
  }
  // One byte more than asked, for a CR; at least what a checkpoint looks at.
  const std::size_t keep_tail = std::max<std::size_t>(tail_bytes_ + 1, kWindow);
  tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), keep_tail)));
  if (tail_.size() > 2 * keep_tail + kKeepCapacity / 8) {
    keep_last(tail_, keep_tail);
  }
}

bool LineReader::next_long(event::RawLine& line) {
  const char* from = buffer_.get() + start_;
  const std::size_t size = size_ - start_;
  const void* newline = size == 0 ? nullptr : std::memchr(from, '\n', size);
  const std::size_t length =
      newline == nullptr ? size
                         : static_cast<std::size_t>(static_cast<const char*>(newline) - from);
  absorb(std::string_view(from, length));
  if (newline == nullptr) {
    start_ = size_ = scanned_ = base_ = 0;
    return false;
  }
  start_ = base_ = scanned_ = start_ + length + 1;
  finish_long(line, offset_ + long_length_ + 1);
  before_ += '\n';
  keep_last(before_, kWindow);
  return true;
}

void LineReader::finish_long(event::RawLine& line, std::uint64_t end) {
  before_ += tail_.substr(tail_.size() - std::min(tail_.size(), kWindow));
  keep_last(before_, kWindow);
  line = event::RawLine{};
  place(line, offset_, end);
  line.length = long_length_;
  if (held_cr_) {
    tail_.pop_back();
    --line.length;
  }
  line.digest = hash_.finish();
  line.cut = line.length > max_bytes_;
  line.text = head_;
  line.tail = tail_;
  if (line.cut) {
    line.tail = line.tail.substr(line.tail.size() - tail_bytes_);
  } else {  // exactly max_bytes and a CR: whole after all
    head_.append(tail_, tail_.size() - (line.length - head_.size()));
    line.text = head_;
    line.tail = {};
    line.digest.reset();
  }
  offset_ = end;
  long_ = Long::given_out;
}

bool LineReader::rest(event::RawLine& line) {
  if (long_ == Long::growing) {
    finish_long(line, offset_ + long_length_);
    line.unterminated = true;
    return true;
  }
  if (start_ == size_) {
    return false;
  }
  std::string_view bytes(buffer_.get() + start_, size_ - start_);
  const std::uint64_t begin = offset_;
  offset_ = end_;
  start_ = scanned_ = size_;
  if (bytes.ends_with('\r')) {
    bytes.remove_suffix(1);
  }
  if (bytes.empty()) {
    ++empty_lines_;
    return false;
  }
  fill(line, begin, bytes, offset_);
  line.unterminated = true;
  return true;
}

std::string LineReader::window() const {
  if (long_ == Long::growing) {
    return before_;
  }
  std::string window = before_;
  if (start_ > base_) {
    const std::size_t size = std::min(start_ - base_, kWindow);
    window.append(buffer_.get() + start_ - size, size);
    keep_last(window, kWindow);
  }
  return window;
}

std::size_t LineReader::memory() const {
  return capacity_ + head_.capacity() + tail_.capacity() + before_.capacity();
}

}  // namespace auditship::input::file::follow
