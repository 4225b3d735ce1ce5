#include "agent/input/file/rotation/rotation_names.h"

#include <algorithm>

#include "agent/base/text.h"

namespace auditship::input::file::rotation {
namespace {

constexpr std::size_t kLumberjackLength = 23;  // 2006-01-02T15-04-05.000
// The live file of svlogd and multilog.
constexpr std::string_view kTaiLive = "current";

// Takes .gz, .zst, .xz or .bz2 off the end.
Codec strip_codec(std::string_view& name) {
  const Codec codec = codec_of_file(name);
  if (codec != Codec::none) {
    name.remove_suffix(name.size() - name.rfind('.'));
  }
  return codec;
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
  return digits;
}

bool matches(std::string_view text, std::string_view pattern) {
  return text.size() == pattern.size() &&
         std::equal(text.begin(), text.end(), pattern.begin(),
                    [](char c, char p) { return p == '0' ? is_digit(c) : c == p; });
}

bool is_lumberjack(std::string_view stamp) { return matches(stamp, "0000-00-00T00-00-00.000"); }

// logrotate's dateformats made of digits: 20260131, 2026-01-31, with hour, time or seconds behind
// it.
bool is_date(std::string_view stamp) {
  if (stamp.size() > 20 || !(stamp.starts_with("19") || stamp.starts_with("20"))) {
    return false;
  }
  const std::size_t day = matches(stamp.substr(0, 10), "0000-00-00")            ? 10
                          : stamp.size() >= 8 && all_digits(stamp.substr(0, 8)) ? 8
                                                                                : 0;
  if (day == 0) {
    return false;
  }
  return std::all_of(stamp.begin() + static_cast<std::ptrdiff_t>(day), stamp.end(),
                     [](char c) { return is_digit(c) || c == '-' || c == '_'; });
}

// The digits between prefix + separator and suffix, of a date; nullopt if it is none.
std::optional<RotatedName> parse_stamp(std::string_view stamp) {
  RotatedName out;
  if (is_lumberjack(stamp)) {
    out.scheme = RotationScheme::lumberjack;
  } else if (is_date(stamp)) {
    out.scheme = RotationScheme::date;
  } else {
    return std::nullopt;
  }
  out.stamp = digits_of(stamp);
  return out;
}

// '@', 16 hexadecimal digits of seconds and 8 of nanoseconds, and what the file is: .s or .u, or nothing.
bool is_tai(std::string_view name) {
  constexpr std::size_t kDigits = 24;
  if (name.size() < kDigits + 1 || name[0] != '@') {
    return false;
  }
  const std::string_view digits = name.substr(1, kDigits);
  const std::string_view rest = name.substr(kDigits + 1);
  return (rest.empty() || rest == ".s" || rest == ".u") &&
         std::all_of(digits.begin(), digits.end(),
                     [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// What stands between the live name's parts: ".1", "-20260131", "-2026-01-31T…".
std::optional<RotatedName> parse_infix(std::string_view infix) {
  if (infix.size() < 2 || (infix[0] != '.' && infix[0] != '-')) {
    return std::nullopt;
  }
  const std::string_view text = infix.substr(1);
  if (infix == ".old") {
    RotatedName out;
    out.scheme = RotationScheme::single;
    return out;
  }
  if (auto stamp = parse_stamp(text)) {
    return stamp;
  }
  if (infix[0] != '.' || !all_digits(text) || text.size() > 6) {
    return std::nullopt;
  }
  RotatedName out;
  for (const char c : text) {
    out.number = out.number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return out;
}

struct Parts {
  std::string_view stem, extension;
};

Parts split(std::string_view live) {
  const std::size_t dot = live.rfind('.');
  return dot == std::string_view::npos ? Parts{live, {}}
                                       : Parts{live.substr(0, dot), live.substr(dot)};
}

}  // namespace

std::optional<RotatedName> rotated_name(std::string_view live, std::string_view name) {
  const Codec codec = strip_codec(name);
  if (live == kTaiLive && is_tai(name)) {
    RotatedName out;
    out.scheme = RotationScheme::tai;
    out.stamp = name.substr(1, name.find('.') - 1);
    out.codec = codec;
    return out;
  }
  if (name.size() <= live.size()) {
    return std::nullopt;
  }
  std::optional<RotatedName> found;
  if (name.starts_with(live)) {
    found = parse_infix(name.substr(live.size()));
  }
  const Parts parts = split(live);
  if (!found && name.starts_with(parts.stem) && name.ends_with(parts.extension)) {
    name.remove_suffix(parts.extension.size());
    found = parse_infix(name.substr(parts.stem.size()));
  }
  if (found) {
    found->codec = codec;
  }
  return found;
}

std::optional<RotatedBase> rotated_base(std::string_view name) {
  strip_codec(name);
  if (is_tai(name)) {
    return RotatedBase{std::string(kTaiLive), true};
  }
  // STEM-<lumberjack>EXT, where EXT is the last suffix or nothing.
  for (std::size_t at = name.find('-'); at != std::string_view::npos; at = name.find('-', at + 1)) {
    const std::string_view rest = name.substr(at + 1);
    if (rest.size() >= kLumberjackLength && is_lumberjack(rest.substr(0, kLumberjackLength)) &&
        (rest.size() == kLumberjackLength || rest[kLumberjackLength] == '.')) {
      return RotatedBase{
          std::string(name.substr(0, at)) + std::string(rest.substr(kLumberjackLength)), true};
    }
  }
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos && dot > 0) {
    const std::string_view suffix = name.substr(dot + 1);
    if (all_digits(suffix) && suffix.size() <= 6) {
      return RotatedBase{std::string(name.substr(0, dot)), true};
    }
    if (suffix == "old" || is_date(suffix)) {
      return RotatedBase{std::string(name.substr(0, dot)), false};
    }
  }
  // NAME-<date> or STEM-<date>EXT.
  for (std::size_t at = name.find('-'); at != std::string_view::npos; at = name.find('-', at + 1)) {
    const std::string_view rest = name.substr(at + 1);
    const std::size_t end = std::min(rest.find('.'), rest.size());
    if (is_date(rest.substr(0, end))) {
      return RotatedBase{std::string(name.substr(0, at)) + std::string(rest.substr(end)), false};
    }
  }
  return std::nullopt;
}

}  // namespace auditship::input::file::rotation
