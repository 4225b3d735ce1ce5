#include "agent/config/key_tables.h"

#include <utility>

#include "agent/config/config_internal.h"

namespace auditship::config {
namespace {

using yaml::KeyRow;

template <typename Type>
std::string names_of(std::span<const Type* const> types) {
  std::vector<std::string_view> names;
  for (const Type* type : types) {
    names.push_back(type->name);
  }
  return yaml::choices_text(names);
}

void append(std::vector<KeyRow>& all, std::vector<KeyRow> more) {
  for (KeyRow& row : more) {
    all.push_back(std::move(row));
  }
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string last_name(const std::string& path) { return path.substr(0, path.find('.')); }

KeyTable general_table() {
  KeyTable table{"General", "", {}};
  table.rows.push_back(
      {"version", "number", "`1`",
       "Of the keys of this file; a release refuses a file that is newer than it knows."});
  append(table.rows, general_schema().rows(Config()));
  return table;
}

KeyTable stream_table(const RegisteredTypes& types) {
  KeyTable table{
      "Streams",
      "A stream is one kind of log on its way to one target. `batch` and `documents` at the top "
      "level are the defaults of "
      "every stream, and so are the keys below that say so.",
      {}};
  const std::string path = "streams.NAME";
  table.rows.push_back({path + ".enabled", "boolean", "`true`", "`false` switches a stream off."});
  table.rows.push_back({path + ".parser", names_of(types.parsers), "by stream",
                        "The format of its lines; required for a stream of your own."});
  table.rows.push_back({path + ".input", names_of(types.inputs), code(types.inputs.front()->name),
                        "Where its lines come from."});
  append(table.rows, stream_schema().rows(StreamConfig(), path));
  return table;
}

KeyTable input_table(const input::InputType& type) {
  KeyTable table{"Input " + code(type.name),
                 "Of " + std::string(type.summary) + ". Keys of a stream with this input.",
                 {}};
  const auto config = type.make_config();
  for (KeyRow& row : config->rows()) {
    if (config->knows_default(last_name(row.key))) {
      row.meaning += " At the top level: for every stream with this input.";
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

KeyTable parser_table(const parsers::ParserType& type) {
  KeyTable table{"Parser " + code(type.name),
                 "Of the " + std::string(type.summary) +
                     ". At the top level these keys hold for every stream with this parser; in a "
                     "stream, for it "
                     "alone.",
                 type.make_config()->rows()};
  if (type.default_stream.empty()) {
    return table;
  }
  table.about += " The stream " + code(type.default_stream) +
                 " is on without being named, with the rules in " +
                 code("filters/" + std::string(type.rules) + ".yaml") +
                 (type.default_paths.empty() ? "." : " and the paths");
  for (std::size_t i = 0; i < type.default_paths.size(); ++i) {
    table.about +=
        " " + code(type.default_paths[i]) + (i + 1 == type.default_paths.size() ? "." : ",");
  }
  return table;
}

KeyTable sink_table(const sinks::SinkType& type) {
  KeyTable table{"Sink " + code(type.name), "To " + std::string(type.summary) + ".", {}};
  for (KeyRow& row : type.make_config()->rows()) {
    row.key = "sink." + std::string(type.name) + "." + row.key;
    table.rows.push_back(std::move(row));
  }
  return table;
}

// ` marks bold text, [text](place) is the text alone.
std::string roff(std::string_view text) {
  std::string out;
  bool bold = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '`':
        out += bold ? "\\fR" : "\\fB";
        bold = !bold;
        break;
      case '*':
        if (text.substr(i, 2) == "**") {
          ++i;
        } else {
          out += '*';
        }
        break;
      case '-':
        out += "\\-";
        break;
      case '\\':
        out += "\\e";
        break;
      case ']':
        if (text.substr(i, 2) == "](") {
          i = text.find(')', i);
        } else {
          out += ']';
        }
        break;
      case '[':
        if (const std::size_t end = text.find(']', i); text.substr(end, 2) != "](") {
          out += '[';
        }
        break;
      default:
        out += text[i];
    }
  }
  return out;
}

std::string default_sentence(const std::string& text) {
  if (text.empty()) {
    return {};
  }
  return text.starts_with("required") ? " R" + text.substr(1) + "." : " Default: " + text + ".";
}

std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    text.insert(at, "\\");
  }
  return text.empty() ? "–" : text;
}

}  // namespace

std::vector<KeyTable> key_tables(const RegisteredTypes& types) {
  std::vector<KeyTable> tables{general_table(), stream_table(types)};
  for (const input::InputType* type : types.inputs) {
    tables.push_back(input_table(*type));
  }
  for (const parsers::ParserType* type : types.parsers) {
    tables.push_back(parser_table(*type));
  }
  tables.push_back({"Sink",
                    "",
                    {{"sink.type", names_of(types.sinks), code(types.sinks.front()->name),
                      "Where documents go. The sections of the others may stay in the file."}}});
  for (const sinks::SinkType* type : types.sinks) {
    tables.push_back(sink_table(*type));
  }
  return tables;
}

std::string markdown_of(const std::vector<KeyTable>& tables) {
  std::string out;
  for (const KeyTable& table : tables) {
    out += (out.empty() ? "### " : "\n### ") + table.title + "\n\n";
    out += table.about.empty() ? "" : table.about + "\n\n";
    out += "| key | type | default | meaning |\n|---|---|---|---|\n";
    for (const KeyRow& row : table.rows) {
      out += "| `" + row.key + "` | " + cell(row.type) + " | " + cell(row.default_text) + " | " +
             cell(row.meaning) + " |\n";
    }
  }
  return out;
}

std::string man_of(const std::vector<KeyTable>& tables) {
  std::string out;
  for (const KeyTable& table : tables) {
    out += ".SS " + roff(table.title) + "\n";
    out += table.about.empty() ? "" : roff(table.about) + "\n";
    for (const KeyRow& row : table.rows) {
      out += ".TP\n.B " + roff(row.key) + "\n" + roff(row.type) + ". " + roff(row.meaning) +
             roff(default_sentence(row.default_text)) + "\n";
    }
  }
  return out;
}

}  // namespace auditship::config
