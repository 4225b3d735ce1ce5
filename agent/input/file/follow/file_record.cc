#include "agent/input/file/follow/file_record.h"

#include <array>

namespace auditship::input::file::follow {

event::RecordId::Prefix line_id_prefix(const event::IdScope& scope, std::string_view path,
                                       const FileKey& generation) {
  const std::string_view first_line(reinterpret_cast<const char*>(generation.first_line.data()),
                                    generation.first_line.size());
  if (generation.collision_index == 0) {
    return event::record_id_prefix(scope, {path, first_line});
  }
  std::array<char, 4> index{};
  for (std::size_t i = 0; i < index.size(); ++i) {
    index[i] = static_cast<char>(generation.collision_index >> (8 * (index.size() - 1 - i)));
  }
  return event::record_id_prefix(scope, {path, first_line, {index.data(), index.size()}});
}

event::RecordOrigin origin_of_lines(const std::string& path) {
  event::RecordOrigin origin;
  origin.name = path;
  origin.members = {{"log.file.path", path}};
  origin.sequence_member = "log.offset";
  origin.sequence_counts_bytes = true;
  return origin;
}

}  // namespace auditship::input::file::follow
