#include "sinks/http/host_pool.h"

#include <algorithm>
#include <utility>

#include "agent/base/result.h"

namespace auditship::sinks::http {

HostPool::HostPool(std::vector<std::string> hosts, Rng& rng) {
  AUDITSHIP_CHECK(!hosts.empty(), "an OpenSearch sink needs at least one host");
  for (std::string& url : hosts) {
    while (!url.empty() && url.back() == '/') {
      url.pop_back();
    }
    hosts_.push_back(Host{std::move(url)});
  }
  next_ = static_cast<std::size_t>(rng.next() % hosts_.size());
}

std::size_t HostPool::pick(TimePoint now) {
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const std::size_t host = (next_ + i) % hosts_.size();
    if (hosts_[host].rests_until <= now) {
      next_ = (host + 1) % hosts_.size();
      return host;
    }
  }
  const auto shortest =
      std::min_element(hosts_.begin(), hosts_.end(),
                       [](const Host& a, const Host& b) { return a.rests_until < b.rests_until; });
  return static_cast<std::size_t>(shortest - hosts_.begin());
}

void HostPool::succeeded(std::size_t host) {
  hosts_[host].failures = 0;
  hosts_[host].rests_until = {};
}

void HostPool::failed(std::size_t host, TimePoint now) {
  constexpr unsigned kMostDoublings = 6;
  const std::chrono::seconds rest{1U << std::min(hosts_[host].failures, kMostDoublings)};
  ++hosts_[host].failures;
  hosts_[host].rests_until = now + std::min(rest, std::chrono::seconds(60));
}

std::size_t HostPool::healthy(TimePoint now) const {
  return static_cast<std::size_t>(std::count_if(
      hosts_.begin(), hosts_.end(), [now](const Host& host) { return host.rests_until <= now; }));
}

}  // namespace auditship::sinks::http
