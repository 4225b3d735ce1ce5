#include "agent/logging/recent_warnings.h"

#include "agent/base/encoding/json_writer.h"

namespace auditship::logging {

void RecentWarnings::write(LogLevel level, std::string_view code, std::string_view text,
                           Values values) {
  next_.write(level, code, text, values);
  if (level < LogLevel::warn) {
    return;
  }
  text = text.substr(0, utf8_prefix(text, kMaxBytes));
  if (all_.empty() || all_.back().code != code || all_.back().text != text ||
      all_.back().level != level) {
    if (all_.size() == kMost) {
      all_.pop_front();
    }
    Warning& fresh = all_.emplace_back();
    fresh.first_ns = clock_.wall_ns();
    fresh.count = 0;
    fresh.level = level;
    fresh.code = code;
    fresh.text = text;
  }
  Warning& warning = all_.back();
  warning.last_ns = clock_.wall_ns();
  ++warning.count;
  warning.values.clear();
  for (const LogValue& value : values) {
    warning.values += warning.values.empty() ? "" : ", ";
    warning.values += value.key;
    warning.values += '=';
    warning.values += value.value;
  }
  warning.values.resize(utf8_prefix(warning.values, kMaxBytes));
}

}  // namespace auditship::logging
