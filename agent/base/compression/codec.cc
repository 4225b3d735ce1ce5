#include "agent/base/compression/codec.h"

namespace auditship {

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
                                  : Codec::none;
}

}  // namespace auditship
