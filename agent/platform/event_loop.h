// Loop: Asio around a step function: timers, signals, inotify, and work posted from other threads.
//
//   Loop loop(log);
//   loop.run([&](TimePoint now) { return agent.step(now); }, [&](int signal) { … });
//
// All callbacks run on the thread that calls run(). Only post() may be called from other threads.
#pragma once

#include <functional>
#include <memory>

#include "agent/base/change_notifier.h"
#include "agent/base/clock.h"
#include "agent/base/executor.h"
#include "agent/base/logger.h"
#include "sinks/sink.h"

namespace boost::asio {
class io_context;
}

namespace auditship::platform {

class Loop {
 public:
  explicit Loop(Logger& log);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs a task on the loop thread, soon. Valid as long as the Loop is.
  [[nodiscard]] Executor post();
  // Makes the next step come at once. Loop thread only.
  void wake();
  // Directories whose change wakes the loop; `hint` is called before that step.
  [[nodiscard]] Wake& watcher();
  void on_change(std::function<void()> hint);

  // Calls step now and then again at the time it says, or earlier when woken, until stop().
  // on_signal gets SIGTERM, SIGINT and SIGHUP. May be called again after it has returned.
  void run(std::function<TimePoint(TimePoint)> step, std::function<void(int)> on_signal);
  void stop();

 private:
  friend boost::asio::io_context& context_of(Loop& loop);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auditship::platform
