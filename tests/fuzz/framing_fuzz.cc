// Any bytes as lines of a log: what wrappers and framings give out lies in the line and in order, a host is never a tag,
// and parts are joined alike however the log is read.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/unwrap/record_joiner.h"
#include "parsers/syslog/repeated_message.h"
#include "parsers/syslog/syslog_line.h"
#include "parsers/syslog/timestamp_resolver.h"

namespace {

using namespace auditship;

void must(bool holds) {
  if (!holds) {
    std::abort();
  }
}

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_framing(std::string_view text) {
  const parsers::syslog::SyslogLine line = parsers::syslog::split_syslog_line(text);
  const char* at = text.data();
  for (const std::string_view part :
       {line.stamp.text, line.host, line.ident, line.pid, line.message}) {
    must(is_inside(part, text));
    if (!part.empty()) {
      must(part.data() >= at);
      at = part.data() + part.size();
    }
  }
  must(line.host.empty() || line.host.back() != ':');
  must(line.priority >= -1 && line.priority <= 191);
  if (line.framing != parsers::syslog::Framing::none) {
    parsers::syslog::RepeatedMessage repeated;
    if (parsers::syslog::read_repeated_message(line, repeated)) {
      must(!repeated.count.empty() &&
           repeated.count.find_first_not_of("0123456789") == std::string_view::npos);
      must(is_inside(repeated.message, text));
    }
    parsers::syslog::TimestampResolver resolver{TimeZone()};
    const auto instant = resolver.instant(line.stamp, std::int64_t{1795413600} * 1'000'000'000);
    must(instant.has_value() == line.stamp.valid);
    must(!line.stamp.rfc3339_utc || line.stamp.text.size() >= 20);
  }
}

using Seen = std::vector<std::pair<std::uint64_t, std::string>>;

void add(const std::vector<event::RawLine>& lines, Seen& seen) {
  for (const event::RawLine& line : lines) {
    seen.emplace_back(line.id.sequence, line.text);
    must(line.text.size() + line.tail.size() <= std::max<std::size_t>(line.length, 64));
  }
}

// All at once, and each line alone.
void check_joining(const std::vector<event::RawLine>& all) {
  constexpr std::uint64_t kMax = 64;
  constexpr std::uint64_t kTail = 16;
  Seen at_once;
  Seen one_by_one;
  unwrap::RecordJoiner whole(kMax, kTail);
  unwrap::RecordJoiner single(kMax, kTail);
  std::vector<event::RawLine> lines = all;
  whole.join(lines);
  add(lines, at_once);
  lines.clear();
  whole.take_rest(lines);
  add(lines, at_once);
  for (const event::RawLine& line : all) {
    lines.assign(1, line);
    single.join(lines);
    add(lines, one_by_one);
  }
  lines.clear();
  single.take_rest(lines);
  add(lines, one_by_one);
  must(at_once == one_by_one);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  unwrap::Unwrapper unwrapper;
  std::vector<event::RawLine> lines;
  std::uint64_t offset = 0;
  while (!input.empty()) {
    const std::string_view text = input.substr(0, input.find('\n'));
    check_framing(text);
    const unwrap::Unwrapped record = unwrapper.open(text);
    must(record.text.size() <= text.size());
    must(record.wrapped() || record.text == text);
    if (record.wrapped()) {
      check_framing(record.text);
    }
    const std::size_t middle = text.size() / 2;
    const unwrap::Unwrapped cut = unwrapper.open_cut(text.substr(0, middle), text.substr(middle));
    must(cut.text.size() <= middle && cut.tail.size() <= text.size() - middle);
    event::RawLine line;
    line.text = text;
    line.length = text.size();
    line.size_in_log = text.size() + 1;
    line.id.sequence = offset;
    offset += line.size_in_log;
    lines.push_back(line);
    input.remove_prefix(std::min(text.size() + 1, input.size()));
  }
  check_joining(lines);
  return 0;
}
