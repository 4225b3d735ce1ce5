#include "agent/platform/systemd_notify.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace auditship::platform {
namespace {

// Pings come four times as often as they must, so that a late step or a full queue costs nothing.
constexpr int kPingsInTime = 4;
constexpr long kSendSeconds = 1;  // a manager that does not read must not stop the loop

std::optional<std::int64_t> number_of(const std::optional<std::string>& text) {
  std::int64_t number = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc()) {
    return std::nullopt;
  }
  return number;
}

std::int64_t monotonic_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

// One line of the message; what it holds must not end it.
std::string status_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "STATUS=" + text + "\n";
}

}  // namespace

SystemdNotifier::SystemdNotifier(Logger& log, const Variables& variables) : log_(log) {
  const auto address = variables("NOTIFY_SOCKET");
  if (!address || address->empty()) {
    return;
  }
  connect(*address);
  const auto limit = number_of(variables("WATCHDOG_USEC"));
  const auto whose = number_of(variables("WATCHDOG_PID"));  // not ours if a wrapper started us
  if (socket_ >= 0 && limit && *limit > 0 && (!whose || *whose == ::getpid())) {
    ping_every_ = std::chrono::microseconds(std::max<std::int64_t>(*limit / kPingsInTime, 1));
  }
}

SystemdNotifier::~SystemdNotifier() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

void SystemdNotifier::connect(const std::string& address) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if ((address[0] != '/' && address[0] != '@') || address.size() >= sizeof to.sun_path) {
    log_.warn("notify",
              "NOTIFY_SOCKET is no address of a Unix socket; the service manager is not told",
              {{"address", address}});
    return;
  }
  std::memcpy(to.sun_path, address.data(), address.size());
  if (address[0] == '@') {
    to.sun_path[0] = '\0';
  }
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval limit{kSendSeconds, 0};
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  if (socket_ >= 0 && ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), size) == 0) {
    return;
  }
  log_.warn("notify", "the service manager cannot be told how we are",
            {{"address", address}, {"errno", errno}});
  if (socket_ >= 0) {
    ::close(socket_);
    socket_ = -1;
  }
}

void SystemdNotifier::send(const std::string& message) {
  if (socket_ < 0) {
    return;
  }
  if (::send(socket_, message.data(), message.size(), MSG_NOSIGNAL) < 0 && !failure_logged_) {
    failure_logged_ = true;  // once: it will not get better, and the log must not fill
    log_.warn("notify", "the service manager did not take a message; it may restart us",
              {{"errno", errno}});
  }
}

void SystemdNotifier::ready(const std::string& status) {
  status_ = status;
  send("READY=1\n" + status_line(status));
}

void SystemdNotifier::status(const std::string& text) {
  if (text != status_) {
    status_ = text;
    send(status_line(text));
  }
}

void SystemdNotifier::reloading() {
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us()) + "\n" +
       status_line("reads the rule files again"));
}

void SystemdNotifier::stopping() { send("STOPPING=1\n" + status_line("delivers what was read")); }

TimePoint SystemdNotifier::ping(TimePoint now) {
  if (!ping_every_) {
    return TimePoint::max();
  }
  if (now >= ping_at_) {
    send("WATCHDOG=1\n");
    ping_at_ = now + *ping_every_;
  }
  return ping_at_;
}

}  // namespace auditship::platform
