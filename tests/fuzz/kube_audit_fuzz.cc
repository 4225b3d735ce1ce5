// Any bytes as a line, whole or cut: the parser answers with records that cover it, whose documents
// are valid JSON and UTF-8, and whose reading of JSON is that of an independent parser.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"
#include "parsers/json/json_scan.h"
#include "parsers/kube_audit/kube_audit_parser.h"

using namespace auditship;

namespace {

void must(bool holds) {
  if (!holds) {
    std::abort();
  }
}

std::string document_of(const event::Record& record) {
  std::string out = "{" + record.json;
  for (const event::Field& field : record.fields) {
    out.append(out.size() > 1 ? "," : "");
    append_json_string(out, field.name);
    out.push_back(':');
    if (field.type == event::FieldType::literal) {
      out.append(field.value);
    } else {
      append_json_string(out, field.value);
    }
  }
  return out + "}";
}

bool has_repeated_key(simdjson::dom::element element) {
  simdjson::dom::object object;
  if (element.get(object) != simdjson::SUCCESS) {
    return false;
  }
  for (const auto member : object) {
    std::size_t times = 0;
    for (const auto other : object) {
      times += other.key == member.key ? 1 : 0;
    }
    if (times != 1 || has_repeated_key(member.value)) {
      return true;
    }
  }
  return false;
}

// The same text with \uFFFD for each escape of half a character: simdjson refuses a lone one, JSON
// and OpenSearch take it, and it is shipped as the server logged it.
std::string without_surrogates(std::string text) {
  for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2)) {
    const bool half = at + 6 <= text.size() && text[at + 1] == 'u' &&
                      (text[at + 2] | 0x20) == 'd' &&
                      std::string_view("89abcdefABCDEF").find(text[at + 3]) != std::string::npos;
    if (half) {
      text.replace(at + 2, 4, "fffd");
    }
  }
  return text;
}

// The same text with 0 for each number: simdjson refuses one that fits no type of its own, JSON
// takes it, and it is shipped as the server logged it. What a number may look like is judged below.
std::string without_numbers(const std::string& text) {
  constexpr std::string_view kOfNumber = "+-.eE0123456789";
  std::string out;
  bool inside = false;  // of a string
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!inside && (c == '-' || (c >= '0' && c <= '9'))) {
      at = std::min(text.find_first_not_of(kOfNumber, at), text.size()) - 1;
      out.push_back('0');
      continue;
    }
    out.push_back(c);
    if (inside && c == '\\') {
      out.push_back(text[++at]);
    } else if (c == '"') {
      inside = !inside;
    }
  }
  return out;
}

// Ids are made of these offsets.
void check_offsets(const event::Records& records, const event::RawLine& line) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    must(i > 0 ? records[i].offset_in_line > records[i - 1].offset_in_line &&
                     records[i].offset_in_line < line.length
               : records[i].offset_in_line == 0);
  }
}

void check(const event::Records& records, const event::RawLine& line) {
  static simdjson::dom::parser parser;
  must(records.size() > 0);
  check_offsets(records, line);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const event::Record& record = records[i];
    const std::string document = document_of(record);
    must(is_valid_utf8(document));
    simdjson::dom::element root;
    auto error = parser.parse(document).get(root);
    if (error == simdjson::STRING_ERROR) {
      error = parser.parse(without_surrogates(document)).get(root);
    }
    if (error == simdjson::NUMBER_ERROR) {
      error = parser.parse(without_numbers(without_surrogates(document))).get(root);
    }
    must(error == simdjson::SUCCESS);
    must(!has_repeated_key(root));
    for (const event::Body* body : {&record.request, &record.response}) {
      must(body->raw.size() <= 4096 + 16 || !body->cut);
      parsers::json::JsonScan scan(body->raw);
      parsers::json::JsonValue value;
      must(body->raw.empty() || (scan.value(value) && scan.at_end()));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto parser = [] {
    parsers::kube_audit::KubeAuditOptions options;
    options.trusted_proxies = {"10.0.0.0/8"};
    options.max_body_bytes = 4096;
    options.max_string_bytes = 200;
    auto made = parsers::kube_audit::KubeAuditParser::make(options);
    must(made.ok());
    return std::move(*made);
  }();
  static event::Records records;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find('\n') != std::string::npos) {
    return 0;  // lines hold none
  }
  event::RawLine line;
  line.text = text;
  line.length = text.size();
  parser->parse(line, 0, records);
  check(records, line);
  if (size > 2) {
    const std::size_t middle = (data[0] * 256U + data[1]) % size;
    line.text = std::string_view(text).substr(0, middle);
    line.tail = std::string_view(text).substr(middle + (size - middle) / 3);
    line.cut = true;
    parser->parse(line, 0, records);
    check(records, line);
  }
  if (is_valid_utf8(text)) {
    static simdjson::dom::parser judge;
    parsers::json::JsonScan scan(text);
    parsers::json::JsonValue value;
    const bool accepted = scan.value(value) && scan.at_end();
    const auto error = judge.parse(text).error();
    // The judge gives up on depth and on numbers that do not fit a type; we do not.
    const bool lenient = error == simdjson::DEPTH_ERROR || error == simdjson::NUMBER_ERROR ||
                         error == simdjson::STRING_ERROR;
    must(accepted == (error == simdjson::SUCCESS) || (accepted && lenient));
  }
  return 0;
}
