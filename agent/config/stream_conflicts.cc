// What two streams must not have in common. docs/configuration.md, "Several streams", says the same.
#include "agent/config/config_internal.h"

namespace auditship::config {
namespace {

std::optional<std::string> conflict_of(const StreamConfig& a, const StreamConfig& b) {
  if (a.target != b.target || !a.parser || !b.parser) {
    return std::nullopt;
  }
  const std::string both = "the streams " + a.name + " and " + b.name;
  if (&a.parser->type() != &b.parser->type()) {
    return both + " have the target " + a.target + " and different parsers, " +
           std::string(a.parser->type().name) + " and " + std::string(b.parser->type().name) +
           ": their fields would contradict each other; give each its own target";
  }
  if (const auto shared = a.input->overlap(*b.input)) {
    return both + " both read " + *shared + " and have the target " + a.target +
           ": each line would be there twice; take it out of one, or give each its own target";
  }
  return std::nullopt;
}

}  // namespace

void check_stream_conflicts(yaml::YamlMap& top, const Config& config) {
  for (std::size_t i = 0; i < config.streams.size(); ++i) {
    for (std::size_t j = i + 1; j < config.streams.size(); ++j) {
      if (const auto conflict = conflict_of(config.streams[i], config.streams[j])) {
        top.add_problem("streams", *conflict);
      }
    }
  }
}

void check_documents(yaml::YamlMap& top, const Config& config) {
  const std::string_view why = config.sink().type().why_no_full_documents;
  if (why.empty()) {
    return;
  }
  const bool by_default = config.documents == event::DocumentForm::full;
  for (const StreamConfig& stream : config.streams) {
    if (stream.documents == event::DocumentForm::full) {
      top.add_problem(by_default ? "documents" : "streams",
                      "stream " + stream.name + ": full documents are not for the sink " +
                          std::string(config.sink().type().name) + ": " + std::string(why));
    }
  }
}

}  // namespace auditship::config
