// Wake: "something may have changed". A hint that saves waiting; never the truth. Whoever uses it
// must be right without it (polling decides), with events lost, late or for nothing.
#pragma once

#include <string>
#include <vector>

namespace auditship {

class Wake {
 public:
  Wake() = default;
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  virtual ~Wake() = default;

  // Watches these directories from now on, in place of those of the last call. One that does not
  // exist or cannot be watched is left to polling.
  virtual void watch(const std::vector<std::string>& directories) = 0;
};

}  // namespace auditship
