#include <algorithm>

#include <zlib.h>

#include "agent/base/compression/stream_decoder.h"

namespace auditship {
namespace {

class GzipDecoder final : public StreamDecoder {
 public:
  GzipDecoder() {
    constexpr int kZlibGzip = 15 + 16;  // window bits, plus "gzip header"
    AUDITSHIP_CHECK(inflateInit2(&stream_, kZlibGzip) == Z_OK, "zlib cannot start");
  }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  ~GzipDecoder() override { inflateEnd(&stream_); }

  Status step(std::string_view& input, std::string& out, std::size_t max_out) override;
  [[nodiscard]] bool at_end() const override { return at_end_; }

 private:
  z_stream stream_{};
  bool at_end_ = true;
};

Status GzipDecoder::step(std::string_view& input, std::string& out, std::size_t max_out) {
  const std::size_t had = out.size();
  out.resize(had + max_out);
  stream_.next_out = reinterpret_cast<Bytef*>(out.data() + had);
  stream_.avail_out = static_cast<uInt>(max_out);
  // With no input left zlib may still hold output back, unless a member has just ended.
  while (stream_.avail_out > 0 && (!input.empty() || !at_end_)) {
    if (at_end_) {
      inflateReset(&stream_);  // the next member
    }
    const std::size_t size = std::min<std::size_t>(input.size(), std::size_t{1} << 30);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(size);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    input.remove_prefix(size - stream_.avail_in);
    at_end_ = code == Z_STREAM_END;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      out.resize(had + max_out - stream_.avail_out);
      return Error{Errc::corrupt,
                   std::string("gzip: ") + (stream_.msg != nullptr ? stream_.msg : "bad data")};
    }
    if (code == Z_BUF_ERROR || (at_end_ && stream_.avail_out < max_out)) {
      break;
    }
  }
  out.resize(had + max_out - stream_.avail_out);
  return {};
}

}  // namespace

std::unique_ptr<StreamDecoder> make_gzip_decoder() { return std::make_unique<GzipDecoder>(); }

}  // namespace auditship
