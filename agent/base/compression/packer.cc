#include "agent/base/compression/packer.h"

#include <algorithm>
#include <utility>
#include <vector>

#ifdef AUDITSHIP_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif
#include <zstd.h>

#include "agent/base/result.h"

namespace auditship {
namespace {

constexpr std::size_t kChunk = 128 * 1024;
constexpr int kZstdLevel = 1;

// Compresses into `out` as bytes come.
class Deflater {
 public:
  Deflater() = default;
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  virtual ~Deflater() = default;
  virtual void append(std::string_view bytes, std::string& out) = 0;
  virtual void finish(std::string& out) = 0;  // and ready for the next stream
};

class Plain final : public Deflater {
 public:
  void append(std::string_view bytes, std::string& out) override { out.append(bytes); }
  void finish(std::string&) override {}
};

#ifdef AUDITSHIP_HAVE_ISAL
class Gzip final : public Deflater {
 public:
  Gzip() : level_buffer_(ISAL_DEF_LVL1_DEFAULT), chunk_(kChunk) { restart(); }

  void append(std::string_view bytes, std::string& out) override {
    // isal counts in 32 bits and does not take const input, which it only reads.
    while (!bytes.empty()) {
      const std::size_t size = std::min<std::size_t>(bytes.size(), std::size_t{1} << 30);
      stream_.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
      stream_.avail_in = static_cast<std::uint32_t>(size);
      run(out);
      bytes.remove_prefix(size);
    }
  }

  void finish(std::string& out) override {
    stream_.end_of_stream = 1;
    stream_.next_in = nullptr;
    stream_.avail_in = 0;
    run(out);
    restart();
  }

 private:
  void restart() {
    isal_deflate_init(&stream_);
    stream_.level = 1;
    stream_.level_buf = level_buffer_.data();
    stream_.level_buf_size = static_cast<std::uint32_t>(level_buffer_.size());
    stream_.gzip_flag = IGZIP_GZIP;
    stream_.flush = NO_FLUSH;
  }

  void run(std::string& out) {
    do {
      stream_.next_out = chunk_.data();
      stream_.avail_out = static_cast<std::uint32_t>(chunk_.size());
      AUDITSHIP_CHECK(isal_deflate(&stream_) == COMP_OK, "igzip refused its own state");
      out.append(reinterpret_cast<const char*>(chunk_.data()), chunk_.size() - stream_.avail_out);
    } while (stream_.avail_out == 0 || stream_.avail_in > 0 ||
             (stream_.end_of_stream != 0 && stream_.internal_state.state != ZSTATE_END));
  }

  isal_zstream stream_{};
  std::vector<std::uint8_t> level_buffer_, chunk_;
};
#else
class Gzip final : public Deflater {
 public:
  static constexpr int kLevel = 1;
  static constexpr int kZlibGzip = 15 + 16;  // window bits, plus "gzip header"

  Gzip() : chunk_(kChunk) {
    AUDITSHIP_CHECK(
        deflateInit2(&stream_, kLevel, Z_DEFLATED, kZlibGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK,
        "zlib cannot start");
  }
  ~Gzip() override { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void append(std::string_view bytes, std::string& out) override {
    while (!bytes.empty()) {
      const std::size_t size = std::min<std::size_t>(bytes.size(), std::size_t{1} << 30);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      stream_.avail_in = static_cast<uInt>(size);
      run(out, Z_NO_FLUSH);
      bytes.remove_prefix(size);
    }
  }

  void finish(std::string& out) override {
    stream_.next_in = nullptr;
    stream_.avail_in = 0;
    run(out, Z_FINISH);
    deflateReset(&stream_);
  }

 private:
  void run(std::string& out, int flush) {
    do {
      stream_.next_out = chunk_.data();
      stream_.avail_out = static_cast<uInt>(chunk_.size());
      AUDITSHIP_CHECK(deflate(&stream_, flush) != Z_STREAM_ERROR, "zlib refused its own state");
      out.append(reinterpret_cast<const char*>(chunk_.data()), chunk_.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
  std::vector<Bytef> chunk_;
};
#endif

class Zstd final : public Deflater {
 public:
  Zstd() : context_(ZSTD_createCCtx()), chunk_(kChunk) {
    AUDITSHIP_CHECK(context_ != nullptr, "zstd cannot start");
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  }
  ~Zstd() override { ZSTD_freeCCtx(context_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  void append(std::string_view bytes, std::string& out) override {
    run(bytes, out, ZSTD_e_continue);
  }
  void finish(std::string& out) override { run({}, out, ZSTD_e_end); }

 private:
  void run(std::string_view bytes, std::string& out, ZSTD_EndDirective end) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (true) {
      ZSTD_outBuffer part{chunk_.data(), chunk_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(context_, &part, &in, end);
      AUDITSHIP_CHECK(ZSTD_isError(left) == 0, "zstd refused its own state");
      out.append(chunk_.data(), part.pos);
      if (end == ZSTD_e_end ? left == 0 : in.pos == in.size) {
        return;
      }
    }
  }

  ZSTD_CCtx* context_;
  std::vector<char> chunk_;
};

std::unique_ptr<Deflater> make_deflater(Codec codec) {
  switch (codec) {
    case Codec::gzip:
      return std::make_unique<Gzip>();
    case Codec::zstd:
      return std::make_unique<Zstd>();
    case Codec::none:
    case Codec::xz:
    case Codec::bzip2:
    case Codec::foreign:
      break;
  }
  AUDITSHIP_CHECK(codec == Codec::none, "bodies are not packed so");
  return std::make_unique<Plain>();
}

}  // namespace

struct Packer::State {
  Codec codec = Codec::none;
  std::unique_ptr<Deflater> deflater;
  std::string out;
  std::uint64_t raw = 0;
};

Packer::Packer(Codec codec) : state_(std::make_unique<State>()) {
  state_->codec = codec;
  state_->deflater = make_deflater(codec);
}
Packer::~Packer() = default;
Codec Packer::codec() const { return state_->codec; }

void Packer::append(std::string_view bytes) {
  state_->raw += bytes.size();
  state_->deflater->append(bytes, state_->out);
}

std::uint64_t Packer::raw_bytes() const { return state_->raw; }
std::uint64_t Packer::packed_bytes() const { return state_->out.size(); }

std::string Packer::finish() {
  state_->deflater->finish(state_->out);
  state_->raw = 0;
  return std::exchange(state_->out, {});
}

std::string pack(Codec codec, std::string_view bytes) {
  Packer packer(codec);
  packer.append(bytes);
  return packer.finish();
}

}  // namespace auditship
