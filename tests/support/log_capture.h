// LogCapture: a Logger that keeps what was said, so that a test can ask for it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/base/logger.h"

namespace auditship::test {

class LogCapture final : public Logger {
 public:
  struct Message {
    LogLevel level;
    std::string code, text;
    std::vector<std::pair<std::string, std::string>> values;

    [[nodiscard]] std::string value(std::string_view key) const {
      for (const auto& [k, v] : values) {
        if (k == key) {
          return v;
        }
      }
      return {};
    }
  };

  void write(LogLevel level, std::string_view code, std::string_view text, Values values) override {
    Message message{level, std::string(code), std::string(text), {}};
    for (const LogValue& v : values) {
      message.values.emplace_back(v.key, v.value);
    }
    messages.push_back(std::move(message));
  }

  [[nodiscard]] std::size_t count(std::string_view code) const {
    std::size_t n = 0;
    for (const Message& m : messages) {
      n += m.code == code ? 1 : 0;
    }
    return n;
  }
  [[nodiscard]] const Message* find(std::string_view code) const {
    for (const Message& m : messages) {
      if (m.code == code) {
        return &m;
      }
    }
    return nullptr;
  }

  std::vector<Message> messages;
};

}  // namespace auditship::test
