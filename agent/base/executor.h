// Executor: runs a function on the thread of the loop, soon, in the order of the calls.
// May be called from any thread; what it is given must not throw.
#pragma once

#include <functional>

namespace auditship {

using Executor = std::function<void(std::function<void()>)>;

}  // namespace auditship
