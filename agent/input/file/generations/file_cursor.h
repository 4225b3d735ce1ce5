// Where reading of a log file stands, and its encoding in the buffer's opaque Cursor and Checkpoint.
//
//   event::Checkpoint stored = encode_checkpoint(source.checkpoint());
//   Result<FileCheckpoint> resume = decode_checkpoint(stored);
//
// Pure functions. Decoders accept any bytes, never allocate by an unchecked length, and answer with
// an error to whatever encode_* did not make. Each encoding begins with the number of its version.
#pragma once

#include <optional>
#include <string>

#include "agent/base/result.h"
#include "agent/event/checkpoint.h"
#include "agent/input/file/generations/file_checkpoint.h"
#include "agent/input/file/generations/file_position.h"

namespace auditship::input::file::generations {

// The position alone. The beginning of a source, SourcePos{}, is the empty cursor.
[[nodiscard]] event::Cursor encode_position(const FilePosition& position);
// Errors: corrupt.
[[nodiscard]] Result<FilePosition> decode_position(const event::Cursor& cursor);

// For people: "offset 1234"; nullopt: it is no position in a log file.
[[nodiscard]] std::optional<std::string> describe_position(const event::Cursor& cursor);

// Without the state of a Deriver, which is not the input's.
[[nodiscard]] event::Checkpoint encode_checkpoint(const FileCheckpoint& checkpoint);
// An empty input_state is one without hints. Errors: corrupt.
[[nodiscard]] Result<FileCheckpoint> decode_checkpoint(const event::Checkpoint& checkpoint);

}  // namespace auditship::input::file::generations
