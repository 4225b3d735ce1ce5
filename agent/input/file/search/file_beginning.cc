#include "agent/input/file/search/file_beginning.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "agent/base/encoding/sha256.h"
#include "agent/input/file/generations/generation.h"

namespace auditship::input::file::search {

using generations::FileCheckpoint;
using generations::GenerationMark;

Result<FileBeginning> FileBeginning::read(Fs& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::read);
  if (!file) {
    return file.error();
  }
  const auto stat = (*file)->stat();
  if (!stat) {
    return stat.error();
  }
  std::string bytes(FileCheckpoint::kTailHashBytes, '\0');
  const auto got = (*file)->read_at(0, bytes.data(), bytes.size());
  if (!got) {
    return got.error();
  }
  bytes.resize(*got);
  return FileBeginning(std::move(bytes), stat->size);
}

Codec FileBeginning::codec() const {
  const std::string_view bytes = bytes_;
  if (bytes.starts_with("\x1f\x8b")) {
    return Codec::gzip;
  }
  return bytes.starts_with("\x28\xb5\x2f\xfd") ? Codec::zstd
         : bytes.starts_with(std::string_view("\xfd"
                                              "7zXZ\0",
                                              6))
             ? Codec::xz
         : bytes.starts_with("BZh") ? Codec::bzip2
                                    : Codec::none;
}

bool FileBeginning::may_be(const GenerationMark& mark) const {
  if (codec() != Codec::none) {
    return true;
  }
  if (size_ < mark.at.pos.offset) {
    return false;
  }
  if (mark.at.head_hash != 0) {
    return generations::hash64(bytes_) == mark.at.head_hash;
  }
  // A mark that lies within these bytes has its first line there, too.
  if (mark.at.pos.offset <= bytes_.size()) {
    const std::size_t begin = std::min(bytes_.find_first_not_of('\0'), bytes_.size());
    const std::string_view line = std::string_view(bytes_).substr(begin);
    return Sha256().of(line.substr(0, line.find('\n'))) == mark.at.pos.file.first_line;
  }
  return true;
}

}  // namespace auditship::input::file::search
