// HostPool: which of several hosts the next request goes to. Healthy ones in turn; one that failed
// rests for 1 s, then twice as long each time, up to a minute. If all rest, the one that rests
// shortest is tried. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/base/clock.h"

namespace auditship::sinks::http {

class HostPool {
 public:
  // hosts: "https://host:9200", perhaps with a path, at least one; slashes at the end are dropped. The first to be asked
  // is drawn from rng, so that many agents do not all begin with the same.
  HostPool(std::vector<std::string> hosts, Rng& rng);

  // Index of the host to use now.
  [[nodiscard]] std::size_t pick(TimePoint now);
  [[nodiscard]] const std::string& url(std::size_t host) const { return hosts_[host].url; }
  void succeeded(std::size_t host);
  void failed(std::size_t host, TimePoint now);
  // Hosts that do not rest at now.
  [[nodiscard]] std::size_t healthy(TimePoint now) const;
  [[nodiscard]] std::size_t size() const { return hosts_.size(); }

 private:
  struct Host {
    std::string url;
    unsigned failures = 0;  // in a row
    TimePoint rests_until{};
  };
  std::vector<Host> hosts_;
  std::size_t next_ = 0;
};

}  // namespace auditship::sinks::http
