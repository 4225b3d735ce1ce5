#include "agent/yaml/yaml_writer.h"

#include <utility>

#include "agent/base/encoding/json_writer.h"

namespace auditship::yaml {

void YamlWriter::open(std::string_view key) { levels_.push_back(Level{std::string(key), false}); }

void YamlWriter::open_item() { levels_.push_back(Level{}); }

void YamlWriter::close() { levels_.pop_back(); }

void YamlWriter::text(std::string_view key, std::string_view value) {
  begin(key);
  out_ += ' ';
  quote(value);
  out_ += '\n';
}

void YamlWriter::plain(std::string_view key, std::string_view value) {
  begin(key);
  out_ += ' ';
  out_ += value;
  out_ += '\n';
}

void YamlWriter::list(std::string_view key, const std::vector<std::string>& values) {
  begin(key);
  out_ += values.empty() ? " []\n" : "\n";
  for (const std::string& value : values) {
    out_.append(2 * levels_.size() + 2, ' ');
    out_ += "- ";
    quote(value);
    out_ += '\n';
  }
}

std::string YamlWriter::take() { return std::exchange(out_, {}); }

// The lines of the mappings that the next line stands in, where they are not written yet.
void YamlWriter::begin_levels() {
  for (std::size_t depth = 0; depth < levels_.size(); ++depth) {
    Level& level = levels_[depth];
    if (!level.begun && !level.key.empty()) {
      out_.append(2 * depth, ' ');
      out_ += level.key;
      out_ += ":\n";
      level.begun = true;
    }
  }
}

void YamlWriter::begin(std::string_view key) {
  begin_levels();
  const bool first_of_item =
      !levels_.empty() && levels_.back().key.empty() && !levels_.back().begun;
  if (first_of_item) {
    levels_.back().begun = true;
    out_.append(2 * levels_.size() - 2, ' ');
    out_ += "- ";
  } else {
    out_.append(2 * levels_.size(), ' ');
  }
  out_ += key;
  out_ += ':';
}

void YamlWriter::quote(std::string_view value) {
  std::string escaped;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '$' && i + 1 < value.size() && value[i + 1] == '{') {
      escaped += '$';
    }
    escaped += value[i];
  }
  append_json_string(out_, escaped);
}

}  // namespace auditship::yaml
