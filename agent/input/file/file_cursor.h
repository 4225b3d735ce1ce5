// Where reading of a log file stands, and its encoding in the buffer's opaque Cursor and Checkpoint.
//
//   event::Checkpoint stored = encode_checkpoint(source.checkpoint());
//   Result<FileCheckpoint> resume = decode_checkpoint(stored);
//
// Pure functions. Decoders accept any bytes, never allocate by an unchecked length, and answer with
// an error to whatever encode_* did not make. Each encoding begins with the number of its version.
#pragma once

#include "agent/base/result.h"
#include "agent/event/checkpoint.h"
#include "agent/event/position.h"
#include "agent/input/file/rotation/file_checkpoint.h"

namespace auditship::input::file {

using rotation::FileCheckpoint;

// The position alone. The beginning of a source, SourcePos{}, is the empty cursor.
[[nodiscard]] event::Cursor encode_position(const event::SourcePos& position);
// Errors: corrupt.
[[nodiscard]] Result<event::SourcePos> decode_position(const event::Cursor& cursor);

// Without the state of a Deriver, which is not the input's.
[[nodiscard]] event::Checkpoint encode_checkpoint(const FileCheckpoint& checkpoint);
// An empty input_state is one without hints. Errors: corrupt.
[[nodiscard]] Result<FileCheckpoint> decode_checkpoint(const event::Checkpoint& checkpoint);

}  // namespace auditship::input::file
