#include "agent/input/file/generations/generation.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace auditship::input::file::generations {
namespace {

constexpr std::size_t kWindow = FileCheckpoint::kTailHashBytes;
constexpr std::size_t kBlock = 256 * 1024;

bool all_zero(std::string_view bytes) {
  return bytes.empty() ||
         (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

std::uint64_t hash64(std::string_view bytes) {
  const Digest digest = Sha256().of(bytes);
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    hash = hash << 8 | digest[i];
  }
  return hash;
}

Generation::Generation(std::unique_ptr<File> file, Codec codec)
    : file_(std::move(file)), codec_(codec) {}

Result<std::unique_ptr<Generation>> Generation::open(Fs& fs, const std::string& path, Codec codec) {
  auto file = fs.open(path, OpenMode::follow);
  if (!file) {
    return file.error();
  }
  return std::unique_ptr<Generation>(new Generation(std::move(*file), codec));
}

void Generation::remember(std::string_view bytes) {
  if (bytes.size() >= kWindow) {
    window_.assign(bytes.substr(bytes.size() - kWindow));
    return;
  }
  window_.append(bytes);
  if (window_.size() > kWindow) {
    window_.erase(0, window_.size() - kWindow);
  }
}

Result<bool> Generation::window_intact() {
  std::array<char, kWindow> now;
  auto got = file_->read_at(offset_ - window_.size(), now.data(), window_.size());
  if (!got) {
    return got.error();
  }
  return std::string_view(now.data(), *got) == window_;
}

Result<ReadEnd> Generation::look_at_end() {
  auto stat = file_->stat();
  if (!stat) {
    return stat.error();
  }
  if (stat->size < offset_) {
    return ReadEnd::replaced;
  }
  if (stat->modified_ns != checked_ns_) {
    auto intact = window_intact();
    if (!intact) {
      return intact.error();
    }
    if (!*intact) {
      return ReadEnd::replaced;
    }
    checked_ns_ = stat->modified_ns;
  }
  return ReadEnd::end;
}

Result<ReadChunk> Generation::read_plain(char* into, std::size_t size) {
  auto got = file_->read_at(offset_, into, size);
  if (!got) {
    return got.error();
  }
  if (*got == 0) {
    auto end = look_at_end();
    if (!end) {
      return end.error();
    }
    return ReadChunk{0, *end};
  }
  // After the bytes, so that they are known to stand behind the ones we remember.
  auto intact = window_intact();
  if (!intact) {
    return intact.error();
  }
  if (!*intact) {
    return ReadChunk{0, ReadEnd::replaced};
  }
  return ReadChunk{*got, ReadEnd::more};
}

Result<ReadChunk> Generation::read_packed(char* into, std::size_t size) {
  if (!unpacker_) {
    unpacker_ = std::make_unique<Unpacker>(codec_);
  }
  while (unpacked_used_ == unpacked_.size()) {
    if (packed_used_ == packed_.size()) {
      packed_.resize(kBlock);
      auto got = file_->read_at(packed_offset_, packed_.data(), kBlock);
      packed_.resize(got ? *got : 0);
      packed_used_ = 0;
      if (!got) {
        return got.error();
      }
      packed_offset_ += *got;
    }
    std::string_view input = std::string_view(packed_).substr(packed_used_);
    const bool no_more = input.empty();
    unpacked_.clear();
    unpacked_used_ = 0;
    const Status status = unpacker_->step(input, unpacked_, kBlock);
    packed_used_ = packed_.size() - input.size();
    if (unpacked_.empty() && !status) {
      return ReadChunk{0, ReadEnd::damaged};
    }
    if (unpacked_.empty() && no_more) {
      const bool whole = unpacker_->at_end() && packed_offset_ > 0;
      return ReadChunk{0, whole ? ReadEnd::end : ReadEnd::damaged};
    }
  }
  const std::size_t n = std::min(size, unpacked_.size() - unpacked_used_);
  std::memcpy(into, unpacked_.data() + unpacked_used_, n);
  unpacked_used_ += n;
  return ReadChunk{n, ReadEnd::more};
}

Result<ReadChunk> Generation::read_any(char* into, std::size_t size) {
  return compressed() ? read_packed(into, size) : read_plain(into, size);
}

Result<ReadChunk> Generation::read(char* into, std::size_t size) {
  auto chunk = read_any(into, size);
  if (chunk && chunk->size > 0) {
    remember(std::string_view(into, chunk->size));
    offset_ += chunk->size;
  }
  return chunk;
}

Result<std::uint64_t> Generation::skip_hole() {
  if (compressed()) {
    return offset_;
  }
  auto next = file_->next_data(offset_);
  if (!next) {
    return next.error();
  }
  if (*next > offset_) {
    remember(std::string(
        static_cast<std::size_t>(std::min<std::uint64_t>(*next - offset_, kWindow)), '\0'));
    offset_ = *next;
  }
  return offset_;
}

void Generation::restart() {
  offset_ = packed_offset_ = 0;
  window_.clear();
  unpacker_.reset();
  packed_.clear();
  unpacked_.clear();
  packed_used_ = unpacked_used_ = 0;
}

Result<bool> Generation::seek(std::uint64_t offset) {
  restart();
  if (!compressed()) {
    const std::uint64_t size = std::min<std::uint64_t>(offset, kWindow);
    std::string before(static_cast<std::size_t>(size), '\0');
    auto got = file_->read_at(offset - size, before.data(), before.size());
    if (!got) {
      return got.error();
    }
    if (*got < size) {
      return false;
    }
    offset_ = offset;
    window_ = std::move(before);
    return true;
  }
  std::string block(kBlock, '\0');
  while (offset_ < offset) {
    auto chunk = read(block.data(),
                      static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, offset - offset_)));
    if (!chunk) {
      return chunk.error();
    }
    if (chunk->size == 0) {
      return false;
    }
  }
  return true;
}

void Generation::forget_head() {
  head_ = Head{};
  head_scanned_ = 0;
  head_window_.clear();
  head_sum_ = Sha256();
}

void Generation::recheck_head() {
  if (head_.complete && !compressed()) {
    forget_head();
  }
}

Result<Generation::Head> Generation::head(LastLine last_line) {
  if (head_.complete) {
    return head_;
  }
  const std::uint64_t was = offset_;
  if (auto s = scan_head(); !s) {
    return s.error();
  }
  head_window_ = window_;
  if (!head_.complete && last_line == LastLine::may_end_without && !head_.empty) {
    head_.complete = true;
    head_.end = head_scanned_;
  }
  if (head_.complete) {
    head_.digest = head_sum_.finish();
  }
  if (compressed()) {
    restart();
  } else if (auto back = seek(was); !back) {
    return back.error();
  } else if (!*back) {
    restart();
  }
  return head_;
}

// Reads on from where the last look at the head ended, up to its newline or to the end of the file.
Status Generation::scan_head() {
  if (compressed() || head_scanned_ == 0) {
    forget_head();  // compressed: from the start again, its decoder cannot be asked twice
  }
  if (auto found = seek(head_scanned_); !found) {
    return found.error();
  } else if (!*found || window_ != head_window_) {  // rewritten since the last look
    forget_head();
    restart();
  }
  std::string block(kBlock, '\0');
  while (!head_.complete) {
    auto chunk = read(block.data(), block.size());
    if (!chunk) {
      return chunk.error();
    }
    if (chunk->size == 0) {
      head_.damaged = chunk->end == ReadEnd::damaged;
      return {};
    }
    if (auto s = add_to_head(std::string_view(block.data(), chunk->size)); !s) {
      return s;
    }
  }
  return {};
}

// bytes: those before offset(), just read.
Status Generation::add_to_head(std::string_view bytes) {
  if (head_.empty && all_zero(bytes)) {
    auto next = skip_hole();
    if (!next) {
      return next.error();
    }
    head_scanned_ = *next;
    return {};
  }
  if (head_.empty) {
    bytes.remove_prefix(bytes.find_first_not_of('\0'));
    head_.empty = false;
  }
  const std::size_t newline = bytes.find('\n');
  head_sum_.update(bytes.substr(0, newline));
  head_.complete = newline != std::string_view::npos;
  head_.end = head_scanned_ = head_.complete ? offset_ - bytes.size() + newline + 1 : offset_;
  return {};
}

Result<std::uint64_t> Generation::head_hash() {
  if (!compressed()) {
    std::array<char, kWindow> first;
    auto got = file_->read_at(0, first.data(), first.size());
    if (!got) {
      return got.error();
    }
    return *got < first.size() ? 0 : hash64(std::string_view(first.data(), first.size()));
  }
  auto found = seek(kWindow);
  if (!found) {
    return found.error();
  }
  const std::uint64_t hash = *found ? hash64(window_) : 0;
  restart();
  return hash;
}

std::uint64_t Generation::unread(std::uint64_t size) const {
  const std::uint64_t used =
      compressed() ? packed_offset_ - (packed_.size() - packed_used_) : offset_;
  return size > used ? size - used : 0;
}

}  // namespace auditship::input::file::generations
