#include "agent/app/yaml_reader.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace auditship {
namespace {

constexpr std::size_t kMaxProblems = 20;
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

enum class Plain { text, null, boolean, number };

// What YAML 1.1 readers (Kubernetes' too) take an unquoted scalar for.
Plain plain_type(std::string_view text) {
  static constexpr std::string_view kBooleans[] = {
      "y",    "Y",    "yes",   "Yes",   "YES",   "n",  "N",  "no", "No",  "NO",  "true",
      "True", "TRUE", "false", "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF"};
  if (std::find(std::begin(kBooleans), std::end(kBooleans), text) != std::end(kBooleans)) {
    return Plain::boolean;
  }
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return Plain::null;
  }
  std::string_view digits = text;
  if (digits.front() == '-' || digits.front() == '+') {
    digits.remove_prefix(1);
  }
  if (digits == ".inf" || digits == ".Inf" || digits == ".INF" || text == ".nan" ||
      text == ".NaN" || text == ".NAN") {
    return Plain::number;
  }
  const bool begins_as_number =
      !digits.empty() && (std::isdigit(static_cast<unsigned char>(digits[0])) != 0 ||
                          (digits[0] == '.' && digits.size() > 1 &&
                           std::isdigit(static_cast<unsigned char>(digits[1])) != 0));
  if (!begins_as_number) {
    return Plain::text;
  }
  std::string compact;
  std::copy_if(digits.begin(), digits.end(), std::back_inserter(compact),
               [](char c) { return c != '_'; });
  const char* begin = compact.data();
  const char* end = begin + compact.size();
  if (compact.size() > 2 && compact[0] == '0' && std::isalpha(static_cast<unsigned char>(compact[1])) != 0) {
    const char base = compact[1];
    std::uint64_t value = 0;
    const auto [at, error] = std::from_chars(begin + 2, end, value, base == 'x' ? 16 : base == 'b' ? 2 : 8);
    return (base == 'x' || base == 'b' || base == 'o') && at == end && error == std::errc()
               ? Plain::number
               : Plain::text;
  }
  double value = 0;
  const auto [at, error] = std::from_chars(begin, end, value);
  return at == end && error != std::errc::invalid_argument ? Plain::number : Plain::text;
}

std::string shown(std::string_view text) {
  return text.size() <= kMaxShown ? std::string(text) : std::string(text.substr(0, kMaxShown)) + "…";
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// The digits at the front of text, removed from it; nullopt when there are none or too many.
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
  static constexpr Unit kUnits[] = {{"GiB", std::uint64_t{1} << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}};
  for (const Unit& unit : kUnits) {
    if (bytes >= unit.factor && bytes % unit.factor == 0) {
      return std::to_string(bytes / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(bytes);
}

}  // namespace

void YamlProblems::add(int line, int column, std::string_view message) {
  if (lines_.size() >= kMaxProblems) {
    ++dropped_;
    return;
  }
  lines_.push_back(at_position(file_, line, column, message));
}

Error YamlProblems::error() const {
  std::string message;
  for (const std::string& line : lines_) {
    message += message.empty() ? line : "\n" + line;
  }
  if (dropped_ > 0) {
    message += "\n" + file_ + ": " + std::to_string(dropped_) + " more problems";
  }
  return Error{Errc::invalid, message};
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
  switch (node.quoted ? Plain::text : plain_type(node.text)) {
    case Plain::boolean:
      return "the boolean " + node.text;
    case Plain::number:
      return "the number " + shown(node.text);
    case Plain::null:
      return "nothing";
    case Plain::text:
      break;
  }
  return "\"" + shown(node.text) + "\"";
}

Result<std::uint64_t> parse_size(std::string_view text) {
  static constexpr Unit kUnits[] = {
      {"", 1},           {"B", 1},          {"kB", 1000},      {"KB", 1000},
      {"MB", 1'000'000}, {"GB", 1'000'000'000}, {"TB", 1'000'000'000'000},
      {"KiB", 1 << 10},  {"MiB", 1 << 20},  {"GiB", std::uint64_t{1} << 30},
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
  static constexpr Unit kUnits[] = {{"ms", 1},         {"s", 1000},       {"m", 60'000},
                                    {"h", 3'600'000},  {"d", 86'400'000}, {"w", 604'800'000}};
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

std::optional<std::string> as_scalar(YamlProblems& problems, const YamlNode& node,
                                     std::string_view what, std::string_view expected) {
  if (node.kind != YamlNode::Kind::scalar) {
    problems.add(node, std::string(what) + ": expected " + std::string(expected) + ", found " +
                           describe(node));
    return std::nullopt;
  }
  if (!problems.expand) {
    return node.text;
  }
  auto expanded = problems.expand(node.text);
  if (!expanded) {
    problems.add(node, std::string(what) + ": " + expanded.error().message);
    return std::nullopt;
  }
  return std::move(*expanded);
}

std::optional<std::string> as_text(YamlProblems& problems, const YamlNode& node,
                                   std::string_view what) {
  if (node.kind == YamlNode::Kind::scalar && !node.quoted &&
      plain_type(node.text) != Plain::text) {
    problems.add(node, std::string(what) + ": expected text, found " + describe(node) +
                           "; put it in quotes if it is meant as text");
    return std::nullopt;
  }
  return as_scalar(problems, node, what, "text");
}

std::optional<bool> as_boolean(YamlProblems& problems, const YamlNode& node,
                               std::string_view what) {
  if (node.kind == YamlNode::Kind::scalar) {
    const auto text = as_scalar(problems, node, what, "true or false");
    if (!text) {
      return std::nullopt;
    }
    const bool written_as_text = node.quoted && *text == node.text;  // not a "${VARIABLE}"
    if (!written_as_text && (*text == "true" || *text == "false")) {
      return *text == "true";
    }
  }
  problems.add(node, std::string(what) + ": expected true or false, found " +
                         (node.quoted ? "the text " : "") + describe(node));
  return std::nullopt;
}

YamlMap::YamlMap(YamlProblems& problems, const YamlNode& node, std::string path)
    : problems_(problems), node_(node), path_(std::move(path)) {
  if (node.kind != YamlNode::Kind::map && node.kind != YamlNode::Kind::null) {
    problems_.add(node, (path_.empty() ? "" : path_ + ": ") +
                            std::string("expected a mapping of keys to values, found ") +
                            describe(node));
  }
}

const std::vector<YamlNode::Member>& YamlMap::members() const { return node_.members; }

std::string YamlMap::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const YamlNode* YamlMap::get(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
    known_.push_back(key);
  }
  for (const YamlNode::Member& member : node_.members) {
    if (member.key == key) {
      return member.value.kind == YamlNode::Kind::null ? nullptr : &member.value;
    }
  }
  return nullptr;
}

void YamlMap::add_problem(std::string_view key, std::string_view message) {
  for (const YamlNode::Member& member : node_.members) {
    if (member.key == key) {
      const bool placed = member.value.line > 0 && member.value.kind != YamlNode::Kind::null;
      problems_.add(placed ? member.value.line : member.line,
                    placed ? member.value.column : member.column,
                    path_of(key) + ": " + std::string(message));
      return;
    }
  }
  problems_.add(node_, path_of(key) + ": " + std::string(message));
}

bool YamlMap::text(std::string_view key, std::string& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  auto value = as_text(problems_, *node, path_of(key));
  if (value) {
    into = std::move(*value);
  }
  return value.has_value();
}

bool YamlMap::boolean(std::string_view key, bool& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  const auto value = as_boolean(problems_, *node, path_of(key));
  if (value) {
    into = *value;
  }
  return value.has_value();
}

bool YamlMap::number(std::string_view key, std::uint64_t least, std::uint64_t most,
                     std::uint64_t& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  const std::string expected =
      "a number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto text = as_scalar(problems_, *node, path_of(key), expected);
  if (!text) {
    return false;
  }
  std::string_view rest = *text;
  const auto value = take_number(rest);
  if (!value || !rest.empty() || *value < least || *value > most ||
      (node->quoted && *text == node->text)) {
    add_problem(key, "expected " + expected + ", found " + describe(*node));
    return false;
  }
  into = *value;
  return true;
}

bool YamlMap::size(std::string_view key, std::uint64_t least, std::uint64_t most,
                   std::uint64_t& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  const auto text = as_scalar(problems_, *node, path_of(key), "a size, as 500MB or 2GiB");
  if (!text) {
    return false;
  }
  const auto value = parse_size(*text);
  if (!value) {
    add_problem(key, value.error().message);
    return false;
  }
  if (*value < least || *value > most) {
    add_problem(key, "expected a size from " + size_text(least) + " to " + size_text(most) +
                         ", found " + *text);
    return false;
  }
  into = *value;
  return true;
}

bool YamlMap::duration(std::string_view key, std::chrono::milliseconds least,
                       std::chrono::milliseconds most, std::chrono::milliseconds& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  const auto text = as_scalar(problems_, *node, path_of(key), "a duration, as 30s or 7d");
  if (!text) {
    return false;
  }
  const auto value = parse_duration(*text);
  if (!value) {
    add_problem(key, value.error().message);
    return false;
  }
  if (*value < least || *value > most) {
    add_problem(key, "expected a duration from " + std::to_string(least.count()) + "ms to " +
                         std::to_string(most.count()) + "ms, found " + *text);
    return false;
  }
  into = *value;
  return true;
}

bool YamlMap::texts(std::string_view key, std::vector<std::string>& into) {
  if (get(key) == nullptr) {
    return false;
  }
  into.clear();
  for_each_item(key, [&](const YamlNode& item) {
    if (auto text = as_text(problems_, item, path_of(key))) {
      into.push_back(std::move(*text));
    }
  });
  return true;
}

std::optional<std::size_t> YamlMap::one_of(std::string_view key,
                                           const std::vector<std::string_view>& choices) {
  std::string found;
  if (!text(key, found)) {
    return std::nullopt;
  }
  const auto at = std::find(choices.begin(), choices.end(), found);
  if (at != choices.end()) {
    return static_cast<std::size_t>(at - choices.begin());
  }
  std::string message = "expected ";
  for (std::size_t i = 0; i < choices.size(); ++i) {
    message += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + std::string(choices[i]);
  }
  add_problem(key, message + ", found \"" + shown(found) + "\"");
  return std::nullopt;
}

void YamlMap::for_each_item(std::string_view key, const std::function<void(const YamlNode&)>& read) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return;
  }
  if (node->kind != YamlNode::Kind::list) {
    problems_.add(*node, path_of(key) + ": expected a list, found " + describe(*node));
    return;
  }
  for (const YamlNode& item : node->items) {
    read(item);
  }
}

void YamlMap::done() {
  for (const YamlNode::Member& member : node_.members) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) {
      continue;
    }
    std::string message = "unknown key \"" + shown(member.key) + "\"" +
                          (path_.empty() ? "" : " in " + path_);
    if (const std::string_view near = nearest_name(member.key, known_); !near.empty()) {
      message += "; did you mean \"" + std::string(near) + "\"?";
    } else {
      message += "; expected one of:";
      for (const std::string_view name : known_) {
        message += " " + std::string(name);
      }
    }
    problems_.add(member.line, member.column, message);
  }
}

}  // namespace auditship
