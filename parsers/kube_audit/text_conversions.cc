#include "parsers/kube_audit/text_conversions.h"

#include <algorithm>

#include "agent/base/calendar/calendar.h"
#include "agent/base/encoding/json_writer.h"

namespace auditship::parsers::kube_audit {
namespace {

std::string cut_marker(std::size_t length) {
  return "…[cut, " + std::to_string(length) + " bytes]";
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const int lower = c | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The number that `count` digits make, or more than any such number if one is none.
unsigned digits(const char* at, std::size_t count) {
  unsigned value = 0;
  unsigned bad = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned digit = static_cast<unsigned char>(at[i]) - unsigned{'0'};
    bad |= digit > 9 ? 1U << 16U : 0;
    value = value * 10 + digit;
  }
  return bad != 0 ? bad : value;
}

// "Z" or "+hh:mm" at the end of a time, in seconds.
bool parse_offset(std::string_view text, int& seconds, bool& utc) {
  utc = text == "Z";
  seconds = 0;
  if (utc) {
    return true;
  }
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
    return false;
  }
  const unsigned hours = digits(text.data() + 1, 2);
  const unsigned minutes = digits(text.data() + 4, 2);
  if (hours > 23 || minutes > 59) {
    return false;
  }
  seconds = static_cast<int>((hours * 60 + minutes) * 60) * (text[0] == '-' ? -1 : 1);
  return true;
}

}  // namespace

std::string_view text_of_escaped(const json::JsonValue& value, event::Record& record) {
  std::string text;
  text.reserve(value.raw.size());
  json::append_json_unescaped(text, value.inner());
  return record.keep(text);
}

std::string_view cut_text(std::string_view text, std::size_t max_bytes, event::Record& record) {
  std::string cut(text.substr(0, utf8_prefix(text, max_bytes)));
  return record.keep(cut.append(cut_marker(text.size())));
}

bool append_limited_json_string(std::string& out, std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) {
    append_json_string(out, text);
    return false;
  }
  out.push_back('"');
  append_json_escaped(out, text.substr(0, utf8_prefix(text, max_bytes)));
  out.append(cut_marker(text.size())).push_back('"');
  return true;
}

std::string list_each_once(std::initializer_list<std::string_view> texts, std::size_t max_bytes) {
  std::string list;
  for (const auto* text = texts.begin(); text != texts.end(); ++text) {
    if (!text->empty() && std::find(texts.begin(), text, *text) == text) {
      list.push_back(list.empty() ? '[' : ',');
      append_limited_json_string(list, *text, max_bytes);
    }
  }
  return list.empty() ? list : list.append("]");
}

bool append_percent_decoded(std::string& out, std::string_view text, Plus plus) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '+' && plus == Plus::blank) {
      out.push_back(' ');
    } else if (c != '%') {
      out.push_back(c);
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        out.append(text.substr(i));
        return false;
      }
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return true;
}

bool parse_rfc3339(std::string_view text, std::int64_t& ns_since_epoch, bool& utc) {
  // As in 2026-11-23T05:03:11.
  constexpr std::size_t kSeconds = 19;
  if (text.size() < kSeconds || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
      text[13] != ':' || text[16] != ':') {
    return false;
  }
  const unsigned year = digits(text.data(), 4);
  const unsigned month = digits(text.data() + 5, 2);
  const unsigned day = digits(text.data() + 8, 2);
  const unsigned hour = digits(text.data() + 11, 2);
  const unsigned minute = digits(text.data() + 14, 2);
  const unsigned second = digits(text.data() + 17, 2);
  if (year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1 ||
      day > static_cast<unsigned>(days_in_month(year, static_cast<int>(month))) || hour > 23 ||
      minute > 59 || second > 59) {
    return false;
  }
  std::size_t at = kSeconds;
  std::int64_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    std::int64_t unit = 100'000'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      fraction += unit * (text[at] - '0');
      unit /= 10;
    }
    if (at == first || at - first > 9) {
      return false;
    }
  }
  int offset = 0;
  if (!parse_offset(text.substr(at), offset, utc)) {
    return false;
  }
  const std::int64_t days = days_from_civil({year, static_cast<int>(month), static_cast<int>(day)});
  const std::int64_t seconds =
      days * kSecondsPerDay + std::int64_t{hour * 3600 + minute * 60 + second} - offset;
  ns_since_epoch = seconds * 1'000'000'000 + fraction;
  return true;
}

}  // namespace auditship::parsers::kube_audit
