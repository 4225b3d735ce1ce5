// ParserType: a format that can be read, as the registry lists it, and the ports behind which it keeps what is its own:
// its keys of the configuration (ParserConfig) and what its parsers share while the agent runs
// (ParserFactory).
//
// A format is added by a folder that defines one ParserType and by one line in parsers/registry.cc.
// Nobody else names it. Types are constants; their configurations are values; a factory belongs to one
// stream and to the loop thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/yaml/section.h"
#include "parsers/deriver.h"
#include "parsers/key_listing.h"
#include "parsers/parser.h"

namespace auditship::parsers {

struct ParserType;

// Makes the parsers of one stream, one for each source, and keeps what they share up to date.
class ParserFactory {
 public:
  ParserFactory() = default;
  ParserFactory(const ParserFactory&) = delete;
  ParserFactory& operator=(const ParserFactory&) = delete;
  virtual ~ParserFactory() = default;

  // What it makes must not outlive it.
  [[nodiscard]] virtual std::unique_ptr<Parser> make_parser() const = 0;
  // Whether the records of a source go through a deriver; then make_deriver() makes one.
  [[nodiscard]] virtual bool derives() const { return false; }
  [[nodiscard]] virtual std::unique_ptr<Deriver> make_deriver() const { return nullptr; }
  // Reads again what has changed of the files that the parsers rest on, when it is time to look. Says when to call
  // again; nullopt: there are no such files. What cannot be used is logged, and what was known stays.
  virtual std::optional<TimePoint> renew(TimePoint /*now*/) { return std::nullopt; }
  // The next renew() reads everything, changed or not.
  virtual void reload() {}
};

struct ParserServices {
  Fs& fs;
  // nullptr: of a command, which looks once and logs nothing.
  Logger* log = nullptr;
};

// The keys of a format with their values. They may stand at the top level of the configuration, where they hold for
// every stream whose parser has them, and in a stream.
class ParserConfig : public yaml::Section {
 public:
  [[nodiscard]] virtual const ParserType& type() const = 0;
  [[nodiscard]] virtual std::unique_ptr<ParserConfig> clone() const = 0;
  // What a person should know of a stream that is on and has these values. Called once they are all read.
  virtual void warn(yaml::ReadContext& /*context*/) const {}
  // Of bodies that the documents of this format carry; nullopt: it has none.
  [[nodiscard]] virtual std::optional<std::size_t> body_max_bytes() const { return std::nullopt; }
  // Reads the files that the values name. What services refers to must outlive the factory. Errors: those of the
  // files, with the key.
  [[nodiscard]] virtual Result<std::unique_ptr<ParserFactory>> make_factory(
      const ParserServices& services) const = 0;
};

// The SSH keys that configurations of this format name, of all of them together. Errors: not_found,
// io, invalid of a source.
using ListKeys = Result<KeyListing> (*)(Fs& fs, std::span<const ParserConfig* const> configs);

struct ParserType {
  // streams.NAME.parser: "kube_audit".
  std::string_view name;
  // For documentation: "audit log of the kube-apiserver".
  std::string_view summary;
  // The stream that is on without being named, and its target. Empty: none.
  std::string_view default_stream = {};
  // The log files of that stream.
  std::span<const std::string_view> default_paths = {};
  // The rule file filters/RULES.yaml beside the configuration that a stream takes which names none.
  std::string_view rules = {};
  // The files of conf/opensearch that describe its documents: component_templates/, index_templates/ and
  // lifecycle/auditship-TEMPLATES.json.
  std::string_view templates = {};
  // Its events are of a cluster, not of a node: documents say orchestrator.cluster.name.
  bool cluster_scoped = false;
  // With the defaults.
  std::unique_ptr<ParserConfig> (*make_config)() = nullptr;
  // Of `keys`; nullptr: it knows no keys.
  ListKeys list_keys = nullptr;
};

}  // namespace auditship::parsers
