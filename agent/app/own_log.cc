#include "agent/app/own_log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "agent/core/json_out.h"

namespace auditship {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

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

}  // namespace

struct OwnLog::State {
  LogFormat format;
  spdlog::logger logger;
};

OwnLog::OwnLog(LogLevel least, LogFormat format)
    : state_(new State{
          format, spdlog::logger("auditship", std::make_shared<spdlog::sinks::stderr_sink_mt>())}) {
  state_->logger.set_level(to_spdlog(least));
  state_->logger.flush_on(spdlog::level::debug);
  state_->logger.set_pattern(format == LogFormat::json ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %v",
                             spdlog::pattern_time_type::utc);
}

OwnLog::~OwnLog() = default;

void OwnLog::write(LogLevel level, std::string_view code, std::string_view text, Values values) {
  if (!state_->logger.should_log(to_spdlog(level))) {
    return;
  }
  std::string line;
  if (state_->format == LogFormat::json) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    line = "{\"time\":\"";
    append_rfc3339(line,
                   std::chrono::duration_cast<std::chrono::milliseconds>(now).count() * 1'000'000);
    line += "\",\"level\":\"";
    line += name_of(level);
    line += "\",\"code\":";
    append_json_string(line, code);
    line += ",\"message\":";
    append_json_string(line, text);
    for (const LogValue& value : values) {
      line.push_back(',');
      append_json_string(line, value.key);
      line.push_back(':');
      append_json_string(line, value.value);
    }
    line.push_back('}');
  } else {
    line = name_of(level);
    line.resize(6, ' ');
    line += code;
    line += ": ";
    append_json_escaped(line, text);
    for (const LogValue& value : values) {
      line.push_back(' ');
      line += value.key;
      line.push_back('=');
      const bool plain =
          !value.value.empty() && value.value.find_first_of(" \"=\\") == std::string::npos;
      if (plain) {
        append_json_escaped(line, value.value);
      } else {
        append_json_string(line, value.value);
      }
    }
  }
  state_->logger.log(to_spdlog(level), "{}", line);
}

}  // namespace auditship
