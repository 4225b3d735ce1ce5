#include "agent/input/file/follow/generation_reader.h"

#include <algorithm>
#include <utility>

#include "agent/input/file/follow/file_record.h"

namespace auditship::input::file::follow {
namespace {

using generations::Generation;
using generations::ReadChunk;
using rotation::ChainEntry;
using rotation::FileSourceOptions;

constexpr std::size_t kMinBlock = 4096;
constexpr std::size_t kMaxBlock = std::size_t{1} << 20;

}  // namespace

GenerationReader::GenerationReader(rotation::SourceContext& context,
                                   const generations::FilePosition& position)
    : context_(context),
      lines_(context.options.line_max_bytes, context.options.cut_tail_bytes),
      origin_(origin_of_lines(context.options.name)),
      position_(position) {}

void GenerationReader::begin(ChainEntry entry, const rotation::ReadStart& start) {
  head_hash_ = start.offset == 0 ? 0 : start.head_hash;
  gathers_head_ = start.offset == 0;
  head_bytes_.clear();
  if (!gathers_head_ && head_hash_ == 0 && !entry.file->compressed()) {
    if (auto computed = entry.file->head_hash()) {
      head_hash_ = *computed;
    }
  }
  const FileSourceOptions& options = context_.options;
  prefix_ = line_id_prefix(options.scope, options.name, start.key);
  skipped_ = start.skipped;
  lines_.restart(prefix_, start.offset, entry.file->window());
  position_ = generations::FilePosition{start.key, start.offset};
  accounted_ = start.offset;
  origin_.written_until_ns = entry.live() ? std::nullopt : std::optional(entry.stat.modified_ns);
  current_ = std::move(entry);
}

ChainEntry GenerationReader::end() {
  ChainEntry entry = std::move(*current_);
  current_.reset();
  return entry;
}

void GenerationReader::update_stat() {
  if (auto now = current_->file->stat(); now) {
    current_->stat = *now;
  }
}

Result<ReadChunk> GenerationReader::fill(std::size_t max_bytes) {
  lines_.release();
  Generation& file = *current_->file;
  if (lines_.waiting() == 0 && file.window().ends_with('\0')) {
    auto offset = file.skip_hole();
    if (!offset) {
      return offset.error().in(current_->path);
    }
    if (*offset > lines_.end()) {
      lines_.skip_zeros(*offset);
    }
  }
  std::size_t size = std::clamp(max_bytes, kMinBlock, kMaxBlock);
  if (skipped_) {
    if (auto s = skip_part(); !s) {
      return s.error().in(current_->path);
    }
    if (skipped_) {
      size = static_cast<std::size_t>(std::min<std::uint64_t>(size, skipped_->from - lines_.end()));
    }
  }
  char* into = lines_.room(size);
  const auto chunk = file.read(into, size);
  if (!chunk) {
    return chunk.error().in(current_->path);
  }
  if (chunk->size > 0) {
    add_to_head(into, chunk->size);
    lines_.add(chunk->size);
  }
  return *chunk;
}

// At its beginning: goes on behind it.
Status GenerationReader::skip_part() {
  if (lines_.end() < skipped_->from) {
    return {};
  }
  auto there = current_->file->seek(skipped_->to);
  if (!there) {
    return there.error();
  }
  if (*there && generations::hash64(current_->file->window()) != skipped_->tail_hash) {
    there = current_->file->seek(lines_.end());  // edited once more: in doubt it is read
    if (!there) {
      return there.error();
    }
  } else if (*there) {
    lines_.restart(prefix_, skipped_->to, current_->file->window());
    accounted_ = skipped_->to;
    position_.offset = skipped_->to;
    gathers_head_ = false;
    if (auto hash = current_->file->head_hash()) {
      head_hash_ = *hash;
    }
  }
  skipped_.reset();
  return {};
}

void GenerationReader::add_to_head(const char* bytes, std::size_t size) {
  if (!gathers_head_ || head_hash_ != 0) {
    return;
  }
  head_bytes_.append(
      bytes, std::min(size, generations::FileCheckpoint::kTailHashBytes - head_bytes_.size()));
  if (head_bytes_.size() == generations::FileCheckpoint::kTailHashBytes) {
    head_hash_ = generations::hash64(head_bytes_);
  }
}

std::size_t GenerationReader::take(std::vector<event::RawLine>& lines, std::size_t max_bytes) {
  std::uint64_t bytes = 0;
  drained_ = false;
  while (bytes < max_bytes) {
    event::RawLine& line = lines.emplace_back();
    if (!lines_.next(line)) {
      lines.pop_back();
      drained_ = true;
      break;
    }
    line.origin = &origin_;
    bytes += line.length + 1;
    context_.progress.cut_records += line.cut ? 1 : 0;
  }
  context_.progress.records += lines.size();
  account();
  return lines.size();
}

bool GenerationReader::take_unterminated(std::vector<event::RawLine>& lines) {
  if (lines_.waiting() == 0) {
    return false;
  }
  event::RawLine line;
  if (lines_.rest(line)) {
    line.origin = &origin_;
    context_.progress.cut_records += line.cut ? 1 : 0;
    ++context_.progress.records;
    lines.push_back(line);
  }
  account();
  return true;
}

Status GenerationReader::seek_again() {
  auto found = current_->file->seek(lines_.end());
  return found ? Status() : Status(found.error());
}

void GenerationReader::account() {
  context_.progress.bytes += lines_.offset() - accounted_;
  accounted_ = lines_.offset();
  context_.progress.empty_records += lines_.empty_lines() - empty_accounted_;
  empty_accounted_ = lines_.empty_lines();
  position_.offset = lines_.offset();
}

generations::FileCheckpoint GenerationReader::mark() const {
  generations::FileCheckpoint mark;
  mark.pos = generations::FilePosition{position_.file, lines_.offset()};
  mark.device = current_->stat.device;
  mark.inode = current_->stat.inode;
  mark.generation = current_->stat.generation;
  mark.tail_hash = generations::hash64(lines_.window());
  mark.modified_ns = current_->stat.modified_ns;
  mark.head_hash = lines_.offset() >= generations::FileCheckpoint::kTailHashBytes ? head_hash_ : 0;
  mark.skipped = skipped_;
  return mark;
}

std::uint64_t GenerationReader::unread(std::uint64_t size) const {
  return current_->file->unread(size) + lines_.waiting();
}

}  // namespace auditship::input::file::follow
