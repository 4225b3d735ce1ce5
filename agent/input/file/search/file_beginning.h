// FileBeginning: the first bytes of a file, and what they say without reading on: how it is
// compressed, and whether it can be the generation that a mark remembers.
//
// One small read a file, so that a directory of large logs is looked through at little cost.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/compression/codec.h"
#include "agent/base/filesystem.h"
#include "agent/input/file/generations/generation_history.h"

namespace auditship::input::file::search {

class FileBeginning {
 public:
  // Errors: not_found; invalid; io.
  static Result<FileBeginning> read(Fs& fs, const std::string& path);

  // By its content, as the name may say anything.
  [[nodiscard]] Codec codec() const;
  // False: it surely is another file. A compressed one may always be the one.
  [[nodiscard]] bool may_be(const generations::GenerationMark& mark) const;

 private:
  FileBeginning(std::string bytes, std::uint64_t size) : bytes_(std::move(bytes)), size_(size) {}

  std::string bytes_;
  std::uint64_t size_;
};

}  // namespace auditship::input::file::search
