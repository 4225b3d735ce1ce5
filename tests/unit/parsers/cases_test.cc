// Lines of real programs with the values that are right for them: each directory of
// tests/data/cases holds `input`, one line a document, and `expected`, which tests/data/cases/README.md
// explains. All must hold.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <simdjson.h>

#include "agent/event/document_encoder.h"
#include "agent/event/document_id.h"
#include "parsers/auth_log/auth_log_parser.h"
#include "parsers/kube_audit/kube_audit_parser.h"
#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  INFO(path.string());
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::unique_ptr<parsers::Parser> parser_of(std::string_view stream) {
  if (stream == "kubeaudit") {
    auto parser = parsers::kube_audit::KubeAuditParser::make({});
    REQUIRE(parser);
    return std::move(*parser);
  }
  REQUIRE(stream == "authlog");
  return std::make_unique<parsers::auth_log::AuthLogParser>(parsers::auth_log::AuthLogOptions{});
}

// The documents of the lines of input, each with the number of its line.
struct Document {
  std::size_t line = 0;
  std::string text;
};

std::vector<Document> documents_of(const std::string& input, std::string_view stream,
                                   std::int64_t now_ns) {
  const std::unique_ptr<parsers::Parser> parser = parser_of(stream);
  event::EncoderOptions options;
  options.cluster = "c";
  options.node = "n";
  options.stream = stream;
  options.form = event::DocumentForm::full;  // cases may ask by every name
  event::DocumentEncoder encoder(options);
  event::DocId id;
  id.text.fill('0');
  event::Records records;
  std::vector<Document> documents;
  std::istringstream lines(input);
  std::size_t number = 0;
  for (std::string text; std::getline(lines, text); ++number) {
    event::RawLine line;
    line.text = text;
    line.length = text.size();
    parser->parse(line, now_ns, records);
    for (std::size_t i = 0; i < records.size(); ++i) {
      documents.push_back({number, {}});
      encoder.append(records[i], line, id, now_ns, documents.back().text);
    }
  }
  return documents;
}

// The value of a dotted name, whether its dots are nested objects or part of a member's name.
bool find_value(object from, std::string_view name, element& value) {
  if (from.at_key(name).get(value) == SUCCESS) {
    return true;
  }
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos;
       dot = name.find('.', dot + 1)) {
    object inner;
    if (from.at_key(name.substr(0, dot)).get(inner) == SUCCESS &&
        find_value(inner, name.substr(dot + 1), value)) {
      return true;
    }
  }
  return false;
}

std::string value_text(object document, std::string_view name) {
  element value;
  return find_value(document, name, value) ? simdjson::minify(value) : std::string();
}

std::string string_value(object document, std::string_view name) {
  element value;
  std::string_view text;
  return find_value(document, name, value) && value.get(text) == SUCCESS ? std::string(text)
                                                                         : std::string();
}

// A field, or a member of a field that is an array, at any depth.
bool any_equals(element value, const std::string& wanted) {
  object members;
  array items;
  if (value.get(members) == SUCCESS) {
    return std::any_of(members.begin(), members.end(), [&](const auto& member) {
      return member.key != "message" && member.key != "event.original" &&
             any_equals(member.value, wanted);
    });
  }
  if (value.get(items) == SUCCESS) {
    return std::any_of(items.begin(), items.end(),
                       [&](element item) { return any_equals(item, wanted); });
  }
  return simdjson::minify(value) == wanted;
}

void check_tags(object document, element wanted) {
  element tags;
  array all;
  REQUIRE(wanted.get(all) == SUCCESS);
  for (const element tag : all) {
    INFO("tag " << simdjson::minify(tag));
    CHECK((find_value(document, "tags", tags) && any_equals(tags, simdjson::minify(tag))));
  }
}

std::vector<std::string> names_in(object expectation, const char* member) {
  std::vector<std::string> names;
  array items;
  if (expectation.at_key(member).get(items) == SUCCESS) {
    for (const element item : items) {
      std::string_view text;
      REQUIRE(item.get(text) == SUCCESS);
      names.emplace_back(text);
    }
  }
  return names;
}

void check_fields(object document, object expectation) {
  object fields;
  if (expectation.at_key("expect").get(fields) == SUCCESS) {
    for (const auto field : fields) {
      INFO("field " << field.key);
      if (field.key == "tags") {
        check_tags(document, field.value);
      } else {
        CHECK(value_text(document, field.key) == simdjson::minify(field.value));
      }
    }
  }
  if (expectation.at_key("begins_with").get(fields) == SUCCESS) {
    for (const auto field : fields) {
      std::string_view prefix;
      REQUIRE(field.value.get(prefix) == SUCCESS);
      CHECK(string_value(document, field.key).substr(0, prefix.size()) == prefix);
    }
  }
  for (const std::string& name : names_in(expectation, "absent")) {
    INFO("field " << name);
    CHECK(value_text(document, name).empty());
  }
  for (const std::string& name : names_in(expectation, "present")) {
    INFO("field " << name);
    CHECK_FALSE(value_text(document, name).empty());
  }
}

void check_document(const std::string& text, object expectation) {
  INFO(text);
  simdjson::dom::parser parser;
  element root;
  object document;
  REQUIRE(parser.parse(text).get(root) == SUCCESS);
  REQUIRE(root.get(document) == SUCCESS);
  check_fields(document, expectation);
  array wanted;
  if (expectation.at_key("some_field_equals").get(wanted) == SUCCESS) {
    for (const element value : wanted) {
      INFO("some field equals " << simdjson::minify(value));
      CHECK(any_equals(root, simdjson::minify(value)));
    }
  }
  for (const std::string& secret : names_in(expectation, "nowhere_contains")) {
    CHECK(text.find(secret) == std::string::npos);
  }
}

void check_case(const std::filesystem::path& directory) {
  simdjson::dom::parser parser;
  const std::string text = read_whole(directory / "expected");
  element root;
  REQUIRE(parser.parse(text).get(root) == SUCCESS);
  object expected;
  array lines;
  REQUIRE(root.get(expected) == SUCCESS);
  REQUIRE(expected.at_key("lines").get(lines) == SUCCESS);
  bool one_for_all = false;
  if (expected.at_key("one_expectation_for_all_documents").get(one_for_all) != SUCCESS) {
    one_for_all = false;
  }
  const auto documents =
      documents_of(read_whole(directory / "input"), string_value(expected, "stream"),
                   instant_ns(string_value(expected, "reference_time")));
  CHECK((one_for_all || documents.size() >= lines.size()));
  for (const Document& document : documents) {
    const std::size_t which = one_for_all ? 0 : document.line;
    INFO("line " << document.line + 1);
    REQUIRE(which < lines.size());
    object expectation;
    REQUIRE(lines.at(which).get(expectation) == SUCCESS);
    check_document(document.text, expectation);
  }
}

}  // namespace

TEST_CASE("the lines of every case yield the values that are right for them", "[cases]") {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(AUDITSHIP_TEST_DATA) + "/cases")) {
    if (std::filesystem::exists(entry.path() / "input")) {
      INFO("case " << entry.path().filename().string());
      check_case(entry.path());
      ++count;
    }
  }
  CHECK(count >= 1);
}

}  // namespace auditship::test
