#include "bench/inflate.h"

#include <memory>

#include <zlib.h>
#include <zstd.h>

namespace auditship::bench {

namespace {

constexpr std::size_t kMaxInflated = 512U << 20U;
constexpr int kGzipOnly = 16 + MAX_WBITS;

std::optional<std::string> gunzip(const std::string& body) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) {
    return std::nullopt;
  }
  const auto end = [](z_stream* s) { inflateEnd(s); };
  const std::unique_ptr<z_stream, decltype(end)> guard(&stream, end);
  std::string input = body;  // zlib's interface is not const
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string out;
  std::string block(256 * 1024, '\0');
  int code = Z_OK;
  while (code == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    code = inflate(&stream, Z_NO_FLUSH);
    out.append(block, 0, block.size() - stream.avail_out);
    if (code == Z_STREAM_END && stream.avail_in > 0) {  // a further member
      code = inflateReset(&stream);
    }
    if (out.size() > kMaxInflated) {
      return std::nullopt;
    }
  }
  return code == Z_STREAM_END ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> unzstd(const std::string& body) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                          &ZSTD_freeDStream);
  std::string out;
  std::string block(256 * 1024, '\0');
  ZSTD_inBuffer input{body.data(), body.size(), 0};
  std::size_t left = 1;
  while (input.pos < input.size || left == 0) {
    ZSTD_outBuffer output{block.data(), block.size(), 0};
    left = ZSTD_decompressStream(stream.get(), &output, &input);
    if (ZSTD_isError(left) != 0 || out.size() > kMaxInflated) {
      return std::nullopt;
    }
    out.append(block, 0, output.pos);
    if (left == 0 && input.pos == input.size) {
      return out;
    }
    if (input.pos == input.size && output.pos < output.size) {
      return std::nullopt;  // cut short
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> inflate_body(std::string_view encoding, const std::string& body) {
  if (encoding.empty() || encoding == "identity") {
    return body;
  }
  if (encoding == "gzip") {
    return gunzip(body);
  }
  return encoding == "zstd" ? unzstd(body) : std::nullopt;
}

}  // namespace auditship::bench
