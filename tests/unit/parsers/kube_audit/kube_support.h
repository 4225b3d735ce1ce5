// Helpers for the tests of the Kubernetes audit parser: parse a line, build its document, and check
// with an independent JSON parser that an index would take it.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/unpacker.h"
#include "agent/base/encoding/json_writer.h"
#include "parsers/kube_audit/kube_audit_parser.h"
#include "tests/support/catch.h"

namespace auditship::test {

inline std::string read_data(const std::string& name) {
  std::ifstream file(std::string(AUDITSHIP_TEST_DATA) + "/kube-audit/" + name, std::ios::binary);
  REQUIRE(file);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (name.size() > 3 && name.compare(name.size() - 3, 3, ".gz") == 0) {
    auto inflated = unpack(Codec::gzip, bytes, std::size_t{64} << 20);
    REQUIRE(inflated);
    return std::move(*inflated);
  }
  return bytes;
}

inline std::vector<std::string> read_lines(const std::string& name) {
  std::istringstream stream(read_data(name));
  std::vector<std::string> lines;
  std::string line;
  while (std::getline(stream, line)) {
    lines.push_back(line);
  }
  return lines;
}

// The document of a record, as the encoder puts it together.
inline std::string document_of(const event::Record& record) {
  std::string out = "{" + record.json;
  const auto name = [&out](std::string_view key) {
    out.append(out.size() > 1 ? "," : "");
    append_json_string(out, key);
    out.push_back(':');
  };
  for (const event::Field& field : record.fields) {
    name(field.name);
    if (field.type == event::FieldType::literal) {
      out.append(field.value);
    } else {
      append_json_string(out, field.value);
    }
  }
  const auto body = [&](std::string_view key, const event::Body& value) {
    if (!value.raw.empty()) {
      name(key);
      append_json_string(out, value.raw);
    }
  };
  body("requestObject", record.request);
  body("responseObject", record.response);
  return out + "}";
}

inline void collect_paths(simdjson::dom::element element, const std::string& path,
                          std::vector<std::string>& out) {
  simdjson::dom::object object;
  if (element.get(object) == simdjson::SUCCESS) {
    for (const auto member : object) {
      collect_paths(member.value, (path.empty() ? "" : path + ".") + std::string(member.key), out);
    }
  } else if (!element.is_null()) {
    out.push_back(path);
  }
}

// Empty when an index takes the document; else what is wrong: not JSON, not UTF-8, a key twice, or
// one path as value and as object.
inline std::string defect_of(const event::Record& record) {
  const std::string document = document_of(record);
  if (!is_valid_utf8(document)) {
    return "not UTF-8";
  }
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(document).get(root)) {
    return std::string("not JSON: ") + simdjson::error_message(error);
  }
  std::vector<std::string> paths;
  collect_paths(root, "", paths);
  std::sort(paths.begin(), paths.end());
  for (std::size_t i = 1; i < paths.size(); ++i) {
    if (paths[i] == paths[i - 1]) {
      return "twice: " + paths[i];
    }
  }
  for (const std::string& path : paths) {
    const auto below = std::lower_bound(paths.begin(), paths.end(), path + ".");
    if (below != paths.end() && below->compare(0, path.size() + 1, path + ".") == 0) {
      return "value and object: " + path;
    }
  }
  return {};
}

// Parses lines and keeps the records of the last one.
class Lab {
 public:
  explicit Lab(parsers::kube_audit::KubeAuditOptions options = {}) {
    auto made = parsers::kube_audit::KubeAuditParser::make(std::move(options));
    REQUIRE(made);
    parser_ = std::move(*made);
  }

  // Parses one line; every record of it must be fit for an index.
  event::Record& parse(std::string line) {
    line_ = std::move(line);
    event::RawLine raw;
    raw.text = line_;
    raw.length = line_.size();
    return parse(raw);
  }
  event::Record& parse(const event::RawLine& raw) {
    parser_->parse(raw, 0, records);
    REQUIRE(records.size() > 0);
    for (std::size_t i = 0; i < records.size(); ++i) {
      INFO(std::string(records[i].raw.substr(0, 2000)));
      REQUIRE(defect_of(records[i]) == "");
    }
    return records[0];
  }
  // The value of a member of the document's native tree or of its fields; "" when there is none.
  static std::string text(const event::Record& record,
                          std::initializer_list<std::string_view> path) {
    simdjson::dom::parser parser;
    simdjson::dom::element at;
    REQUIRE(parser.parse(document_of(record)).get(at) == simdjson::SUCCESS);
    for (const std::string_view key : path) {
      if (at[key].get(at) != simdjson::SUCCESS) {
        return {};
      }
    }
    return at.is_string() ? std::string(std::string_view(at)) : simdjson::minify(at);
  }

  event::Records records;

 private:
  std::unique_ptr<parsers::kube_audit::KubeAuditParser> parser_;
  std::string line_;
};

inline bool has_tag(const event::Record& record, std::string_view tag) {
  return std::find(record.tags.begin(), record.tags.end(), tag) != record.tags.end();
}

inline std::string view(std::string_view text) { return std::string(text); }

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// The first line of a recorded file that holds all the words.
inline std::string recorded(const std::string& file,
                            std::initializer_list<std::string_view> words) {
  for (const std::string& line : read_lines(file)) {
    if (std::all_of(words.begin(), words.end(), [&line](std::string_view word) {
          return line.find(word) != std::string::npos;
        })) {
      return line;
    }
  }
  FAIL("no such line recorded in " << file);
  return {};
}

// A whole event with these members between its head and its tail.
inline std::string event_with(const std::string& members) {
  return R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"a1","stage":"ResponseComplete",)"
         R"("requestURI":"/api/v1/namespaces/prod/pods/p","verb":"patch","user":{"username":"anna@example.com"},"sourceIPs":["10.0.0.1"],)"
         R"("objectRef":{"resource":"pods","namespace":"prod","name":"p","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":200},)" +
         members +
         R"("requestReceivedTimestamp":"2026-11-23T04:30:20.457518Z","stageTimestamp":"2026-11-23T04:30:20.557518Z","annotations":{"authorization.k8s.io/decision":"allow"}})";
}

}  // namespace auditship::test
