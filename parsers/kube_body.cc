#include "parsers/kube_body.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "agent/core/json_out.h"
#include "parsers/json_scan.h"

namespace auditship {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kShortString = 2048;  // strings of a body that is too long
constexpr std::size_t kLeastBody = 4096;
constexpr std::size_t kLongestScript = 64 * 1024;  // arguments longer than this are not searched

// One open bracket of the body.
enum : std::uint8_t {
  kObject = 1,
  kMasked = 2,     // every value in here is a secret
  kFilled = 4,     // something was written in here: the next member follows a comma
  kArguments = 8,  // the words of a command
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

// The end of the string whose opening quote is at `quote`: behind its closing quote.
// escaped: there is a backslash in it.
std::size_t string_end(std::string_view raw, std::size_t quote, bool& escaped) {
  const char* const end = raw.data() + raw.size();
  const char* at = raw.data() + quote + 1;
  escaped = false;
  for (;;) {  // the body is validated: a closing quote comes
    at = find_json_special(at, end);
    if (*at == '"') {
      return static_cast<std::size_t>(at + 1 - raw.data());
    }
    escaped = true;
    at += 2;
  }
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
    std::size_t bytes;   // of the output
    std::size_t string;  // of each string in it
  };

  Walk(std::string_view raw, const Redactor& redactor, bool slim, bool confidential, Limits limits,
       std::string& out, std::vector<std::uint8_t>& levels)
      : raw_(raw),
        redactor_(redactor),
        slim_(slim),
        confidential_(confidential),
        limits_(limits),
        out_(out),
        levels_(levels) {
    out_.clear();
    levels_.clear();
  }

  // False when the body did not fit: then `out` holds the part that did, closed.
  bool run() {
    while (at_ < raw_.size()) {
      if (!step()) {
        stop();
        return false;
      }
    }
    if (changed_) {
      flush(raw_.size());
    }
    return true;
  }
  [[nodiscard]] bool changed() const { return changed_; }
  [[nodiscard]] bool shortened() const { return shortened_; }

 private:
  [[nodiscard]] bool in(std::uint8_t flag) const {
    return !levels_.empty() && (levels_.back() & flag) != 0;
  }

  bool step() {
    switch (raw_[at_]) {
      case '{':
      case '[':
        return open();
      case '}':
      case ']':
        levels_.pop_back();
        key_next_ = false;
        name_is_secret_ = false;
        return value_done(at_ + 1);
      case ',':
        comma_ = at_++;
        key_next_ = in(kObject);
        return true;
      case ':':
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        ++at_;
        return true;
      default:
        if (key_next_) {
          key();
          return true;
        }
        return scalar();
    }
  }

  // Would `more` bytes still fit, with all brackets closed behind them?
  [[nodiscard]] bool fits(std::size_t more) const {
    return out_.size() + (at_ - run_) + more + levels_.size() + 1 <= limits_.bytes;
  }

  bool open() {
    if (!fits(1)) {
      return false;
    }
    std::uint8_t level = in(kMasked) || mask_next_ ? kMasked : 0;
    if (raw_[at_] == '{') {
      level |= kObject;
    } else if (arguments_next_) {
      level |= kArguments;
    }
    levels_.push_back(level);
    key_next_ = raw_[at_] == '{';
    argument_is_secret_ = false;
    name_is_secret_ = false;
    clear_pending();
    safe_ = ++at_;
    return true;
  }

  void clear_pending() { mask_next_ = mask_string_next_ = arguments_next_ = name_next_ = false; }

  bool value_done(std::size_t end) {
    at_ = end;
    safe_ = end;
    if (!levels_.empty()) {
      levels_.back() |= kFilled;
    }
    clear_pending();
    return true;
  }

  void key() {
    const std::size_t begin = at_;
    bool escaped = false;
    at_ = string_end(raw_, begin, escaped);
    key_next_ = false;
    std::string_view name = raw_.substr(begin + 1, at_ - begin - 2);
    if (escaped) {
      key_text_.clear();
      append_json_unescaped(key_text_, name);
      name = key_text_;
    }
    if (slim_ &&
        (name == "managedFields" || name == "kubectl.kubernetes.io/last-applied-configuration")) {
      drop(begin);
      return;
    }
    const bool hidden = redactor_.enabled();
    mask_next_ = hidden && confidential_ && is_data_key(name);
    mask_string_next_ = redactor_.is_secret_name(name, Redactor::Names::exact) ||
                        (hidden && name_is_secret_ && name == "value");
    arguments_next_ = hidden && (name == "command" || name == "args");
    name_next_ = hidden && name == "name";
  }

  // Leaves out the member whose key begins at `begin`, and one comma.
  void drop(std::size_t begin) {
    while (raw_[at_] != ':') {
      ++at_;
    }
    ++at_;
    JsonScan scan(raw_.substr(at_));
    JsonValue value;
    scan.value(value);
    const std::size_t end = at_ + scan.position();
    changed_ = true;
    flush(in(kFilled) ? comma_ : begin);
    at_ = end;
    if (!in(kFilled)) {
      while (raw_[at_] != ',' && raw_[at_] != '}') {
        ++at_;
      }
      if (raw_[at_] == ',') {
        ++at_;
        key_next_ = true;
      }
    }
    run_ = safe_ = at_;
  }

  void flush(std::size_t end) {
    out_.append(raw_.substr(run_, end - run_));
    run_ = end;
  }

  bool replace(std::string_view with, std::size_t end) {
    if (!fits(with.size())) {
      return false;
    }
    flush(at_);
    out_.append(with);
    changed_ = true;
    run_ = end;
    return value_done(end);
  }

  // The end of a number, true, false or null.
  [[nodiscard]] std::size_t token_end(std::size_t at) const {
    const auto ends = [](char c) {
      return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
    };
    while (at < raw_.size() && !ends(raw_[at])) {
      ++at;
    }
    return at;
  }

  bool scalar() {
    const bool string = raw_[at_] == '"';
    bool escaped = false;
    const std::size_t end = string ? string_end(raw_, at_, escaped) : token_end(at_);
    const std::string_view token = raw_.substr(at_, end - at_);
    const bool whole_is_secret = confidential_ && levels_.empty() && redactor_.enabled();
    if ((in(kMasked) || mask_next_ || whole_is_secret) && token != "null") {
      return replace("\"[redacted]\"", end);
    }
    if (string) {
      return string_value(token.substr(1, token.size() - 2), end);
    }
    name_is_secret_ = false;
    if (!fits(token.size())) {
      return false;
    }
    return value_done(end);
  }

  bool string_value(std::string_view inner, std::size_t end) {
    const bool named = name_next_;
    if (mask_string_next_ ||
        (redactor_.enabled() && Redactor::is_secret_value(inner) && !inner.empty())) {
      return replace("\"[redacted]\"", end);
    }
    name_is_secret_ = named && redactor_.is_secret_name(inner, Redactor::Names::loose);
    if (redactor_.enabled() && inner.size() <= kLongestScript &&
        (in(kArguments) || inner.substr(0, 2) == "--")) {
      if (mask_argument(inner)) {
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

  bool mask_argument(std::string_view inner) {
    text_.clear();
    append_json_unescaped(text_, inner);
    shown_.clear();
    bool next = in(kArguments) && argument_is_secret_;
    const bool masked = redactor_.append_argument(shown_, text_, next);
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
    if (levels_.empty()) {
      out_ = "\"[cut, " + std::to_string(raw_.size()) + " bytes]\"";
      return;
    }
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      out_.push_back((*level & kObject) != 0 ? '}' : ']');
    }
  }

  std::string_view raw_;
  const Redactor& redactor_;
  bool slim_;
  bool confidential_;
  Limits limits_;
  std::string& out_;
  std::vector<std::uint8_t>& levels_;
  std::string key_text_, text_, shown_, argument_;
  std::size_t at_ = 0;
  std::size_t run_ = 0;   // raw_[run_, at_) is still to be copied
  std::size_t safe_ = 0;  // the output may end here
  std::size_t comma_ = 0;
  bool key_next_ = false;
  bool mask_next_ = false, mask_string_next_ = false, arguments_next_ = false, name_next_ = false;
  bool name_is_secret_ = false;      // {"name":"DB_PASSWORD","value":…}
  bool argument_is_secret_ = false;  // ["--password", …]
  bool changed_ = false, shortened_ = false;
};

bool names_confidential_kind(std::string_view raw) {
  constexpr std::string_view kKind = "\"kind\":\"";
  std::string_view rest = raw;
  for (;;) {  // memmem: quotes are too common for string_view::find
    const void* found = ::memmem(rest.data(), rest.size(), kKind.data(), kKind.size());
    if (found == nullptr) {
      return false;
    }
    const char* const value = static_cast<const char*>(found) + kKind.size();
    rest.remove_prefix(static_cast<std::size_t>(value - rest.data()));
    if (rest.substr(0, 7) == "Secret\"" || rest.substr(0, 10) == "ConfigMap\"") {
      return true;
    }
  }
}

}  // namespace

KubeBodyWriter::KubeBodyWriter(const Redactor& redactor, bool slim, std::size_t max_bytes)
    : redactor_(redactor), slim_(slim), max_bytes_(std::max(max_bytes, kLeastBody)) {}

Body KubeBodyWriter::write(const JsonValue& value, BodySubject subject, Record& record) {
  const std::string_view raw = value.raw;
  Body body{raw, raw.size(), false};
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

}  // namespace auditship
