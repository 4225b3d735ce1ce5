// The keys of the file sink, and its registration.
#pragma once

#include <cstdint>
#include <string>

#include "sinks/sink_type.h"

namespace auditship::sinks::file {

class FileSinkConfig final : public yaml::SectionOf<FileSinkConfig, SinkConfig> {
 public:
  // Absolute. Each stream has a directory of its own in it.
  std::string directory;
  std::uint64_t max_file_bytes = 64 << 20;
  bool zstd = false;

  [[nodiscard]] static const yaml::Schema<FileSinkConfig>& schema();
  [[nodiscard]] const SinkType& type() const override;
  void use_data_dir(const std::string& data_dir) override;
  [[nodiscard]] std::string destination() const override;
  [[nodiscard]] SinkNeeds needs() const override;
  [[nodiscard]] std::shared_ptr<const sinks::framing::ItemFraming> framing(
      const std::string& target) const override;
  [[nodiscard]] Result<std::unique_ptr<SinkConnection>> connect(
      const SinkServices& services) const override;
};

extern const SinkType kType;

}  // namespace auditship::sinks::file
