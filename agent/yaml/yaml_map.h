// YamlMap: reads the keys of a mapping into typed values and says what is wrong with the others.
//
//   YamlProblems problems(file);
//   YamlMap map(problems, node, "log");
//   map.text("level", config.log_level);
//   map.done();                       // unknown keys, with the nearest one that is known
//
// Each problem has file, line, column, what was found and what was expected. Reading goes on after
// a problem, so that one run shows many. A key that is absent or null leaves its value untouched.
// Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"
#include "agent/yaml/yaml_document.h"

namespace auditship::yaml {

class YamlProblems {
 public:
  explicit YamlProblems(std::string file) : file_(std::move(file)) {}

  // Replaces ${VAR} in every text that is read. Absent: texts are taken as they are.
  std::function<Result<std::string>(std::string_view text)> expand;

  // A problem that is there already is not added again: a mapping may be read for several owners.
  void add(int line, int column, std::string_view message);
  void add(const YamlNode& node, std::string_view message) { add(node.line, node.column, message); }
  [[nodiscard]] bool empty() const { return lines_.empty(); }
  [[nodiscard]] const std::string& file() const { return file_; }
  // All problems, one a line, at most 20. Only when !empty().
  [[nodiscard]] Error error() const;

 private:
  std::string file_;
  std::vector<std::string> lines_;
  std::size_t dropped_ = 0;
};

// The name among names that is nearest to text, or empty when none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view text,
                                            const std::vector<std::string_view>& names);

// What a value is, in words: "a list", "the number 12".
[[nodiscard]] std::string describe(const YamlNode& node);

// Units people write. Errors: invalid, "expected …".
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);  // 500, 64KiB, 2GiB, 500MB
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(
    std::string_view text);  // 0, 250ms, 1h30m, 7d

// Single values; nullopt after a problem was added. what: the path of the key, for the message.
// as_text refuses plain numbers, booleans and null: quotes make them text.
std::optional<std::string> as_text(YamlProblems& problems, const YamlNode& node,
                                   std::string_view what);
// Text of any scalar, numbers too.
std::optional<std::string> as_scalar(YamlProblems& problems, const YamlNode& node,
                                     std::string_view what, std::string_view expected);
std::optional<bool> as_boolean(YamlProblems& problems, const YamlNode& node, std::string_view what);

class YamlMap {
 public:
  // A node that is not a mapping is a problem (null is an empty one); then all keys are absent.
  YamlMap(YamlProblems& problems, const YamlNode& node, std::string path);

  // The value of key if it is there and not null. Makes the key known.
  const YamlNode* get(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) { return get(key) != nullptr; }
  // "log.level": for messages.
  [[nodiscard]] std::string path_of(std::string_view key) const;
  // Where key stands, else where the mapping does.
  void add_problem(std::string_view key, std::string_view message);

  bool text(std::string_view key, std::string& into);
  bool boolean(std::string_view key, bool& into);
  bool number(std::string_view key, std::uint64_t least, std::uint64_t most, std::uint64_t& into);
  bool size(std::string_view key, std::uint64_t least, std::uint64_t most, std::uint64_t& into);
  bool duration(std::string_view key, std::chrono::milliseconds least,
                std::chrono::milliseconds most, std::chrono::milliseconds& into);
  // Replaces into by the list. A list that holds anything but texts is a problem.
  bool texts(std::string_view key, std::vector<std::string>& into);
  // One of choices; index into choices.
  std::optional<std::size_t> one_of(std::string_view key,
                                    const std::vector<std::string_view>& choices);
  // Reads each item (or a single scalar as a list of one) by parse, which says what is wrong.
  template <typename T, typename Parse>
  void parsed_list(std::string_view key, Parse parse, std::vector<T>& into) {
    for_each_item(key, [&](const YamlNode& item) {
      const auto text = as_scalar(problems_, item, path_of(key), "a value");
      if (!text) {
        return;
      }
      auto value = parse(*text);
      if (value) {
        into.push_back(*value);
      } else {
        problems_.add(item, path_of(key) + ": " + value.error().message);
      }
    });
  }
  // Calls read for each item of a list; anything but a list is a problem.
  void for_each_item(std::string_view key, const std::function<void(const YamlNode&)>& read);

  // What an unknown key is, where more is known about it than its name: the end of a sentence, or empty.
  using Explain = std::function<std::string(std::string_view key)>;
  // Complains about every key that nobody asked for, with the nearest one that is known.
  void done(const Explain& explain = {});
  [[nodiscard]] const std::vector<YamlNode::Member>& members() const;
  [[nodiscard]] YamlProblems& problems() { return problems_; }

 private:
  YamlProblems& problems_;
  const YamlNode& node_;
  std::string path_;
  std::vector<std::string_view> known_;
};

}  // namespace auditship::yaml
