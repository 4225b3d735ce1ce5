// RuntimeServices: the ports that a pipeline runs on. Disk, clock, chance and log are interfaces, so
// that every schedule can be replayed from a seed.
//
//   Pipeline pipeline({fs, clock, rng, log, [&] { loop.wake(); }}, …);
//
// Everything is borrowed and must outlive whoever holds it. A plain value, copied freely.
#pragma once

#include <functional>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"

namespace auditship::pipeline {

struct RuntimeServices {
  Fs& fs;
  const Clock& clock;
  Rng& rng;
  Logger& log;
  // Asks for a call of step() soon. Called on the loop thread.
  std::function<void()> wake;
};

}  // namespace auditship::pipeline
