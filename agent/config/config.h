// Config: what conf/auditship.yaml says, typed and complete: defaults are filled in.
//
// load_config reads YAML, expands ${VAR} and ${VAR:-default}, refuses unknown keys, wrong types and
// impossible values with file, line, column, what was expected and the nearest valid key. The keys of
// inputs, parsers and sinks are read by their types, which the caller names (agent/app/registered_types.h
// has those of the program). Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/polymorphic.h"
#include "agent/base/result.h"
#include "agent/event/document_form.h"
#include "agent/input/input_type.h"
#include "agent/yaml/key_row.h"
#include "parsers/parser_type.h"
#include "sinks/sink_type.h"

namespace auditship::config {

// What can be named in a configuration. The first input and the first sink are the defaults.
struct RegisteredTypes {
  std::span<const input::InputType* const> inputs;
  std::span<const parsers::ParserType* const> parsers;
  std::span<const sinks::SinkType* const> sinks;
};

struct BatchConfig {
  // Before compression.
  std::uint64_t max_bytes = 5 << 20;
  std::chrono::milliseconds min_age{1000};
  std::chrono::milliseconds max_age{30000};
  bool prompt = true;
  std::uint32_t max_documents = 10000;
};

struct StreamConfig {
  std::string name;
  Polymorphic<input::InputConfig> input;
  Polymorphic<parsers::ParserConfig> parser;
  // Write alias, or index name prefix of dated names.
  std::string target;
  // Rule file, ready to open. Empty: keep everything.
  std::string filters;
  event::DocumentForm documents = event::DocumentForm::lean;
  std::uint64_t buffer_max_bytes = std::uint64_t{2} << 30;
  // Of the file system, instead of bytes.
  std::optional<unsigned> buffer_max_percent;
  BatchConfig batch;
};

struct Config {
  // Where it was read from.
  std::string file;
  // Required.
  std::string cluster_name;
  // Empty: NODE_NAME, else the host's name, frozen in data_dir.
  std::string node_name;
  std::string data_dir = "/var/lib/auditship";
  // The prefix under which this process sees the host's files, as a container's mount. It is no part of what
  // documents say of a file, nor of their ids. Empty: none.
  std::string host_root;
  // IP:PORT for probes and scrapes beside the socket; empty: none.
  std::string status_listen;
  // status.listen shows the last events, too.
  bool status_events = false;
  std::string log_level = "info";
  std::string log_format = "auto";
  // The defaults of the streams.
  event::DocumentForm documents = event::DocumentForm::lean;
  BatchConfig batch;
  std::vector<StreamConfig> streams;
  // Default streams that are switched off.
  std::vector<std::string> streams_off;
  // One a registered type, in their order.
  std::vector<Polymorphic<sinks::SinkConfig>> sinks;
  std::size_t sink_index = 0;
  // What run and check should say once at start.
  std::vector<std::string> warnings;
  // Secrets and certificates that cannot be read now: run collects, and delivers once they are
  // there; check fails.
  std::vector<std::string> missing;

  // That of sink.type.
  [[nodiscard]] const sinks::SinkConfig& sink() const { return *sinks[sink_index]; }
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Reads and validates a configuration file. Files that it refers to must exist, be readable and,
// for rule files, hold rules that can be used. Relative names are relative to the configuration
// file. Errors: not_found, io for the file itself; invalid with all problems, one
// "file:line:column: …" a line.
[[nodiscard]] Result<Config> load_config(Fs& fs, const RegisteredTypes& types,
                                         const std::string& path, const Environment& env);

// The same from text; path is for messages and for relative names.
[[nodiscard]] Result<Config> parse_config(Fs& fs, const RegisteredTypes& types,
                                          const std::string& path, std::string_view text,
                                          const Environment& env);

// The configuration in effect as YAML, defaults filled in and secrets masked; load_config reads it. What a stream takes
// from the top level is shown in the stream.
[[nodiscard]] std::string render_effective(const Config& config);

// The default configuration, for commands that run without a file. cluster_name is "unnamed".
[[nodiscard]] Config default_config(const RegisteredTypes& types);

// Gives a key of the stream's parser another value, as text. A key that the parser does not have is left out. Errors:
// invalid, with the key.
[[nodiscard]] Status set_parser_key(Fs& fs, StreamConfig& stream, const std::string& key,
                                    const std::string& value);

}  // namespace auditship::config
