#include "sinks/file/config.h"

#include <utility>

#include "sinks/file/file_sink.h"
#include "sinks/framing/line_framing.h"

namespace auditship::sinks::file {
namespace {

constexpr std::uint64_t kMiB = 1 << 20, kGiB = 1 << 30;

std::optional<std::string> directory_problem(const std::string& path) {
  return path.empty() || path.front() != '/'
             ? std::optional<std::string>("expected an absolute path")
             : std::nullopt;
}

class FileSinkConnection final : public SinkConnection {
 public:
  FileSinkConnection(FileSinkConfig config, SinkServices services)
      : config_(std::move(config)), services_(std::move(services)) {}

  [[nodiscard]] Result<std::unique_ptr<Sink>> open(const SinkStream& stream) override {
    FileSinkOptions options;
    options.directory = join_path(config_.directory, stream.name);
    options.name = stream.name;
    options.buffer_id = stream.buffer_id;
    options.max_file_bytes = config_.max_file_bytes;
    options.zstd = config_.zstd;
    auto sink = FileSink::open(services_.fs, services_.log, services_.post, std::move(options));
    if (!sink) {
      return sink.error();
    }
    return std::unique_ptr<Sink>(std::move(*sink));
  }

 private:
  FileSinkConfig config_;
  SinkServices services_;
};

}  // namespace

const yaml::Schema<FileSinkConfig>& FileSinkConfig::schema() {
  using C = FileSinkConfig;
  static const yaml::Schema<C> kSchema({
      yaml::text_key(
          "directory", &C::directory, "absolute path",
          "NDJSON files, one document a line; each stream has a directory of its own in it.",
          directory_problem)
          .with_default("`DATA_DIR/documents`"),
      yaml::size_key("max_file", &C::max_file_bytes, {kMiB, 64 * kGiB},
                     "Then the next file is begun."),
      yaml::choice_key("compression", &C::zstd, {{"none", false}, {"zstd", true}}, "Of the files."),
  });
  return kSchema;
}

const SinkType& FileSinkConfig::type() const { return kType; }

void FileSinkConfig::use_data_dir(const std::string& data_dir) {
  directory = join_path(data_dir, "documents");
}

std::string FileSinkConfig::destination() const { return "NDJSON files under " + directory; }

// Frames stay on our own disk: zstd is cheapest.
SinkNeeds FileSinkConfig::needs() const { return SinkNeeds{}; }

std::shared_ptr<const sinks::framing::ItemFraming> FileSinkConfig::framing(
    const std::string& /*target*/) const {
  return std::make_shared<sinks::framing::LineFraming>();
}

Result<std::unique_ptr<SinkConnection>> FileSinkConfig::connect(
    const SinkServices& services) const {
  return std::unique_ptr<SinkConnection>(std::make_unique<FileSinkConnection>(*this, services));
}

const SinkType kType{
    .name = "file",
    .summary = "NDJSON files on this machine",
    .required = {},
    .make_config = [] { return std::unique_ptr<SinkConfig>(std::make_unique<FileSinkConfig>()); },
    .check_online = nullptr,
    .repair = nullptr,
};

}  // namespace auditship::sinks::file
