#include "agent/base/compression/codec.h"

#include <algorithm>
#include <array>

namespace auditship {
namespace {

bool is_foreign(std::string_view name) {
  constexpr std::array<std::string_view, 7> kEndings = {".lzma", ".lz4", ".Z",  ".lz",
                                                        ".lzo",  ".br",  ".zip"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [name](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace

std::string_view codec_name(Codec codec) {
  switch (codec) {
    case Codec::gzip:
      return "gzip";
    case Codec::zstd:
      return "zstd";
    case Codec::xz:
      return "xz";
    case Codec::bzip2:
      return "bzip2";
    case Codec::foreign:
      return "this compression";
    case Codec::none:
      break;
  }
  return "identity";
}

Codec codec_of_file(std::string_view name) {
  return name.ends_with(".gz")    ? Codec::gzip
         : name.ends_with(".zst") ? Codec::zstd
         : name.ends_with(".xz")  ? Codec::xz
         : name.ends_with(".bz2") ? Codec::bzip2
         : is_foreign(name)       ? Codec::foreign
                                  : Codec::none;
}

}  // namespace auditship
