// ChangeNotifier: the port that says "something may have changed". It saves waiting and is never the
// truth: whoever uses it must be right without it (polling decides), with notifications lost, late or
// for nothing.
//
//   notifier.watch({"/var/log"});
//
// Loop thread only.
#pragma once

#include <string>
#include <vector>

namespace auditship {

class ChangeNotifier {
 public:
  ChangeNotifier() = default;
  ChangeNotifier(const ChangeNotifier&) = delete;
  ChangeNotifier& operator=(const ChangeNotifier&) = delete;
  virtual ~ChangeNotifier() = default;

  // Watches these directories from now on, in place of those of the last call. One that does not
  // exist or cannot be watched is left to polling.
  virtual void watch(const std::vector<std::string>& directories) = 0;
};

}  // namespace auditship
