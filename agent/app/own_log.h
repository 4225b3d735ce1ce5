// OwnLog: the Logger of the running agent, by spdlog to stderr. Text or one JSON object a line.
// Control characters in values are escaped: a log line of ours is one line. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "agent/core/log.h"

namespace auditship {

enum class LogFormat { text, json };

class OwnLog final : public Logger {
 public:
  OwnLog(LogLevel least, LogFormat format);
  ~OwnLog() override;
  OwnLog(const OwnLog&) = delete;
  OwnLog& operator=(const OwnLog&) = delete;
  void write(LogLevel level, std::string_view code, std::string_view text, Values values) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auditship
