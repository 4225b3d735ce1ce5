// EventLoop: Asio around a step function: timers, signals, inotify, and work posted from other
// threads.
//
//   EventLoop loop(log);
//   loop.run([&](TimePoint now) { return agent.step(now); }, [&](int signal) { … });
//
// All callbacks run on the thread that calls run(). Only the Executor of post() may be called from
// other threads. log must outlive it.
#pragma once

#include <functional>
#include <memory>

#include "agent/base/change_notifier.h"
#include "agent/base/clock.h"
#include "agent/base/executor.h"
#include "agent/base/logger.h"

namespace boost::asio {
class io_context;
}

namespace auditship::platform {

class EventLoop {
 public:
  explicit EventLoop(Logger& log);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs a task on the loop thread, soon. Valid as long as the EventLoop is.
  [[nodiscard]] Executor post();
  // Makes the next step come at once. Loop thread only.
  void wake();
  // Its directories' changes make the next step come, at most every 100 ms; on_change is called
  // before that step.
  [[nodiscard]] ChangeNotifier& change_notifier();
  void on_change(std::function<void()> callback);

  // Calls step now and then again at the time it says, or earlier when woken, until stop().
  // on_signal gets SIGTERM, SIGINT and SIGHUP. May be called again after it has returned.
  void run(std::function<TimePoint(TimePoint)> step, std::function<void(int)> on_signal);
  void stop();

 private:
  friend boost::asio::io_context& context_of(EventLoop& loop);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auditship::platform
