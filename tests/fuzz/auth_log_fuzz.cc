// Any bytes as lines of auth.log: no crash, valid views, and the promises that hold for every line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "parsers/auth_log.h"
#include "parsers/ip_text.h"
#include "parsers/time_zone.h"

namespace {

using auditship::Field;

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check(bool condition) {
  if (!condition) {
    std::abort();
  }
}

void check_record(const auditship::Record& record, std::string_view line) {
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const Field& field = record.fields[i];
    check(!field.name.empty());
    for (std::size_t k = 0; k < i; ++k) {
      check(record.fields[k].name != field.name);  // a key twice would cost the document
    }
    if (field.name == "source.ip" || field.name == "destination.ip" || field.name == "server.ip") {
      check(auditship::read_ip(field.value).valid);
    }
    if (field.name == "message") {
      check(is_inside(field.value, line));
    }
    if (field.type == auditship::FieldType::literal) {
      check(!field.value.empty());
    }
  }
  check(!record.field("message").empty() ||
        line.find_first_not_of('\0') == std::string_view::npos || record.time_known ||
        !record.tags.empty() || line == "\r");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  auditship::AuthLogOptions options;
  if (auto zone = auditship::TimeZone::parse(input); zone.ok()) {
    static_cast<void>(zone.value().to_utc(1795406706));
    options.zone = zone.value();
  }
  auditship::AuthLogParser parser(std::move(options));
  auditship::Records records;
  while (!input.empty()) {
    const std::size_t end = input.find('\n');
    auditship::RawLine line;
    line.text = input.substr(0, end);
    parser.parse(line, std::int64_t{1795413600} * 1'000'000'000, records);
    check(records.size() == 1);
    check_record(records[0], line.text);
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  }
  return 0;
}
