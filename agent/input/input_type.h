// InputType: a way to read logs, as the registry lists it, and the port behind which it keeps its keys of the
// configuration and makes what reads (InputConfig).
//
// An input is added by a folder that defines one InputType and by one line in agent/input/registry.cc.
// Nobody else names it. Types are constants; configurations are values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/event/checkpoint.h"
#include "agent/event/record_id.h"
#include "agent/input/log_files.h"
#include "agent/input/source.h"
#include "agent/yaml/section.h"

namespace auditship::input {

struct InputType;

// What an input runs on. All of it must outlive what is made with it.
struct InputServices {
  Fs& fs;
  const Clock& clock;
  Logger& log;
};

// Whether a run ends when everything that is there now was read.
enum class RunEnd : std::uint8_t { never, at_end };

// What an input is told about the stream that it reads for.
struct InputStream {
  // Of the ids of its records.
  event::IdScope scope;
  // Where this process sees the files of the host, as a container's mount: "/host"; empty: in place.
  std::string host_root;
  RunEnd end = RunEnd::never;
};

// The keys of an input with their values, of one stream. Some may stand at the top level of the configuration, too,
// where they hold for every stream that has this input.
class InputConfig : public yaml::Section {
 public:
  [[nodiscard]] virtual const InputType& type() const = 0;
  [[nodiscard]] virtual std::unique_ptr<InputConfig> clone() const = 0;
  // As read(), of the keys that may stand at the top level.
  virtual void read_defaults(yaml::YamlMap& /*top*/, yaml::ReadContext& /*context*/) {}
  [[nodiscard]] virtual bool knows_default(std::string_view /*key*/) const { return false; }
  // The log files of a default stream, by its parser. An input that reads no files ignores them.
  virtual void use_default_paths(std::span<const std::string_view> /*paths*/) {}
  // What a stream must say that is not on by default: the name of a key that is still missing, or empty.
  [[nodiscard]] virtual std::string_view missing_key() const { return {}; }
  // What both would read, in words: "/var/log/auth.log". nullopt: nothing, as far as the configuration shows.
  [[nodiscard]] virtual std::optional<std::string> overlap(const InputConfig& /*other*/) const {
    return std::nullopt;
  }
  // For messages that name an input in a few words: its paths, for example.
  [[nodiscard]] virtual std::vector<std::string> places() const { return {}; }
  // The longest record that is kept whole.
  [[nodiscard]] virtual std::uint64_t record_max_bytes() const { return 16 << 20; }
  // What reads the logs of one stream with these values. Errors: what it cannot do without.
  [[nodiscard]] virtual Result<std::unique_ptr<SourceDiscovery>> make_discovery(
      const InputServices& services, const InputStream& stream) const = 0;
  // What `check` says of the logs that are there now, a line each: "/var/log/auth.log is readable".
  [[nodiscard]] virtual std::vector<std::string> check_logs(
      const InputServices& /*services*/) const {
    return {};
  }
  // The logs as files, for commands that are given some; nullptr: they are no files. host_root: as
  // InputStream has it. fs must outlive it.
  [[nodiscard]] virtual std::unique_ptr<LogFiles> log_files(
      Fs& /*fs*/, const std::string& /*host_root*/) const {
    return nullptr;
  }
};

struct InputType {
  // streams.NAME.input: "file".
  std::string_view name;
  // For documentation: "log files".
  std::string_view summary;
  // With the defaults.
  std::unique_ptr<InputConfig> (*make_config)() = nullptr;
  // A position as text, as SourceDiscovery::describe has it; nullopt: it is none of this input. For
  // commands that look into a buffer without a configuration.
  std::optional<std::string> (*describe)(const event::Cursor& position) = nullptr;
};

}  // namespace auditship::input
