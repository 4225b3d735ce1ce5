// The keys of the input file, and its registration.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/input/input_type.h"

namespace auditship::input::file {

class FileInputConfig final : public yaml::SectionOf<FileInputConfig, InputConfig> {
 public:
  // Live files, absolute; globs allowed.
  std::vector<std::string> paths;
  // How far back rotated files are read at the first start. nullopt: all, 0: none.
  std::optional<std::chrono::seconds> backfill = std::chrono::hours(24 * 7);
  std::uint64_t line_max = 16 << 20;
  // Absolute: where rotated files are moved to (logrotate's olddir).
  std::vector<std::string> olddirs;

  [[nodiscard]] static const yaml::Schema<FileInputConfig>& schema();
  [[nodiscard]] const InputType& type() const override;
  void read_defaults(yaml::YamlMap& top, yaml::ReadContext& context) override;
  [[nodiscard]] bool knows_default(std::string_view key) const override;
  void use_default_paths(std::span<const std::string_view> paths) override;
  [[nodiscard]] std::string_view missing_key() const override;
  [[nodiscard]] std::optional<std::string> overlap(const InputConfig& other) const override;
  [[nodiscard]] std::vector<std::string> places() const override { return paths; }
  [[nodiscard]] std::uint64_t record_max_bytes() const override { return line_max; }
  [[nodiscard]] Result<std::unique_ptr<SourceDiscovery>> make_discovery(
      const InputServices& services, const InputStream& stream) const override;
  [[nodiscard]] std::vector<std::string> check_logs(const InputServices& services) const override;
  [[nodiscard]] std::unique_ptr<LogFiles> log_files(Fs& fs,
                                                    const std::string& host_root) const override;
};

extern const InputType kType;

}  // namespace auditship::input::file
