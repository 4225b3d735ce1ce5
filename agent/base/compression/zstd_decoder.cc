#include <zstd.h>

#include "agent/base/compression/stream_decoder.h"

namespace auditship {
namespace {

class ZstdDecoder final : public StreamDecoder {
 public:
  ZstdDecoder() : context_(ZSTD_createDCtx()) {
    constexpr int kWindowLog = 27;  // 128 MiB: what the zstd tool takes too
    AUDITSHIP_CHECK(context_ != nullptr, "zstd cannot start");
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kWindowLog);
  }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }

  Status step(std::string_view& input, std::string& out, std::size_t max_out) override;
  [[nodiscard]] bool at_end() const override { return at_end_; }

 private:
  ZSTD_DCtx* context_;
  bool at_end_ = true;
};

Status ZstdDecoder::step(std::string_view& input, std::string& out, std::size_t max_out) {
  const std::size_t had = out.size();
  out.resize(had + max_out);
  ZSTD_outBuffer to{out.data() + had, max_out, 0};
  ZSTD_inBuffer from{input.data(), input.size(), 0};
  while (to.pos < to.size) {
    const std::size_t before_in = from.pos;
    const std::size_t before_out = to.pos;
    const std::size_t left = ZSTD_decompressStream(context_, &to, &from);
    if (ZSTD_isError(left) != 0) {
      out.resize(had + to.pos);
      return Error{Errc::corrupt, std::string("zstd: ") + ZSTD_getErrorName(left)};
    }
    if (from.pos == before_in && to.pos == before_out) {
      break;
    }
    at_end_ = left == 0;
    if (at_end_ && (to.pos > 0 || from.pos == from.size)) {
      break;  // what a whole member held is given out, whatever stands behind it
    }
  }
  input.remove_prefix(from.pos);
  out.resize(had + to.pos);
  return {};
}

}  // namespace

std::unique_ptr<StreamDecoder> make_zstd_decoder() { return std::make_unique<ZstdDecoder>(); }

}  // namespace auditship
