// Schema<T>: the keys of one mapping, each declared once. From the declaration come reading with its
// problem messages, the defaults (those of a default T), writing for `check --effective`, and the rows
// of the tables in docs/configuration.md and the man page.
//
//   struct Batch { std::uint64_t max_bytes = 5 << 20; std::chrono::milliseconds max_age{1000}; };
//   static const Schema<Batch> kBatch({
//       size_key("max_bytes", &Batch::max_bytes, {64 << 10, 64 << 20}, "Before compression."),
//       duration_key("max_age", &Batch::max_age, {10ms, 1min}, "A batch is not kept open longer.")});
//   kBatch.read(map, context, batch);         // a key that is absent leaves its value as it is
//   kBatch.write(out, batch);
//   kBatch.rows(Batch());
//
// The kinds of keys are the functions below; a key of a kind of its own fills in Key itself.
// A check gets the value that was read, may bring it into its usual form, and says what is wrong with
// it; rules between keys are checks of the schema. Immutable once made; thread-safe.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "agent/yaml/key_row.h"
#include "agent/yaml/read_context.h"
#include "agent/yaml/yaml_map.h"
#include "agent/yaml/yaml_writer.h"

namespace auditship::yaml {

// What is wrong with the value; nullopt: nothing.
template <typename Value>
using Check = std::function<std::optional<std::string>(Value& value)>;

template <typename T>
struct Key {
  std::string name;
  // For people: KeyRow says what they are.
  std::string type, meaning;
  std::function<void(YamlMap&, ReadContext&, T&)> read;
  std::function<void(YamlWriter&, const T&)> write;
  // The value as a file would say it, for the default in tables. Empty text: there is none.
  std::function<std::string(const T&)> value;
  // Instead of the value of a default T: "required", "the host's".
  std::optional<std::string> default_text{};
  // Of a section: a row for each key in it instead of one for itself. The argument is the path of the section.
  std::function<std::vector<KeyRow>(const std::string&, const T&)> inner{};

  [[nodiscard]] Key with_default(std::string text) && {
    default_text = std::move(text);
    return std::move(*this);
  }
};

template <typename T>
class Schema {
 public:
  using CheckAll = std::function<void(YamlMap&, ReadContext&, T&)>;

  // check: rules between the keys, asked when all of them are read.
  explicit Schema(std::vector<Key<T>> keys, CheckAll check = {})
      : keys_(std::move(keys)), check_(std::move(check)) {}

  // Does not call map.done().
  void read(YamlMap& map, ReadContext& context, T& into) const {
    for (const Key<T>& key : keys_) {
      if (key.read) {
        key.read(map, context, into);
      }
    }
    if (check_) {
      check_(map, context, into);
    }
  }
  void write(YamlWriter& out, const T& value) const {
    for (const Key<T>& key : keys_) {
      if (key.write) {
        key.write(out, value);
      }
    }
  }
  [[nodiscard]] std::vector<KeyRow> rows(const T& defaults, const std::string& path = {}) const {
    std::vector<KeyRow> all;
    for (const Key<T>& key : keys_) {
      const std::string full = path.empty() ? key.name : path + "." + key.name;
      if (key.inner) {
        for (KeyRow& row : key.inner(full, defaults)) {
          all.push_back(std::move(row));
        }
        continue;
      }
      const std::string value = key.value ? key.value(defaults) : std::string();
      all.push_back(KeyRow{full, key.type,
                           key.default_text.value_or(value.empty() ? "" : "`" + value + "`"),
                           key.meaning});
    }
    return all;
  }
  [[nodiscard]] bool knows(std::string_view name) const {
    return std::any_of(keys_.begin(), keys_.end(),
                       [name](const Key<T>& key) { return key.name == name; });
  }

 private:
  std::vector<Key<T>> keys_;
  CheckAll check_;
};

// --- kinds of keys ------------------------------------------------------------------------------

struct SizeRange {
  std::uint64_t least, most;  // bytes
};
struct DurationRange {
  std::chrono::milliseconds least, most;
};
template <typename Value>
using Choices = std::vector<std::pair<std::string_view, Value>>;

// When a file that is named must be there: with the configuration, or only once something is delivered.
enum class FileNeeded : std::uint8_t { now, for_delivery };

// What stands in a file where a value must not be shown.
inline constexpr std::string_view kMask = "********";

// How sizes and durations are written: 64KiB, 90s. They are read back as they were.
[[nodiscard]] std::string size_text(std::uint64_t bytes);
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);
// "`a`, `b` or `c`".
[[nodiscard]] std::string choices_text(const std::vector<std::string_view>& names);
// Reads the name of a file into `into`, as seen from the configuration's directory.
void read_file_name(YamlMap& map, std::string_view key, ReadContext& context, FileNeeded needed,
                    std::string& into);

// An empty text is the default of every text key, or its check refuses it: it is not written.
template <typename T>
[[nodiscard]] Key<T> text_key(std::string name, std::string T::*member, std::string type,
                              std::string meaning, const Check<std::string>& check = {}) {
  return Key<T>{name,
                std::move(type),
                std::move(meaning),
                [name, member, check](YamlMap& map, ReadContext&, T& into) {
                  if (!map.text(name, into.*member) || !check) {
                    return;
                  }
                  if (const auto problem = check(into.*member)) {
                    map.add_problem(name, *problem);
                  }
                },
                [name, member](YamlWriter& out, const T& from) {
                  if (!(from.*member).empty()) {
                    out.text(name, from.*member);
                  }
                },
                [member](const T& from) { return from.*member; }};
}

// A text that nobody may see: written as a mask.
template <typename T>
[[nodiscard]] Key<T> secret_key(std::string name, std::string T::*member, std::string meaning) {
  Key<T> key = text_key(name, member, "text", std::move(meaning));
  key.write = [name, member](YamlWriter& out, const T& from) {
    if (!(from.*member).empty()) {
      out.text(name, kMask);
    }
  };
  return key;
}

// check is asked about each text of the list.
template <typename T>
[[nodiscard]] Key<T> texts_key(std::string name, std::vector<std::string> T::*member,
                               std::string type, std::string meaning,
                               const Check<std::string>& check = {}) {
  return Key<T>{
      name,
      std::move(type),
      std::move(meaning),
      [name, member, check](YamlMap& map, ReadContext&, T& into) {
        if (!map.texts(name, into.*member) || !check) {
          return;
        }
        for (std::string& text : into.*member) {
          if (const auto problem = check(text)) {
            map.add_problem(name, *problem);
          }
        }
      },
      [name, member](YamlWriter& out, const T& from) { out.list(name, from.*member); },
      [member](const T& from) { return std::string((from.*member).empty() ? "[]" : ""); }};
}

template <typename T>
[[nodiscard]] Key<T> boolean_key(std::string name, bool T::*member, std::string meaning) {
  return Key<T>{
      name,
      "boolean",
      std::move(meaning),
      [name, member](YamlMap& map, ReadContext&, T& into) { map.boolean(name, into.*member); },
      [name, member](YamlWriter& out, const T& from) {
        out.plain(name, from.*member ? "true" : "false");
      },
      [member](const T& from) { return std::string(from.*member ? "true" : "false"); }};
}

template <typename T, typename Number>
[[nodiscard]] Key<T> number_key(std::string name, Number T::*member,
                                std::type_identity_t<Number> least,
                                std::type_identity_t<Number> most, std::string meaning) {
  return Key<T>{name,
                "number, " + std::to_string(least) + " to " + std::to_string(most),
                std::move(meaning),
                [name, member, least, most](YamlMap& map, ReadContext&, T& into) {
                  std::uint64_t value = into.*member;
                  map.number(name, least, most, value);
                  into.*member = static_cast<Number>(value);
                },
                [name, member](YamlWriter& out, const T& from) {
                  out.plain(name, std::to_string(from.*member));
                },
                [member](const T& from) { return std::to_string(from.*member); }};
}

template <typename T>
[[nodiscard]] Key<T> size_key(std::string name, std::uint64_t T::*member, SizeRange range,
                              std::string meaning) {
  return Key<T>{
      name,
      "size, " + size_text(range.least) + " to " + size_text(range.most),
      std::move(meaning),
      [name, member, range](YamlMap& map, ReadContext&, T& into) {
        map.size(name, range.least, range.most, into.*member);
      },
      [name, member](YamlWriter& out, const T& from) { out.plain(name, size_text(from.*member)); },
      [member](const T& from) { return size_text(from.*member); }};
}

template <typename T>
[[nodiscard]] Key<T> duration_key(std::string name, std::chrono::milliseconds T::*member,
                                  DurationRange range, std::string meaning) {
  return Key<T>{name,
                "duration, " + duration_text(range.least) + " to " + duration_text(range.most),
                std::move(meaning),
                [name, member, range](YamlMap& map, ReadContext&, T& into) {
                  map.duration(name, range.least, range.most, into.*member);
                },
                [name, member](YamlWriter& out, const T& from) {
                  out.plain(name, duration_text(from.*member));
                },
                [member](const T& from) { return duration_text(from.*member); }};
}

// One of a few words, each of which stands for a value.
template <typename T, typename Value>
[[nodiscard]] Key<T> choice_key(std::string name, Value T::*member, Choices<Value> choices,
                                std::string meaning) {
  std::vector<std::string_view> names;
  for (const auto& choice : choices) {
    names.push_back(choice.first);
  }
  const auto word = [choices, member](const T& from) {
    for (const auto& choice : choices) {
      if (choice.second == from.*member) {
        return std::string(choice.first);
      }
    }
    return std::string();
  };
  return Key<T>{name,
                choices_text(names),
                std::move(meaning),
                [name, member, choices, names](YamlMap& map, ReadContext&, T& into) {
                  if (const auto chosen = map.one_of(name, names)) {
                    into.*member = choices[*chosen].second;
                  }
                },
                [name, word](YamlWriter& out, const T& from) { out.text(name, word(from)); },
                word};
}

template <typename T>
[[nodiscard]] Key<T> file_key(std::string name, std::string T::*member, FileNeeded needed,
                              std::string meaning) {
  Key<T> key = text_key(name, member, "file", std::move(meaning));
  key.read = [name, member, needed](YamlMap& map, ReadContext& context, T& into) {
    read_file_name(map, name, context, needed, into.*member);
  };
  return key;
}

// A mapping whose keys are members of T as well. is_shown: whether it is written at all; absent: if there is
// anything to write.
template <typename T>
[[nodiscard]] Key<T> section_key(std::string name, Schema<T> keys,
                                 std::function<bool(const T&)> is_shown = {}) {
  return Key<T>{name,
                {},
                {},
                [name, keys](YamlMap& map, ReadContext& context, T& into) {
                  if (const YamlNode* node = map.get(name)) {
                    YamlMap inner(map.problems(), *node, map.path_of(name));
                    keys.read(inner, context, into);
                    inner.done();
                  }
                },
                [name, keys, is_shown](YamlWriter& out, const T& from) {
                  if (!is_shown || is_shown(from)) {
                    out.open(name);
                    keys.write(out, from);
                    out.close();
                  }
                },
                {},
                std::nullopt,
                [keys](const std::string& path, const T& from) { return keys.rows(from, path); }};
}

// A mapping that is a value of its own.
template <typename T, typename Inner>
[[nodiscard]] Key<T> nested_key(std::string name, Inner T::*member, const Schema<Inner>& keys) {
  return Key<T>{name,
                {},
                {},
                [name, member, keys](YamlMap& map, ReadContext& context, T& into) {
                  if (const YamlNode* node = map.get(name)) {
                    YamlMap inner(map.problems(), *node, map.path_of(name));
                    keys.read(inner, context, into.*member);
                    inner.done();
                  }
                },
                [name, member, keys](YamlWriter& out, const T& from) {
                  out.open(name);
                  keys.write(out, from.*member);
                  out.close();
                },
                {},
                std::nullopt,
                [member, keys](const std::string& path, const T& from) {
                  return keys.rows(from.*member, path);
                }};
}

}  // namespace auditship::yaml
