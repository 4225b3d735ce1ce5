#include "parsers/kube_audit/body_writer.h"

#include <algorithm>
#include <limits>

#include "agent/base/encoding/json_writer.h"
#include "parsers/json/json_cursor.h"
#include "parsers/json/json_scan.h"

namespace auditship::parsers::kube_audit {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
// Of the strings of a body that is too long.
constexpr std::size_t kShortString = 2048;
constexpr std::size_t kLeastBody = 4096;
// Arguments longer than this are not searched for credentials.
constexpr std::size_t kLongestScript = 64 * 1024;

// One open bracket of the body.
enum : std::uint8_t {
  kObject = 1,
  // Every value in here is a secret.
  kMasked = 2,
  // Something was written in here: the next member follows a comma.
  kFilled = 4,
  // The words of a command.
  kArguments = 8,
};

bool same_word(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

bool is_data_key(std::string_view key) {
  return same_word(key, "data") || same_word(key, "stringdata") || same_word(key, "binarydata") ||
         same_word(key, "value");
}

// At most max_bytes of an escaped string, not ending inside an escape or a character.
std::string_view escaped_prefix(std::string_view inner, std::size_t max_bytes) {
  std::size_t at = 0;
  std::size_t end = 0;
  while (at < inner.size() && at <= max_bytes) {
    end = at;
    at += inner[at] != '\\' ? 1 : inner[at + 1] == 'u' ? 6 : 2;
  }
  return inner.substr(0, utf8_prefix(inner, end));
}

// One pass over a validated body. Copies in runs; what is dropped or masked interrupts the run.
class Walk {
 public:
  struct Limits {
    // Of the output.
    std::size_t bytes;
    // Of each string in the output.
    std::size_t string;
  };

  Walk(std::string_view raw, const Redactor& redactor, bool slim, bool confidential, Limits limits,
       std::string& out, std::vector<std::uint8_t>& levels)
      : raw_(raw),
        redactor_(redactor),
        slim_(slim),
        confidential_(confidential),
        hidden_(redactor.enabled()),
        roomy_(raw.size() < limits.bytes / kMostGrowth),
        limits_(limits),
        out_(out),
        levels_(levels),
        cursor_(raw) {
    out_.clear();
    levels_.assign(1, 0);
  }

  // False when the body did not fit: then `out` holds the part that did, closed.
  bool run() {
    while (cursor_.at != cursor_.end) {
      if (!step()) {
        stop();
        return false;
      }
    }
    if (changed_) {
      flush(cursor_.end);
    }
    return true;
  }
  [[nodiscard]] bool changed() const { return changed_; }
  [[nodiscard]] bool shortened() const { return shortened_; }

 private:
  // What a body can grow by: "" becomes "[redacted]", and \b in an argument \u0008.
  static constexpr std::size_t kMostGrowth = 16;

  [[nodiscard]] bool in(std::uint8_t flag) const { return (levels_.back() & flag) != 0; }
  // Brackets that are open.
  [[nodiscard]] std::size_t depth() const { return levels_.size() - 1; }
  [[nodiscard]] static std::string_view slice(const char* from, const char* to) {
    return {from, static_cast<std::size_t>(to - from)};
  }

  bool step() {
    if (*cursor_.at == '"') {
      if (!key_next_) {
        return string();
      }
      key();
      return cursor_.at == cursor_.end || *cursor_.at != '"' || key_next_ || string();
    }
    switch (*cursor_.at) {
      case '{':
      case '[':
        return open();
      case '}':
      case ']':
        levels_.pop_back();
        key_next_ = false;
        name_is_secret_ = false;
        return value_done(cursor_.at + 1);
      case ',':
        comma();
        return true;
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        ++cursor_.at;
        return true;
      default:
        return word();
    }
  }

  // Would `more` bytes still fit, with all brackets closed behind them?
  [[nodiscard]] bool fits(std::size_t more) const {
    return roomy_ ||
           out_.size() + slice(run_, cursor_.at).size() + more + depth() + 1 <= limits_.bytes;
  }

  bool open() {
    if (!fits(1)) {
      return false;
    }
    const bool object = *cursor_.at == '{';
    std::uint8_t level = in(kMasked) || mask_next_ ? kMasked : 0;
    if (object) {
      level |= kObject;
    } else if (arguments_next_) {
      level |= kArguments;
    }
    levels_.push_back(level);
    key_next_ = object;
    argument_is_secret_ = false;
    name_is_secret_ = false;
    clear_pending();
    safe_ = ++cursor_.at;
    return true;
  }

  void comma() {
    comma_ = cursor_.at++;
    key_next_ = in(kObject);
  }

  void clear_pending() { mask_next_ = mask_string_next_ = arguments_next_ = name_next_ = false; }

  bool value_done(const char* end) {
    cursor_.at = safe_ = end;
    levels_.back() |= kFilled;
    clear_pending();
    // As it nearly always is.
    if (end != cursor_.end && *end == ',') {
      comma();
    }
    return true;
  }

  void key() {
    const char* const begin = cursor_.at;
    bool escaped = false;
    cursor_.known_string(escaped);
    key_next_ = false;
    std::string_view name = slice(begin + 1, cursor_.at - 1);
    while (*cursor_.at++ != ':') {
    }
    if (escaped) {
      key_text_.clear();
      json::append_json_unescaped(key_text_, name);
      name = key_text_;
    }
    if (slim_ &&
        (name == "managedFields" || name == "kubectl.kubernetes.io/last-applied-configuration")) {
      drop(begin);
      return;
    }
    mask_next_ = hidden_ && confidential_ && is_data_key(name);
    mask_string_next_ = redactor_.is_secret_name(name, Redactor::Names::exact) ||
                        (hidden_ && name_is_secret_ && name == "value");
    arguments_next_ = hidden_ && (name == "command" || name == "args");
    name_next_ = hidden_ && name == "name";
  }

  // Leaves out the member whose key begins at `begin` and whose value comes next, and one comma.
  void drop(const char* begin) {
    json::JsonScan scan(slice(cursor_.at, cursor_.end));
    json::JsonValue value;
    scan.value(value);
    const char* const end = cursor_.at + scan.position();
    changed_ = true;
    flush(in(kFilled) ? comma_ : begin);
    cursor_.at = end;
    if (!in(kFilled)) {
      while (*cursor_.at != ',' && *cursor_.at != '}') {
        ++cursor_.at;
      }
      if (*cursor_.at == ',') {
        ++cursor_.at;
        key_next_ = true;
      }
    }
    run_ = safe_ = cursor_.at;
  }

  void flush(const char* end) {
    out_.append(slice(run_, end));
    run_ = end;
  }

  bool replace(std::string_view with, const char* end) {
    if (!fits(with.size())) {
      return false;
    }
    flush(cursor_.at);
    out_.append(with);
    changed_ = true;
    run_ = end;
    return value_done(end);
  }

  // Is the value that comes a secret, whatever it is?
  [[nodiscard]] bool masked() const {
    return in(kMasked) || mask_next_ || (confidential_ && hidden_ && depth() == 0);
  }

  // A number, true, false or null.
  bool word() {
    const auto ends = [](char c) {
      return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
    };
    const char* end = cursor_.at;
    while (end != cursor_.end && !ends(*end)) {
      ++end;
    }
    const std::string_view token = slice(cursor_.at, end);
    if (masked() && token != "null") {
      return replace("\"[redacted]\"", end);
    }
    name_is_secret_ = false;
    return fits(token.size()) && value_done(end);
  }

  bool string() {
    const char* const begin = cursor_.at;
    bool escaped = false;
    cursor_.known_string(escaped);
    const char* const end = cursor_.at;
    cursor_.at = begin;
    if (masked()) {
      return replace("\"[redacted]\"", end);
    }
    return string_value(slice(begin + 1, end - 1), escaped, end);
  }

  bool string_value(std::string_view inner, bool escaped, const char* end) {
    const bool named = name_next_;
    if (mask_string_next_ || (hidden_ && Redactor::is_secret_value(inner))) {
      return replace("\"[redacted]\"", end);
    }
    name_is_secret_ = named && redactor_.is_secret_name(inner, Redactor::Names::loose);
    const bool option = inner.size() >= 2 && inner[0] == '-' && inner[1] == '-';
    if (hidden_ && inner.size() <= kLongestScript && (in(kArguments) || option)) {
      if (mask_argument(inner, escaped)) {
        return replace(argument_, end);
      }
    }
    if (inner.size() > limits_.string) {
      std::string cut = "\"";
      cut.append(escaped_prefix(inner, limits_.string)).append("…[cut, ");
      cut.append(std::to_string(inner.size())).append(" bytes]\"");
      shortened_ = true;
      return replace(cut, end);
    }
    if (!fits(inner.size() + 2)) {
      return false;
    }
    return value_done(end);
  }

  bool mask_argument(std::string_view inner, bool escaped) {
    std::string_view text = inner;
    if (escaped) {
      text_.clear();
      json::append_json_unescaped(text_, inner);
      text = text_;
    }
    shown_.clear();
    bool next = in(kArguments) && argument_is_secret_;
    const bool masked = redactor_.append_argument(shown_, text, next);
    argument_is_secret_ = next;
    if (masked) {
      argument_.clear();
      append_json_string(argument_, shown_);
    }
    return masked;
  }

  // Ends the output behind the last whole value and closes what is open.
  void stop() {
    shortened_ = changed_ = true;
    flush(std::max(safe_, run_));
    if (depth() == 0) {
      out_ = "\"[cut, " + std::to_string(raw_.size()) + " bytes]\"";
      return;
    }
    for (std::size_t i = depth(); i > 0; --i) {
      out_.push_back((levels_[i] & kObject) != 0 ? '}' : ']');
    }
  }

  std::string_view raw_;
  const Redactor& redactor_;
  bool slim_;
  bool confidential_;
  // Whether secrets are masked.
  bool hidden_;
  // Whether the output fits whatever is masked.
  bool roomy_;
  Limits limits_;
  std::string& out_;
  std::vector<std::uint8_t>& levels_;
  std::string key_text_, text_, shown_, argument_;
  json::JsonCursor cursor_;
  // What stands from here to the cursor is still to be copied.
  const char* run_ = cursor_.at;
  // The output may end here.
  const char* safe_ = cursor_.at;
  const char* comma_ = cursor_.at;
  bool key_next_ = false;
  bool mask_next_ = false, mask_string_next_ = false, arguments_next_ = false, name_next_ = false;
  // As in {"name":"DB_PASSWORD","value":…}.
  bool name_is_secret_ = false;
  // As in ["--password", …].
  bool argument_is_secret_ = false;
  bool changed_ = false, shortened_ = false;
};

}  // namespace

KubeBodyWriter::KubeBodyWriter(const Redactor& redactor, bool slim, std::size_t max_bytes)
    : redactor_(redactor), slim_(slim), max_bytes_(std::max(max_bytes, kLeastBody)) {}

event::Body KubeBodyWriter::write(const json::JsonValue& value, BodySubject subject,
                                  event::Record& record) {
  const std::string_view raw = value.raw;
  event::Body body{raw, raw.size(), false};
  const bool confidential =
      redactor_.enabled() && (subject == BodySubject::confidential || names_confidential_kind(raw));
  Walk whole(raw, redactor_, slim_, confidential, {max_bytes_, kNoLimit}, out_, levels_);
  const bool fitted = whole.run();
  if (fitted && !whole.changed()) {
    return body;
  }
  if (!fitted) {
    Walk shorter(raw, redactor_, slim_, confidential, {max_bytes_, kShortString}, out_, levels_);
    shorter.run();
    body.cut = true;
  }
  body.raw = record.keep(out_);
  return body;
}

}  // namespace auditship::parsers::kube_audit
