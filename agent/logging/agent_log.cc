#include "agent/logging/agent_log.h"

#include <cstdio>

#include "agent/base/encoding/json_writer.h"
#include "agent/logging/log_deduplicator.h"

namespace auditship::logging {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      break;
  }
  return "error";
}

// As syslog(3) numbers them.
const char* priority_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "<7>";
    case LogLevel::info:
      return "<6>";
    case LogLevel::warn:
      return "<4>";
    case LogLevel::error:
      break;
  }
  return "<3>";
}

void append_json_value(std::string& out, std::string_view key, std::string_view value) {
  out.push_back(',');
  append_json_string(out, key);
  out.push_back(':');
  append_json_string(out, value);
}

void append_text_value(std::string& out, std::string_view key, std::string_view value) {
  out.push_back(' ');
  out += key;
  out.push_back('=');
  if (!value.empty() && value.find_first_of(" \"=\\") == std::string::npos) {
    append_json_escaped(out, value);
  } else {
    append_json_string(out, value);
  }
}

// The values of the message, and behind them what to do.
void append_values(LogFormat format, std::string& out, LogLevel level, std::string_view code,
                   Logger::Values values) {
  const auto append = format == LogFormat::json ? append_json_value : append_text_value;
  for (const LogValue& value : values) {
    append(out, value.key, value.value);
  }
  const std::string_view hint = level < LogLevel::warn ? std::string_view() : hint_for(code);
  if (!hint.empty()) {
    append(out, "hint", hint);
  }
}

LogLine render(LogFormat format, LogLevel level, std::string_view code, std::string_view text,
               Logger::Values values) {
  LogLine line;
  line.level = level;
  if (format == LogFormat::json) {
    line.head = "\"level\":\"";
    line.head += name_of(level);
    line.head += "\",\"code\":";
    append_json_string(line.head, code);
    line.head += ",\"message\":";
    append_json_string(line.head, text);
    append_values(format, line.tail, level, code, values);
    line.tail.push_back('}');
  } else {
    line.head = name_of(level);
    line.head.resize(6, ' ');
    line.head += code;
    line.head += ": ";
    append_json_escaped(line.head, text);
    append_values(format, line.tail, level, code, values);
  }
  return line;
}

void append_now(std::string& out) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  append_rfc3339(out,
                 std::chrono::duration_cast<std::chrono::milliseconds>(now).count() * 1'000'000);
}

}  // namespace

struct AgentLog::State {
  LogOptions options;
  LogDeduplicator repeats{kRepeatWindow};

  void say(const LogLine& line, std::uint64_t repeated = 0);
  void say(const std::vector<RepeatedLine>& lines) {
    for (const RepeatedLine& line : lines) {
      say(line.line, line.times);
    }
  }
};

void AgentLog::State::say(const LogLine& line, std::uint64_t repeated) {
  std::string out = options.journal ? priority_of(line.level) : "";
  if (options.format == LogFormat::json) {
    out += "{\"time\":\"";
    append_now(out);
    out += "\",";
  } else if (!options.journal) {
    append_now(out);
    out += ' ';
  }
  out += line.head;
  if (repeated > 0) {
    const std::string times = std::to_string(repeated);
    out += options.format == LogFormat::json
               ? ",\"repeated\":" + times
               : " (repeated " + times + (repeated == 1 ? " time)" : " times)");
  }
  out += line.tail;
  out += '\n';
  // One call a line, so that lines of several processes on one file do not mix. There is nobody to
  // tell that standard error is closed.
  (void)std::fwrite(out.data(), 1, out.size(), stderr);
  (void)std::fflush(stderr);
}

AgentLog::AgentLog(const LogOptions& options) : state_(new State{options}) {}

AgentLog::~AgentLog() { state_->say(state_->repeats.take_all(std::chrono::steady_clock::now())); }

void AgentLog::write(LogLevel level, std::string_view code, std::string_view text, Values values) {
  if (level < state_->options.least) {
    return;
  }
  const TimePoint now = std::chrono::steady_clock::now();
  LogLine line = render(state_->options.format, level, code, text, values);
  // What is no trouble is always said: it answers what somebody did, such as a reload.
  const bool counted = level >= LogLevel::warn;
  if (counted && !state_->repeats.fresh(line, now)) {
    return;
  }
  state_->say(state_->repeats.take_all(now));
  state_->say(line);
  if (counted) {
    state_->say(state_->repeats.said(std::move(line), now));
  }
}

TimePoint AgentLog::tick(TimePoint now) {
  state_->say(state_->repeats.take(now));
  return state_->repeats.next();
}

}  // namespace auditship::logging
