// AgentLog: the Logger of the running agent, to standard error.
//
//   text     2026-11-23T10:00:00.000Z warn  buffer-full: buffer is full … stream=kubeaudit hint="…"
//   json     {"time":…,"level":"warn","code":"buffer-full","message":…,"stream":…,"hint":…}
//   journal  <4>warn  buffer-full: … : as text, without the time, which the journal has itself
//
// Of the two ways into the journal, <N> before a line (sd-daemon(3)) is taken and not its native
// protocol: it needs no socket and no limit of datagrams, the service manager keeps the pipe open
// while journald restarts, and a line reads the same in `journalctl`, in a file and on a terminal.
// With json under systemd, <N> stands before the object and journald takes it off.
//
// Warnings and errors say what to do: `hint`, by their code. A warning or error that repeats within
// kRepeatWindow (same level, code, text and values) is counted and said once more as "(repeated N
// times)", when the window ends, before the next other line, or at the end; see log_deduplicator.
// tick() is to be called for that. Control characters in values are escaped: a log line is one
// line. Not thread-safe: the loop thread only.
#pragma once

#include <chrono>
#include <memory>

#include "agent/base/clock.h"
#include "agent/base/logger.h"

namespace auditship::logging {

enum class LogFormat { text, json };

struct LogOptions {
  LogLevel least = LogLevel::info;
  LogFormat format = LogFormat::text;
  // <N> before each line.
  bool journal = false;
};

class AgentLog final : public Logger {
 public:
  static constexpr std::chrono::seconds kRepeatWindow{60};

  explicit AgentLog(const LogOptions& options);
  AgentLog(LogLevel least, LogFormat format) : AgentLog(LogOptions{least, format}) {}
  // Says what is counted.
  ~AgentLog() override;
  AgentLog(const AgentLog&) = delete;
  AgentLog& operator=(const AgentLog&) = delete;
  void write(LogLevel level, std::string_view code, std::string_view text, Values values) override;

  // Says what repeated in windows that have ended. Returns when to call again.
  TimePoint tick(TimePoint now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auditship::logging
