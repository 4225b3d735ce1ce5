// Any bytes as lines of auth.log: no crash, valid views, and the promises that hold for every line.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/base/calendar/time_zone.h"
#include "agent/base/net/ip_address.h"
#include "parsers/auth_log/auth_log_parser.h"
#include "parsers/auth_log/ssh_sessions/session_tracker.h"

namespace {

using auditship::event::Field;

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check(bool condition) {
  if (!condition) {
    std::abort();
  }
}

// Then what it holds was copied.
bool is_wrapped(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of('\0'), line.size()));
  return line.substr(0, 8) == R"({"log":")";
}

void check_record(const auditship::event::Record& record, std::string_view line) {
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const Field& field = record.fields[i];
    check(!field.name.empty());
    for (std::size_t k = 0; k < i; ++k) {
      check(record.fields[k].name != field.name);  // a key twice would cost the document
    }
    if (field.name == "source.ip" || field.name == "destination.ip" || field.name == "server.ip") {
      check(auditship::read_ip(field.value).valid);
    }
    if (field.name == "message" && !is_wrapped(line)) {
      check(is_inside(field.value, line));
    }
    if (field.type == auditship::event::FieldType::literal) {
      check(!field.value.empty());
    }
  }
  check(!record.field("message").empty() ||
        line.find_first_not_of('\0') == std::string_view::npos || record.time_known ||
        !record.tags.empty() || line == "\r");
}

constexpr std::size_t kMaxState = 256 << 10;

// Shows the record to one that goes on and to one that is restored before each line: they must do
// the same.
class Sessions {
 public:
  void observe(auditship::event::Record& record) {
    auto restored =
        auditship::parsers::auth_log::ssh_sessions::SessionTracker({.start_documents = true});
    const std::string state = whole_.state();
    check(state.size() <= kMaxState);
    check(restored.restore(state));
    check(restored.state() == state);
    const bool wants = whole_.applies_to(record);
    check(restored.applies_to(record) == wants);
    if (!wants) {
      return;
    }
    const std::string id = "A" + std::string(24, "0123456789abcdef"[n_++ % 16]) + "A";
    const std::size_t fields = record.fields.size();
    auditship::parsers::DerivedRecords out;
    auditship::parsers::DerivedRecords again;
    whole_.observe(record, id, out);
    record.fields.resize(fields);
    restored.observe(record, id, again);
    check(restored.state() == whole_.state());
    check(out.size() == again.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      check_names(out[i].record);
      check(out[i].record.time_ns == again[i].record.time_ns && out[i].origin == again[i].origin);
    }
    check_names(record);
  }

 private:
  static void check_names(const auditship::event::Record& record) {
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        check(record.fields[k].name != record.fields[i].name);
      }
    }
  }

  auditship::parsers::auth_log::ssh_sessions::SessionTracker whole_{{.start_documents = true}};
  std::size_t n_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  auditship::parsers::auth_log::AuthLogOptions options;
  if (auto zone = auditship::TimeZone::parse(input); zone.ok()) {
    static_cast<void>(zone.value().to_utc(1795406706));
    options.zone = zone.value();
  }
  auditship::parsers::auth_log::AuthLogParser parser(std::move(options));
  auditship::event::Records records;
  Sessions sessions;
  if (auditship::parsers::auth_log::ssh_sessions::SessionTracker any({}); any.restore(input)) {
    check(any.state().size() <= kMaxState);
  }
  while (!input.empty()) {
    const std::size_t end = input.find('\n');
    auditship::event::RawLine line;
    line.text = input.substr(0, end);
    parser.parse(line, std::int64_t{1795413600} * 1'000'000'000, records);
    check(records.size() == 1);
    check_record(records[0], line.text);
    sessions.observe(records[0]);
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  }
  return 0;
}
