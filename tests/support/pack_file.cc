#include "tests/support/pack_file.h"

#include "agent/base/compression/packer.h"

#ifdef AUDITSHIP_HAVE_LZMA
#include <lzma.h>
#endif
#ifdef AUDITSHIP_HAVE_BZIP2
#include <bzlib.h>
#endif

namespace auditship::test {
namespace {

#ifdef AUDITSHIP_HAVE_LZMA
std::string pack_xz(std::string_view bytes) {
  std::string out(lzma_stream_buffer_bound(bytes.size()), '\0');
  std::size_t used = 0;
  AUDITSHIP_CHECK(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr,
                                          reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                          bytes.size(), reinterpret_cast<std::uint8_t*>(out.data()),
                                          &used, out.size()) == LZMA_OK,
                  "liblzma packs");
  out.resize(used);
  return out;
}
#endif

#ifdef AUDITSHIP_HAVE_BZIP2
std::string pack_bzip2(std::string_view bytes) {
  std::string out(bytes.size() + bytes.size() / 50 + 600, '\0');
  unsigned used = static_cast<unsigned>(out.size());
  AUDITSHIP_CHECK(BZ2_bzBuffToBuffCompress(out.data(), &used, const_cast<char*>(bytes.data()),
                                           static_cast<unsigned>(bytes.size()), 1, 0, 0) == BZ_OK,
                  "libbz2 packs");
  out.resize(used);
  return out;
}
#endif

}  // namespace

std::string pack_file(Codec codec, std::string_view bytes) {
#ifdef AUDITSHIP_HAVE_LZMA
  if (codec == Codec::xz) {
    return pack_xz(bytes);
  }
#endif
#ifdef AUDITSHIP_HAVE_BZIP2
  if (codec == Codec::bzip2) {
    return pack_bzip2(bytes);
  }
#endif
  return pack(codec, bytes);
}

std::string pack_xz_with_dictionary([[maybe_unused]] std::string_view bytes,
                                    [[maybe_unused]] std::uint32_t size) {
  std::string out;
#ifdef AUDITSHIP_HAVE_LZMA
  lzma_options_lzma options;
  AUDITSHIP_CHECK(lzma_lzma_preset(&options, 0) == 0, "liblzma has preset 0");
  options.dict_size = size;
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  out.resize(lzma_stream_buffer_bound(bytes.size()));
  std::size_t used = 0;
  AUDITSHIP_CHECK(
      lzma_stream_buffer_encode(
          filters, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const std::uint8_t*>(bytes.data()),
          bytes.size(), reinterpret_cast<std::uint8_t*>(out.data()), &used, out.size()) == LZMA_OK,
      "liblzma packs");
  out.resize(used);
#endif
  return out;
}

std::string suffix_of(Codec codec) {
  switch (codec) {
    case Codec::gzip:
      return ".gz";
    case Codec::zstd:
      return ".zst";
    case Codec::xz:
      return ".xz";
    case Codec::bzip2:
      return ".bz2";
    case Codec::foreign:
      return ".lzma";
    case Codec::none:
      break;
  }
  return {};
}

}  // namespace auditship::test
