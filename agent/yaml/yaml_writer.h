// YamlWriter: writes a configuration so that it is read back as it is.
//
//   YamlWriter out;
//   out.open("log");
//   out.text("level", "info");
//   out.close();
//   out.take();                       // log:\n  level: "info"\n
//
// Texts are JSON strings, which are YAML too; ${ in them is doubled to $${. A mapping or an item into
// which nothing is written is left out. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auditship::yaml {

class YamlWriter {
 public:
  // A mapping under key, until close().
  void open(std::string_view key);
  // An item of a list that is a mapping, until close(). The list is opened as a mapping is.
  void open_item();
  void close();

  void text(std::string_view key, std::string_view value);
  // A value that needs no quotes: a number, a size, a duration, a boolean.
  void plain(std::string_view key, std::string_view value);
  void list(std::string_view key, const std::vector<std::string>& values);

  // All that was written. The writer is empty then.
  [[nodiscard]] std::string take();

 private:
  struct Level {
    std::string key;     // empty: an item of a list
    bool begun = false;  // its own line is written; of an item: its dash
  };

  void begin(std::string_view key);
  void begin_levels();
  void quote(std::string_view value);

  std::string out_;
  std::vector<Level> levels_;
};

}  // namespace auditship::yaml
