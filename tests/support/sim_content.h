// SimContent: the bytes of a simulated file. Sparse, and cheap to copy: copies share what does not
// change.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace auditship::test {

class SimContent {
 public:
  static constexpr std::uint64_t kChunk = 64 * 1024;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t allocated() const { return chunks_.size() * kChunk; }

  std::size_t read(std::uint64_t offset, char* into, std::size_t size) const {
    if (offset >= size_) {
      return 0;
    }
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - offset));
    for (std::size_t done = 0; done < size;) {
      const std::uint64_t at = (offset + done) % kChunk;
      const std::size_t n =
          std::min<std::size_t>(size - done, static_cast<std::size_t>(kChunk - at));
      const auto chunk = chunks_.find((offset + done) / kChunk);
      if (chunk == chunks_.end()) {
        std::memset(into + done, 0, n);
      } else {
        std::memcpy(into + done, chunk->second->data() + at, n);
      }
      done += n;
    }
    return size;
  }

  void write(std::uint64_t offset, std::string_view bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const std::uint64_t at = (offset + done) % kChunk;
      const std::size_t n =
          std::min<std::size_t>(bytes.size() - done, static_cast<std::size_t>(kChunk - at));
      own((offset + done) / kChunk).replace(static_cast<std::size_t>(at), n, bytes.substr(done, n));
      done += n;
    }
    size_ = std::max(size_, offset + bytes.size());
  }

  void truncate(std::uint64_t size) {
    if (size < size_) {
      chunks_.erase(chunks_.lower_bound((size + kChunk - 1) / kChunk), chunks_.end());
      if (size % kChunk != 0 && chunks_.contains(size / kChunk)) {
        std::string& last = own(size / kChunk);
        std::fill(last.begin() + static_cast<std::ptrdiff_t>(size % kChunk), last.end(), '\0');
      }
    }
    size_ = size;
  }

  [[nodiscard]] std::uint64_t next_data(std::uint64_t offset) const {
    const auto chunk = chunks_.lower_bound(offset / kChunk);
    return chunk == chunks_.end() ? std::max(offset, size_)
                                  : std::max(offset, std::min(size_, chunk->first * kChunk));
  }

 private:
  // Copies share chunks; who writes gets its own.
  std::string& own(std::uint64_t index) {
    auto& chunk = chunks_[index];
    if (!chunk) {
      chunk = std::make_shared<std::string>(kChunk, '\0');
    } else if (chunk.use_count() > 1) {
      chunk = std::make_shared<std::string>(*chunk);
    }
    return *chunk;
  }

  std::uint64_t size_ = 0;
  std::map<std::uint64_t, std::shared_ptr<std::string>> chunks_;
};

}  // namespace auditship::test
