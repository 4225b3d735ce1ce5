#include "agent/platform/event_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <optional>
#include <sys/inotify.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/base/executor.h"
#include "agent/platform/event_loop_internal.h"

namespace auditship::platform {

namespace asio = boost::asio;
using boost::system::error_code;

// Inotify on directories: a file that is written, made, renamed or removed there wakes the loop.
class InotifyNotifier final : public ChangeNotifier {
 public:
  InotifyNotifier(asio::io_context& context, Logger& log, std::function<void()> changed)
      : log_(log), changed_(std::move(changed)), stream_(context) {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) {
      log_.warn("inotify", "inotify is not available; log files are polled", {{"errno", errno}});
      return;
    }
    stream_.assign(fd);
    read();
  }

  void watch(const std::vector<std::string>& directories) override {
    if (!stream_.is_open()) {
      return;
    }
    for (auto it = watches_.begin(); it != watches_.end();) {
      if (std::find(directories.begin(), directories.end(), it->first) == directories.end()) {
        ::inotify_rm_watch(stream_.native_handle(), it->second);
        it = watches_.erase(it);
      } else {
        ++it;
      }
    }
    // Added anew each time: a directory may have been replaced by another one of the same name.
    for (const std::string& directory : directories) {
      const int id = ::inotify_add_watch(
          stream_.native_handle(), directory.c_str(),
          IN_MODIFY | IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR);
      if (id >= 0) {
        watches_[directory] = id;
      }
    }
  }

 private:
  void read() {
    stream_.async_read_some(asio::buffer(events_), [this](const error_code& error, std::size_t) {
      if (error) {
        return;  // closed, or a queue that polling makes up for
      }
      changed_();
      read();
    });
  }

  Logger& log_;
  std::function<void()> changed_;
  asio::posix::stream_descriptor stream_;
  std::map<std::string, int> watches_;
  std::array<char, 16 * 1024> events_{};
};

struct EventLoop::State {
  explicit State(Logger& log)
      : timer(context),
        change_timer(context),
        signals(context, SIGTERM, SIGINT, SIGHUP),
        notifier(context, log, [this] { changed(); }) {}

  // Wakes for file changes are held together for a moment: a busy log file would otherwise wake us
  // for every line.
  void changed() {
    if (change_pending) {
      return;
    }
    change_pending = true;
    change_timer.expires_after(std::chrono::milliseconds(100));
    change_timer.async_wait([this](const error_code& error) {
      change_pending = false;
      if (!error) {
        if (on_change) {
          on_change();
        }
        step_now();
      }
    });
  }

  void step_now() {
    if (stepping || queued) {
      queued = true;
      return;
    }
    queued = true;
    asio::post(context, [this] { run_step(); });
  }

  void run_step() {
    if (stopped) {
      return;
    }
    queued = false;
    stepping = true;
    const TimePoint next = step(std::chrono::steady_clock::now());
    stepping = false;
    if (stopped) {
      return;
    }
    if (queued) {
      asio::post(context, [this] { run_step(); });
      return;
    }
    if (next <= std::chrono::steady_clock::now()) {
      queued = true;
      asio::post(context, [this] { run_step(); });
      return;
    }
    timer.expires_at(next);
    timer.async_wait([this](const error_code& error) {
      if (!error) {
        step_now();
      }
    });
  }

  void wait_signal() {
    signals.async_wait([this](const error_code& error, int number) {
      if (error) {
        return;
      }
      on_signal(number);
      step_now();
      wait_signal();
    });
  }

  asio::io_context context{1};
  asio::steady_timer timer, change_timer;
  asio::signal_set signals;
  std::function<TimePoint(TimePoint)> step;
  std::function<void(int)> on_signal;
  std::function<void()> on_change;
  bool stepping = false, queued = false, stopped = false, change_pending = false;
  InotifyNotifier notifier;
};

boost::asio::io_context& context_of(EventLoop& loop) { return loop.state_->context; }

EventLoop::EventLoop(Logger& log) : state_(std::make_unique<State>(log)) {}
EventLoop::~EventLoop() = default;

Executor EventLoop::post() {
  return [context = &state_->context](std::function<void()> task) {
    asio::post(*context, std::move(task));
  };
}

void EventLoop::wake() { state_->step_now(); }
ChangeNotifier& EventLoop::change_notifier() { return state_->notifier; }
void EventLoop::on_change(std::function<void()> callback) {
  state_->on_change = std::move(callback);
}

void EventLoop::run(std::function<TimePoint(TimePoint)> step, std::function<void(int)> on_signal) {
  state_->step = std::move(step);
  state_->on_signal = std::move(on_signal);
  state_->stopped = state_->queued = false;
  state_->context.restart();
  state_->wait_signal();
  state_->step_now();
  const auto work = asio::make_work_guard(state_->context);
  state_->context.run();
  boost::system::error_code ignored;  // nothing to cancel is fine
  state_->signals.cancel(ignored);
}

void EventLoop::stop() {
  state_->stopped = true;
  state_->context.stop();
}

}  // namespace auditship::platform
