// Logger: the port for the agent log. A message has a stable code, a sentence and key=value pairs.
// The codes of warnings and errors are rows of log_code_table.h.
//
//   log.warn("buffer-full", "buffer is full, reading stops", {{"stream", name}, {"bytes", n}});
//
// Never put a secret or a request body in. Called on the loop thread only, unless an adapter says
// more.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "agent/base/log_code.h"

namespace auditship {

enum class LogLevel { debug, info, warn, error };

struct LogValue {
  std::string_view key;
  std::string value;

  LogValue(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogValue(std::string_view k, const char* v) : key(k), value(v) {}
  LogValue(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogValue(std::string_view k, std::integral auto v) : key(k), value(std::to_string(v)) {}
};

class Logger {
 public:
  using Values = std::initializer_list<LogValue>;

  Logger() = default;
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  virtual ~Logger() = default;
  virtual void write(LogLevel level, std::string_view code, std::string_view text,
                     Values values) = 0;

  void debug(std::string_view code, std::string_view text, Values values = {}) {
    write(LogLevel::debug, code, text, values);
  }
  void info(std::string_view code, std::string_view text, Values values = {}) {
    write(LogLevel::info, code, text, values);
  }
  void warn(LogCode code, std::string_view text, Values values = {}) {
    write(LogLevel::warn, code.name(), text, values);
  }
  void error(LogCode code, std::string_view text, Values values = {}) {
    write(LogLevel::error, code.name(), text, values);
  }
};

}  // namespace auditship
