// What the parts of one Delivery share. Only for this folder. The Delivery owns it.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>

#include "agent/base/clock.h"
#include "agent/base/logger.h"
#include "agent/delivery/delivery_options.h"
#include "agent/delivery/delivery_reporter.h"
#include "agent/delivery/in_flight/in_flight_table.h"
#include "agent/delivery/policy/send_rate.h"

namespace auditship::delivery {

struct DeliveryContext {
  DeliveryContext(const Clock& the_clock, Rng& rng, Logger& logger, std::function<void()> wake_up,
                  DeliveryOptions the_options)
      : clock(the_clock),
        wake(std::move(wake_up)),
        options(std::move(the_options)),
        rate(rng, options.backoff_first, options.backoff_most),
        reporter(logger, options.stream),
        alive(std::make_shared<bool>(true)) {}

  // Sends the request again later: after a time that grows with its attempts, and after `least`.
  void back_off(in_flight::PendingRequest& request, TimePoint now, event::Verdict verdict,
                Duration least = {}) {
    request.failed = true;
    request.not_before =
        now + std::max(rate.jitter(request.attempts++, verdict == event::Verdict::blocked), least);
  }
  // When nothing waits any more for whatever was wrong, says so.
  void report_recovery_if_over(TimePoint now) {
    if (!batches.any_failed()) {
      reporter.report_recovery(now);
    }
  }
  [[nodiscard]] const sinks::framing::ItemFraming& framing() const { return *options.framing; }

  const Clock& clock;
  std::function<void()> wake;
  DeliveryOptions options;
  policy::SendRate rate;
  DeliveryReporter reporter;
  in_flight::InFlightTable batches;
  // When the server gave any answer last, also a refusal.
  TimePoint answered_at{};
  // When it answered a bulk last of which it took something.
  TimePoint taken_at{};
  // Owners: this and the callbacks under way, which must not touch a dead Delivery.
  std::shared_ptr<bool> alive;
};

}  // namespace auditship::delivery
