#include "agent/base/compression/compression.h"

#include <algorithm>
#include <vector>

#include <zlib.h>
#include <zstd.h>

#include "agent/base/compression/stream_decoder.h"

#ifdef AUDITSHIP_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif

namespace auditship {
namespace {

constexpr std::size_t kChunk = 128 * 1024;
constexpr int kZstdLevel = 1;
constexpr int kZlibGzip = 15 + 16;  // window bits, plus "gzip header"

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
      break;
  }
  AUDITSHIP_CHECK(codec == Codec::none, "bodies are not packed so");
  return std::make_unique<Plain>();
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

bool can_unpack(Codec codec) {
  return codec == Codec::xz      ? make_xz_decoder() != nullptr
         : codec == Codec::bzip2 ? make_bzip2_decoder() != nullptr
                                 : true;
}

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

#ifdef AUDITSHIP_HAVE_ISAL
namespace {

constexpr std::size_t kInflateStep = std::size_t{1} << 20;

// One buffer, of one or several members: three times as fast as zlib.
Result<std::string> inflate_at_once(std::string_view packed, std::size_t max_bytes,
                                    std::string out) {
  const auto state = std::make_unique<inflate_state>();
  do {
    isal_inflate_init(state.get());
    state->crc_flag = ISAL_GZIP;
    do {
      // isal counts in 32 bits and does not take const input, which it only reads.
      const std::size_t given = std::min<std::size_t>(packed.size(), std::size_t{1} << 30);
      state->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(packed.data()));
      state->avail_in = static_cast<std::uint32_t>(given);
      const std::size_t had = out.size();
      const std::size_t room =
          std::min(std::max(out.capacity() - had, kInflateStep), max_bytes + 1 - had);
      out.resize(had + room);
      state->next_out = reinterpret_cast<std::uint8_t*>(out.data() + had);
      state->avail_out = static_cast<std::uint32_t>(room);
      const int code = isal_inflate(state.get());
      out.resize(had + room - state->avail_out);
      packed.remove_prefix(given - state->avail_in);
      if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT && code != ISAL_OUT_OVERFLOW) {
        return Error{Errc::corrupt, "gzip: bad data"};
      }
      if (out.size() > max_bytes) {
        return Error{Errc::corrupt,
                     "inflates to more than " + std::to_string(max_bytes) + " bytes"};
      }
      const bool stuck = out.size() == had && state->avail_in == given;
      if (stuck && state->block_state != ISAL_BLOCK_FINISH) {
        return Error{Errc::corrupt, "compressed data ends early"};
      }
    } while (state->block_state != ISAL_BLOCK_FINISH);
  } while (!packed.empty());
  return out;
}

}  // namespace
#endif

Result<std::string> unpack(Codec codec, std::string_view packed, std::size_t max_bytes,
                           std::size_t likely_bytes) {
  std::string out;
  out.reserve(std::min(likely_bytes, max_bytes) + 1);
#ifdef AUDITSHIP_HAVE_ISAL
  if (codec == Codec::gzip && !packed.empty()) {
    return inflate_at_once(packed, max_bytes, std::move(out));
  }
#endif
  Unpacker unpacker(codec);
  while (!packed.empty() || !unpacker.at_end()) {
    const std::size_t had = out.size();
    const std::size_t had_in = packed.size();
    if (auto s = unpacker.step(packed, out, std::min<std::size_t>(max_bytes + 1 - had, 1 << 20));
        !s) {
      return s.error();
    }
    if (out.size() > max_bytes) {
      return Error{Errc::corrupt, "inflates to more than " + std::to_string(max_bytes) + " bytes"};
    }
    if (out.size() == had && packed.size() == had_in) {
      return Error{Errc::corrupt, "compressed data ends early"};
    }
  }
  return out;
}

struct Unpacker::State {
  explicit State(Codec c) : codec(c) {
    if (codec == Codec::gzip) {
      AUDITSHIP_CHECK(inflateInit2(&gzip, kZlibGzip) == Z_OK, "zlib cannot start");
    } else if (codec == Codec::zstd) {
      zstd = ZSTD_createDCtx();
      AUDITSHIP_CHECK(zstd != nullptr, "zstd cannot start");
      ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax,
                             27);  // 128 MiB: what the zstd tool takes too
    } else if (codec == Codec::xz) {
      other = make_xz_decoder();
    } else if (codec == Codec::bzip2) {
      other = make_bzip2_decoder();
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (codec == Codec::gzip) {
      inflateEnd(&gzip);
    }
    ZSTD_freeDCtx(zstd);
  }

  Status step_gzip(std::string_view& input, std::string& out, std::size_t max_out);
  Status step_other(std::string_view& input, std::string& out, std::size_t max_out);
  Status step_zstd(std::string_view& input, std::string& out, std::size_t max_out);

  Codec codec;
  z_stream gzip{};
  ZSTD_DCtx* zstd = nullptr;
  std::unique_ptr<StreamDecoder> other;
  bool at_end = true;
  bool failed = false;
};

Status Unpacker::State::step_other(std::string_view& input, std::string& out, std::size_t max_out) {
  if (!other) {
    return Error{Errc::corrupt, std::string(codec_name(codec)) + ": not in this build"};
  }
  Status status = other->step(input, out, max_out);
  at_end = other->at_end();
  return status;
}

Status Unpacker::State::step_gzip(std::string_view& input, std::string& out, std::size_t max_out) {
  const std::size_t had = out.size();
  out.resize(had + max_out);
  gzip.next_out = reinterpret_cast<Bytef*>(out.data() + had);
  gzip.avail_out = static_cast<uInt>(max_out);
  // With no input left zlib may still hold output back, unless a member has just ended.
  while (gzip.avail_out > 0 && (!input.empty() || !at_end)) {
    if (at_end) {
      inflateReset(&gzip);  // the next member
    }
    const std::size_t size = std::min<std::size_t>(input.size(), std::size_t{1} << 30);
    gzip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    gzip.avail_in = static_cast<uInt>(size);
    const int code = inflate(&gzip, Z_NO_FLUSH);
    input.remove_prefix(size - gzip.avail_in);
    at_end = code == Z_STREAM_END;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      out.resize(had + max_out - gzip.avail_out);
      return Error{Errc::corrupt,
                   std::string("gzip: ") + (gzip.msg != nullptr ? gzip.msg : "bad data")};
    }
    if (code == Z_BUF_ERROR || (at_end && gzip.avail_out < max_out)) {
      break;
    }
  }
  out.resize(had + max_out - gzip.avail_out);
  return {};
}

Status Unpacker::State::step_zstd(std::string_view& input, std::string& out, std::size_t max_out) {
  const std::size_t had = out.size();
  out.resize(had + max_out);
  ZSTD_outBuffer to{out.data() + had, max_out, 0};
  ZSTD_inBuffer from{input.data(), input.size(), 0};
  while (to.pos < to.size) {
    const std::size_t before_in = from.pos;
    const std::size_t before_out = to.pos;
    const std::size_t left = ZSTD_decompressStream(zstd, &to, &from);
    if (ZSTD_isError(left) != 0) {
      out.resize(had + to.pos);
      return Error{Errc::corrupt, std::string("zstd: ") + ZSTD_getErrorName(left)};
    }
    if (from.pos == before_in && to.pos == before_out) {
      break;
    }
    at_end = left == 0;
    if (at_end && (to.pos > 0 || from.pos == from.size)) {
      break;  // what a whole member held is given out, whatever stands behind it
    }
  }
  input.remove_prefix(from.pos);
  out.resize(had + to.pos);
  return {};
}

Unpacker::Unpacker(Codec codec) : state_(std::make_unique<State>(codec)) {}
Unpacker::~Unpacker() = default;
bool Unpacker::at_end() const { return state_->at_end; }

Status Unpacker::step(std::string_view& input, std::string& out, std::size_t max_out) {
  if (state_->failed) {
    return Error{Errc::corrupt, "bad data earlier in the stream"};
  }
  max_out = std::min<std::size_t>(max_out, std::size_t{1} << 30);
  Status status;
  if (state_->codec == Codec::gzip) {
    status = state_->step_gzip(input, out, max_out);
  } else if (state_->codec == Codec::zstd) {
    status = state_->step_zstd(input, out, max_out);
  } else if (state_->codec != Codec::none) {
    status = state_->step_other(input, out, max_out);
  } else {
    const std::size_t size = std::min(input.size(), max_out);
    out.append(input, 0, size);
    input.remove_prefix(size);
  }
  state_->failed = !status.ok();
  return status;
}

}  // namespace auditship
