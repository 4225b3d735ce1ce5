#include "tests/unit/parsers/auth_log/auth_log_support.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sstream>

#include "tests/support/catch.h"

namespace auditship::test {

std::string Parsed::operator[](const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

bool Parsed::tagged(const std::string& tag) const {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

Parsed parse_line(parsers::auth_log::AuthLogParser& parser, std::string_view text,
                  std::int64_t now_ns) {
  event::Records records;
  event::RawLine line;
  line.text = text;
  line.length = text.size();
  parser.parse(line, now_ns, records);
  REQUIRE(records.size() == 1);
  const event::Record& record = records[0];
  Parsed out;
  for (const event::Field& field : record.fields) {
    const std::string name(field.name);
    INFO("field " << name << " of " << text);
    REQUIRE(out.fields.emplace(name, field.value).second);
    out.types[name] = field.type;
    out.roles[name] = field.role;
    out.order += name + "=" + std::string(field.value) + "\n";
  }
  for (const std::string_view tag : record.tags) {
    out.tags.emplace_back(tag);
  }
  out.time_known = record.time_known;
  out.time_ns = record.time_ns;
  out.time_text = std::string(record.time_text);
  return out;
}

Parsed parse_line(std::string_view text, std::int64_t now_ns) {
  parsers::auth_log::AuthLogParser parser({});
  return parse_line(parser, text, now_ns);
}

Parsed parse_as(std::string_view ident, std::string_view message) {
  return parse_line("Nov 23 04:05:06 web1 " + std::string(ident) + ": " + std::string(message));
}

Parsed parse_sshd(std::string_view message) { return parse_as("sshd[812]", message); }

std::map<std::string, std::string> message_fields(const Parsed& parsed, bool pam_prefix) {
  std::map<std::string, std::string> fields = parsed.fields;
  for (const char* name :
       {"host", "message", "log.syslog.hostname", "log.syslog.appname", "log.syslog.procid",
        "process.name", "process.pid", "event.category", "event.type", "event.action",
        "event.outcome", "related.user", "related.ip"}) {
    fields.erase(name);
  }
  if (pam_prefix) {
    fields.erase("pam.module");
    fields.erase("pam.service");
    fields.erase("pam.type");
  }
  return fields;
}

std::string read_test_file(const std::string& path) {
  std::ifstream in(std::string(AUDITSHIP_TEST_DATA) + "/" + path, std::ios::binary);
  INFO(path);
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> read_test_lines(const std::string& path) {
  std::vector<std::string> lines;
  std::istringstream in(read_test_file(path));
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  REQUIRE_FALSE(lines.empty());
  return lines;
}

TimeZone test_zone(const std::string& name) {
  if (name == "Etc/UTC") {
    return TimeZone();
  }
  auto zone = TimeZone::parse(read_test_file("zoneinfo/" + name.substr(name.find('/') + 1)));
  REQUIRE(zone.ok());
  return zone.value();
}

std::int64_t instant_ns(const std::string& text) {
  std::tm tm{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &tm);
  REQUIRE(rest != nullptr);
  std::int64_t fraction = 0;
  if (*rest == '.') {
    std::string digits(rest + 1);
    digits = digits.substr(0, digits.find_first_not_of("0123456789"));
    rest += 1 + digits.size();
    digits.resize(9, '0');
    fraction = std::stoll(digits);
  }
  REQUIRE(std::string(rest) == "Z");
  return std::int64_t{::timegm(&tm)} * 1'000'000'000 + fraction;
}

}  // namespace auditship::test
