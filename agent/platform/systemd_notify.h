// Tells the service manager how we are: sd_notify's datagrams to $NOTIFY_SOCKET, without
// libsystemd. Does nothing where nobody listens.
//
//   Notifier notifier(log, system_environment);
//   notifier.ready("ships kubeaudit");
//   next = std::min(next, notifier.ping(now));   // in each step of the loop: a stuck loop is
//   killed
//
// Loop thread only. The logger must outlive it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/logger.h"

namespace auditship::platform {

class Notifier {
 public:
  using Variables = std::function<std::optional<std::string>(const std::string& name)>;

  // Reads NOTIFY_SOCKET (a path, or @NAME for an abstract socket), WATCHDOG_USEC, WATCHDOG_PID.
  Notifier(Logger& log, const Variables& variables);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  void ready(const std::string& status);
  void status(const std::string& text);  // sent when it differs from what was sent last
  void reloading();                      // ready() ends it
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
  bool told_ = false;
};

}  // namespace auditship::platform
