#include "agent/unwrap/unwrapper.h"

#include <algorithm>

#include "agent/base/text.h"
#include "parsers/json/json_scan.h"

namespace auditship::unwrap {
namespace {

using Kind = Unwrapped::Kind;

// A buffer that grew beyond is freed with the next line.
constexpr std::size_t kKeptBuffer = 1 << 20;
constexpr std::string_view kDockerHead = R"({"log":")";

void empty(std::string& buffer) {
  if (buffer.capacity() > kKeptBuffer) {
    std::string().swap(buffer);
  }
  buffer.clear();
}

// 2026-11-28T19:00:00[.123456789](Z|+01:00), without a look at the values.
bool is_rfc3339(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() <= kShape.size()) {
    return false;
  }
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '0' ? !is_digit(text[i]) : text[i] != kShape[i]) {
      return false;
    }
  }
  text.remove_prefix(kShape.size());
  if (text.front() == '.') {
    text.remove_prefix(1);
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    if (end == text.begin()) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  }
  constexpr std::size_t kOffset = 6;
  const bool offset = text.size() == kOffset && (text[0] == '+' || text[0] == '-') &&
                      is_digit(text[1]) && is_digit(text[2]) && text[3] == ':' &&
                      is_digit(text[4]) && is_digit(text[5]);
  return text == "Z" || offset;
}

bool is_stream(std::string_view word) { return word == "stdout" || word == "stderr"; }

// TIME STREAM TAGS TEXT. Of the tags, which colons part, the first is F or P.
Unwrapped open_cri(std::string_view line) {
  const Unwrapped none{Kind::not_wrapped, line, {}, {}, {}};
  const std::size_t time = std::min(line.find(' '), line.size());
  constexpr std::size_t kStream = 6;
  const std::size_t stream = time + 1;
  const std::size_t tags = stream + kStream + 1;
  if (tags >= line.size() || line[tags - 1] != ' ' || !is_stream(line.substr(stream, kStream)) ||
      !is_rfc3339(line.substr(0, time))) {
    return none;
  }
  const std::size_t end = std::min(line.find(' ', tags), line.size());
  const std::string_view tag = line.substr(tags, std::min(end, line.find(':', tags)) - tags);
  if (tag != "F" && tag != "P") {
    return none;
  }
  return {tag == "P" ? Kind::part : Kind::record,
          line.substr(std::min(end + 1, line.size())),
          {},
          line.substr(stream, kStream),
          line.substr(0, time)};
}

// The bytes of an escaped JSON string at the start of text that are whole: up to a quote, an escape that is no whole one
// or a control character.
std::size_t whole_escapes(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] != '"' && static_cast<unsigned char>(text[at]) >= 0x20) {
    if (text[at] != '\\') {
      ++at;
      continue;
    }
    const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
    std::size_t size = 2;
    if (kind == 'u') {
      size = 6;
      for (std::size_t i = at + 2; i < std::min(at + size, text.size()); ++i) {
        const char c = static_cast<char>(text[i] | 0x20);
        if (!is_digit(text[i]) && (c < 'a' || c > 'f')) {
          return at;
        }
      }
    } else if (std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos) {
      return at;
    }
    if (at + size > text.size()) {
      return at;
    }
    at += size;
  }
  return at;
}

// Where the escapes of the tail of a string surely begin anew: behind three characters in a row that are no part of one.
std::size_t first_plain(std::string_view tail) {
  constexpr std::size_t kLongestEscape = 6;
  std::size_t plain = 0;
  for (std::size_t i = 0; i < tail.size(); ++i) {
    plain = tail[i] == '\\' ? 0 : plain + 1;
    if (plain > kLongestEscape) {
      return i;
    }
  }
  return tail.size();
}

struct DockerLine {
  parsers::json::JsonValue log, stream, time, attributes;

  parsers::json::JsonValue* member(std::string_view name) {
    if (name == "log") {
      return &log;
    }
    if (name == "stream") {
      return &stream;
    }
    if (name == "time") {
      return &time;
    }
    return name == "attrs" ? &attributes : nullptr;
  }
  [[nodiscard]] bool complete() const {
    return log.is_string() && stream.is_string() && time.is_string() && is_stream(stream.inner()) &&
           is_rfc3339(time.inner());
  }
};

// False: it has other members, or one twice, or not all of them.
bool read_docker(std::string_view line, DockerLine& out) {
  parsers::json::JsonScan scan(line);
  parsers::json::JsonValue key;
  scan.open_object();
  while (scan.next_key(key)) {
    parsers::json::JsonValue* const value = out.member(key.inner());
    if (value == nullptr || value->present() || !scan.value(*value)) {
      return false;
    }
  }
  return !scan.failed() && scan.at_end() && out.complete();
}

}  // namespace

Unwrapped Unwrapper::open_wrapped(std::string_view line) {
  return line[0] == '{' ? open_docker(line) : open_cri(line);
}

Unwrapped Unwrapper::open_docker(std::string_view line) {
  DockerLine read;
  if (!read_docker(line, read)) {
    return {Kind::not_wrapped, line, {}, {}, {}};
  }
  const parsers::json::JsonValue& log = read.log;
  Unwrapped out{Kind::part, log.inner(), {}, read.stream.inner(), read.time.inner()};
  if (log.escaped) {
    empty(text_);
    parsers::json::append_json_unescaped(text_, log.inner());
    out.text = text_;
  }
  if (out.text.ends_with('\n')) {
    out.text.remove_suffix(1);
    out.kind = Kind::record;
    if (out.text.ends_with('\r')) {
      out.text.remove_suffix(1);
    }
  }
  return out;
}

Unwrapped Unwrapper::open_cut(std::string_view head, std::string_view tail) {
  if (head.substr(0, kDockerHead.size()) != kDockerHead) {
    Unwrapped out = may_be_wrapped(head) && head[0] != '{'
                        ? open_cri(head)
                        : Unwrapped{Kind::not_wrapped, head, {}, {}, {}};
    out.tail = tail;
    return out;
  }
  head.remove_prefix(kDockerHead.size());
  empty(text_);
  empty(tail_);
  parsers::json::append_json_unescaped(text_, head.substr(0, whole_escapes(head)));
  tail = tail.substr(0, tail.rfind(R"(","stream":")"));
  tail.remove_prefix(first_plain(tail));
  parsers::json::append_json_unescaped(tail_, tail.substr(0, whole_escapes(tail)));
  const std::size_t end = tail_.find_last_not_of("\r\n");
  tail_.resize(end == std::string::npos ? 0 : end + 1);
  return {Kind::record, text_, tail_, {}, {}};
}

}  // namespace auditship::unwrap
