#include "agent/base/compression/stream_decoder.h"

#ifdef AUDITSHIP_HAVE_LZMA

#include <algorithm>
#include <lzma.h>

namespace auditship {
namespace {

class XzDecoder final : public StreamDecoder {
 public:
  XzDecoder() = default;
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;
  ~XzDecoder() override { lzma_end(&stream_); }

  Status step(std::string_view& input, std::string& out, std::size_t max_out) override {
    const std::size_t had = out.size();
    out.resize(had + max_out);
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data() + had);
    stream_.avail_out = max_out;
    Status status = fill(input, max_out);
    out.resize(had + max_out - stream_.avail_out);
    return status;
  }

  [[nodiscard]] bool at_end() const override { return at_end_; }

 private:
  // Ends at the end of a stream that held something, as the next may be damaged.
  Status fill(std::string_view& input, std::size_t max_out) {
    while (stream_.avail_out > 0 && (!input.empty() || !at_end_)) {
      if (at_end_ && !begin_stream(input)) {
        return {};
      }
      stream_.next_in = reinterpret_cast<const std::uint8_t*>(input.data());
      stream_.avail_in = input.size();
      const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
      input.remove_prefix(input.size() - stream_.avail_in);
      at_end_ = code == LZMA_STREAM_END;
      if (code == LZMA_MEMLIMIT_ERROR) {
        return Error{Errc::corrupt, "xz: needs more memory than is given to one file"};
      }
      if (code != LZMA_OK && code != LZMA_STREAM_END && code != LZMA_BUF_ERROR) {
        return Error{Errc::corrupt, "xz: bad data"};
      }
      if (code == LZMA_BUF_ERROR || (at_end_ && stream_.avail_out < max_out)) {
        return {};
      }
    }
    return {};
  }

  // False: nothing but the padding that may stand behind a stream is left.
  bool begin_stream(std::string_view& input) {
    if (began_) {
      input.remove_prefix(std::min(input.find_first_not_of('\0'), input.size()));
      if (input.empty()) {
        return false;
      }
    }
    began_ = true;
    AUDITSHIP_CHECK(lzma_stream_decoder(&stream_, kXzMemoryBytes, 0) == LZMA_OK,
                    "liblzma cannot start");
    return true;
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool began_ = false;
  bool at_end_ = true;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_xz_decoder() { return std::make_unique<XzDecoder>(); }

}  // namespace auditship

#else

namespace auditship {

std::unique_ptr<StreamDecoder> make_xz_decoder() { return nullptr; }

}  // namespace auditship

#endif
