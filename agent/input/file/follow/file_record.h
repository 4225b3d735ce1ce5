// What the lines of log files have in common, whoever reads them: the prefix of their ids, and what
// documents say of the file. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "agent/event/position.h"
#include "agent/event/record_id.h"
#include "agent/input/file/generations/file_position.h"

namespace auditship::input::file::follow {

using generations::FileKey;

// Of the lines of one generation. path: of the live file, as the configuration or its pattern names
// it and the host sees it. The sequence of a line is its offset in the uncompressed file.
[[nodiscard]] event::RecordId::Prefix line_id_prefix(const event::IdScope& scope,
                                                     std::string_view path,
                                                     const FileKey& generation);

// Documents have log.file.path and log.offset.
[[nodiscard]] event::RecordOrigin origin_of_lines(const std::string& path);

}  // namespace auditship::input::file::follow
