#include "agent/yaml/scalar_parsers.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <initializer_list>
#include <limits>

#include "agent/yaml/schema.h"
#include "agent/yaml/yaml_map.h"

namespace auditship::yaml {
namespace {

constexpr std::size_t kMaxShown = 80;

// Edit distance with swaps of neighbours, without regard to case. Short texts only.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + change});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        next[j] = std::min(next[j], before[j - 2] + 1);
      }
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_boolean(std::string_view text) {
  return is_one_of(
      text, {"y",    "Y",    "yes",   "Yes",   "YES",   "n",  "N",  "no", "No",  "NO",  "true",
             "True", "TRUE", "false", "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF"});
}

bool is_null(std::string_view text) { return is_one_of(text, {"", "~", "null", "Null", "NULL"}); }

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string_view without_sign(std::string_view text) {
  const bool sign = !text.empty() && (text.front() == '-' || text.front() == '+');
  return text.substr(sign ? 1 : 0);
}

// 12, .5
bool begins_as_number(std::string_view digits) {
  return !digits.empty() &&
         (is_digit(digits[0]) || (digits[0] == '.' && digits.size() > 1 && is_digit(digits[1])));
}

// 0x1F, 0o17, 0b11: the base that the letter behind the zero stands for; 0: none.
int base_of(char letter) {
  switch (letter) {
    case 'x':
      return 16;
    case 'o':
      return 8;
    case 'b':
      return 2;
    default:
      return 0;
  }
}

// digits: without the underscores that YAML allows in them.
bool is_number(std::string_view digits) {
  const char* begin = digits.data();
  const char* end = begin + digits.size();
  if (digits.size() > 2 && digits[0] == '0' &&
      std::isalpha(static_cast<unsigned char>(digits[1])) != 0) {
    const int base = base_of(digits[1]);
    if (base == 0) {
      return false;
    }
    std::uint64_t value = 0;
    const auto [at, error] = std::from_chars(begin + 2, end, value, base);
    return at == end && error == std::errc();
  }
  double value = 0;
  const auto [at, error] = std::from_chars(begin, end, value);
  return at == end && error != std::errc::invalid_argument;
}

}  // namespace

PlainType plain_type(std::string_view text) {
  if (is_boolean(text)) {
    return PlainType::boolean;
  }
  if (is_null(text)) {
    return PlainType::null;
  }
  const std::string_view digits = without_sign(text);
  if (is_one_of(digits, {".inf", ".Inf", ".INF"}) || is_one_of(text, {".nan", ".NaN", ".NAN"})) {
    return PlainType::number;
  }
  if (!begins_as_number(digits)) {
    return PlainType::text;
  }
  std::string compact(digits);
  std::erase(compact, '_');
  return is_number(compact) ? PlainType::number : PlainType::text;
}

std::string shown(std::string_view text) {
  return text.size() <= kMaxShown ? std::string(text)
                                  : std::string(text.substr(0, kMaxShown)) + "…";
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  return value;
}

std::string size_text(std::uint64_t bytes) {
  static constexpr Unit kUnits[] = {
      {"GiB", std::uint64_t{1} << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}};
  for (const Unit& unit : kUnits) {
    if (bytes >= unit.factor && bytes % unit.factor == 0) {
      return std::to_string(bytes / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(bytes);
}

std::string_view nearest_name(std::string_view text, const std::vector<std::string_view>& names) {
  if (text.size() > 64) {
    return {};
  }
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string_view name : names) {
    const std::size_t d = distance(text, name);
    if (d < least && d < name.size()) {
      least = d;
      best = name;
    }
  }
  return best;
}

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a mapping";
    case YamlNode::Kind::scalar:
      break;
  }
  switch (node.quoted ? PlainType::text : plain_type(node.text)) {
    case PlainType::boolean:
      return "the boolean " + node.text;
    case PlainType::number:
      return "the number " + shown(node.text);
    case PlainType::null:
      return "nothing";
    case PlainType::text:
      break;
  }
  return "\"" + shown(node.text) + "\"";
}

Result<std::uint64_t> parse_size(std::string_view text) {
  static constexpr Unit kUnits[] = {{"", 1},
                                    {"B", 1},
                                    {"kB", 1000},
                                    {"KB", 1000},
                                    {"MB", 1'000'000},
                                    {"GB", 1'000'000'000},
                                    {"TB", 1'000'000'000'000},
                                    {"KiB", 1 << 10},
                                    {"MiB", 1 << 20},
                                    {"GiB", std::uint64_t{1} << 30},
                                    {"TiB", std::uint64_t{1} << 40}};
  const Error bad{Errc::invalid, "\"" + shown(text) + "\": expected a size, as 500MB or 2GiB"};
  const auto number = take_number(text);
  if (!number) {
    return bad;
  }
  if (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  for (const Unit& unit : kUnits) {
    if (unit.name == text && *number <= std::numeric_limits<std::int64_t>::max() / unit.factor) {
      return *number * unit.factor;
    }
  }
  return bad;
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  static constexpr Unit kUnits[] = {{"ms", 1},        {"s", 1000},       {"m", 60'000},
                                    {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}};
  constexpr std::uint64_t kMost = std::uint64_t{100} * 366 * 86'400'000;
  const Error bad{Errc::invalid,
                  "\"" + shown(text) + "\": expected a duration, as 30s, 1h30m or 7d"};
  if (text == "0") {
    return std::chrono::milliseconds(0);
  }
  std::uint64_t total = 0;
  std::uint64_t last_factor = std::numeric_limits<std::uint64_t>::max();
  do {
    const auto number = take_number(text);
    const std::size_t end = std::min(text.find_first_of("0123456789"), text.size());
    const auto* const unit = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& u) {
      return u.name == text.substr(0, end);
    });
    if (!number || unit == std::end(kUnits) || unit->factor >= last_factor ||
        *number > kMost / unit->factor) {
      return bad;
    }
    last_factor = unit->factor;
    total += *number * unit->factor;
    text.remove_prefix(end);
  } while (!text.empty());
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(total, kMost)));
}

}  // namespace auditship::yaml
