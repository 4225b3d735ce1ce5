#include "agent/input/file/generations/file_cursor.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "agent/base/encoding/binary_io.h"

namespace auditship::input::file::generations {
namespace {

constexpr char kCursorVersion = 1;
constexpr char kStateVersion = 3;

void put_key(std::string& out, const FileKey& key) {
  out.append(reinterpret_cast<const char*>(key.first_line.data()), key.first_line.size());
  put_varint(out, key.collision_index);
}

// False: damaged.
bool get_key(WireReader& in, FileKey& key) {
  const std::string_view digest = in.raw(key.first_line.size());
  std::copy(digest.begin(), digest.end(), key.first_line.begin());
  const std::uint64_t index = in.varint();
  key.collision_index = static_cast<std::uint32_t>(index);
  return in.ok() && index <= std::numeric_limits<std::uint32_t>::max();
}

void put_finished(std::string& out, const generations::FinishedGeneration& finished) {
  put_key(out, finished.key);
  put_varint(out, finished.offset);
  put_u64(out, finished.tail_hash);
  put_varint(out, finished.device);
  put_varint(out, finished.inode);
  put_varint(out, finished.generation);
}

bool get_finished(WireReader& in, generations::FinishedGeneration& finished) {
  const bool key = get_key(in, finished.key);
  finished.offset = in.varint();
  finished.tail_hash = in.u64();
  finished.device = in.varint();
  finished.inode = in.varint();
  finished.generation = in.varint();
  return key && in.ok();
}

// That there is none is the end 0.
void put_skipped(std::string& out, const std::optional<generations::SkippedPart>& skipped) {
  put_varint(out, skipped ? skipped->to : 0);
  if (skipped) {
    put_varint(out, skipped->from);
    put_u64(out, skipped->tail_hash);
  }
}

bool get_skipped(WireReader& in, std::optional<generations::SkippedPart>& skipped) {
  const std::uint64_t to = in.varint();
  if (to == 0) {
    return in.ok();
  }
  const std::uint64_t from = in.varint();
  skipped = generations::SkippedPart{from, to, in.u64()};
  return in.ok() && from < to;
}

bool get_state(WireReader& in, FileCheckpoint& checkpoint) {
  const std::string_view version = in.raw(1);
  if (version != std::string_view(&kStateVersion, 1)) {
    return false;
  }
  checkpoint.device = in.varint();
  checkpoint.inode = in.varint();
  checkpoint.generation = in.varint();
  checkpoint.tail_hash = in.u64();
  checkpoint.modified_ns = static_cast<std::int64_t>(in.u64());
  checkpoint.head_hash = in.u64();
  const bool skipped = get_skipped(in, checkpoint.skipped);
  const std::uint64_t count = in.varint();
  if (!skipped || !in.ok() || count > FileCheckpoint::kMaxFinished) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!get_finished(in, checkpoint.finished.emplace_back())) {
      return false;
    }
  }
  return in.at_end();
}

}  // namespace

event::Cursor encode_position(const FilePosition& position) {
  event::Cursor cursor;
  if (position != FilePosition{}) {
    cursor.bytes.push_back(kCursorVersion);
    put_key(cursor.bytes, position.file);
    put_varint(cursor.bytes, position.offset);
  }
  return cursor;
}

Result<FilePosition> decode_position(const event::Cursor& cursor) {
  FilePosition position;
  if (cursor.empty()) {
    return position;
  }
  WireReader in(cursor.bytes);
  const bool known = in.raw(1) == std::string_view(&kCursorVersion, 1);
  const bool key = known && get_key(in, position.file);
  position.offset = key ? in.varint() : 0;
  // A place has one encoding only, as cursors are compared by their bytes.
  if (!key || !in.ok() || !in.at_end() || encode_position(position) != cursor) {
    return Error{Errc::corrupt, "not a position in a log file"};
  }
  return position;
}

std::optional<std::string> describe_position(const event::Cursor& cursor) {
  const auto position = decode_position(cursor);
  return position ? std::optional("offset " + std::to_string(position->offset)) : std::nullopt;
}

event::Checkpoint encode_checkpoint(const FileCheckpoint& checkpoint) {
  event::Checkpoint out;
  out.position = encode_position(checkpoint.pos);
  std::string& state = out.input_state;
  state.push_back(kStateVersion);
  put_varint(state, checkpoint.device);
  put_varint(state, checkpoint.inode);
  put_varint(state, checkpoint.generation);
  put_u64(state, checkpoint.tail_hash);
  put_u64(state, static_cast<std::uint64_t>(checkpoint.modified_ns));
  put_u64(state, checkpoint.head_hash);
  put_skipped(state, checkpoint.skipped);
  const std::size_t count = std::min(checkpoint.finished.size(), FileCheckpoint::kMaxFinished);
  put_varint(state, count);
  std::for_each(checkpoint.finished.end() - static_cast<std::ptrdiff_t>(count),
                checkpoint.finished.end(),
                [&](const generations::FinishedGeneration& each) { put_finished(state, each); });
  return out;
}

Result<FileCheckpoint> decode_checkpoint(const event::Checkpoint& checkpoint) {
  auto position = decode_position(checkpoint.position);
  if (!position) {
    return position.error();
  }
  FileCheckpoint out;
  out.pos = *position;
  WireReader in(checkpoint.input_state);
  if (!in.at_end() && !get_state(in, out)) {
    return Error{Errc::corrupt, "what is stored of a log file is not of this release"};
  }
  return out;
}

}  // namespace auditship::input::file::generations
