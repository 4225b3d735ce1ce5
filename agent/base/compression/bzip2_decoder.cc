#include "agent/base/compression/stream_decoder.h"

#ifdef AUDITSHIP_HAVE_BZIP2

#include <algorithm>
#include <bzlib.h>

namespace auditship {
namespace {

class Bzip2Decoder final : public StreamDecoder {
 public:
  Bzip2Decoder() = default;
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;
  ~Bzip2Decoder() override { end_stream(); }

  Status step(std::string_view& input, std::string& out, std::size_t max_out) override {
    const std::size_t had = out.size();
    out.resize(had + max_out);
    stream_.next_out = out.data() + had;
    stream_.avail_out = static_cast<unsigned>(max_out);
    Status status = fill(input, static_cast<unsigned>(max_out));
    out.resize(had + max_out - stream_.avail_out);
    return status;
  }

  [[nodiscard]] bool at_end() const override { return at_end_; }

 private:
  // Ends at the end of a stream that held something, as the next may be damaged.
  Status fill(std::string_view& input, unsigned max_out) {
    while (stream_.avail_out > 0 && (!input.empty() || !at_end_)) {
      if (at_end_) {
        begin_stream();
      }
      const std::size_t size = std::min<std::size_t>(input.size(), std::size_t{1} << 30);
      const unsigned room = stream_.avail_out;
      stream_.next_in = const_cast<char*>(input.data());  // which bzip2 only reads
      stream_.avail_in = static_cast<unsigned>(size);
      const int code = BZ2_bzDecompress(&stream_);
      const bool stuck = stream_.avail_in == size && stream_.avail_out == room;
      input.remove_prefix(size - stream_.avail_in);
      at_end_ = code == BZ_STREAM_END;
      if (code != BZ_OK && code != BZ_STREAM_END) {
        return Error{Errc::corrupt, "bzip2: bad data"};
      }
      if ((stuck && !at_end_) || (at_end_ && stream_.avail_out < max_out)) {
        return {};
      }
    }
    return {};
  }

  // Keeps the room for output that was set.
  void begin_stream() {
    char* const next_out = stream_.next_out;
    const unsigned avail_out = stream_.avail_out;
    end_stream();
    stream_ = bz_stream{};
    AUDITSHIP_CHECK(BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK, "libbz2 cannot start");
    began_ = true;
    stream_.next_out = next_out;
    stream_.avail_out = avail_out;
  }

  void end_stream() {
    if (began_) {
      BZ2_bzDecompressEnd(&stream_);
    }
    began_ = false;
  }

  bz_stream stream_{};
  bool began_ = false;
  bool at_end_ = true;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_bzip2_decoder() { return std::make_unique<Bzip2Decoder>(); }

}  // namespace auditship

#else

namespace auditship {

std::unique_ptr<StreamDecoder> make_bzip2_decoder() { return nullptr; }

}  // namespace auditship

#endif
