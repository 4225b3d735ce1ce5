// SystemdNotifier tells the service manager how we are: sd_notify's datagrams to $NOTIFY_SOCKET,
// without libsystemd. Does nothing where nobody listens; a failure is logged once.
//
//   SystemdNotifier notifier(log, system_environment);
//   notifier.ready("ships kubeaudit");
//   // In each step of the loop: the manager kills a process whose loop is stuck.
//   next = std::min(next, notifier.ping(now));
//
// EventLoop thread only. The logger must outlive it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/logger.h"

namespace auditship::platform {

class SystemdNotifier {
 public:
  using Variables = std::function<std::optional<std::string>(const std::string& name)>;

  // Reads NOTIFY_SOCKET (a path, or @NAME for an abstract socket), WATCHDOG_USEC, WATCHDOG_PID.
  SystemdNotifier(Logger& log, const Variables& variables);
  ~SystemdNotifier();
  SystemdNotifier(const SystemdNotifier&) = delete;
  SystemdNotifier& operator=(const SystemdNotifier&) = delete;

  void ready(const std::string& status);
  // Sent when it differs from what was sent last.
  void status(const std::string& text);
  // ready() ends it.
  void reloading();
  void stopping();
  // Tells the watchdog that we live, when it is time to. Returns when to be called again.
  TimePoint ping(TimePoint now);

 private:
  void connect(const std::string& address);
  void send(const std::string& message);

  Logger& log_;
  int socket_ = -1;
  std::optional<std::chrono::microseconds> ping_every_;
  TimePoint ping_at_{};
  std::string status_;
  bool failure_logged_ = false;
};

}  // namespace auditship::platform
