// The io_context inside a Loop, for the other file that uses Asio. Only for loop.cc and
// status_http.cc.
#pragma once

#include <boost/asio/io_context.hpp>

#include "agent/platform/event_loop.h"

namespace auditship::platform {

[[nodiscard]] boost::asio::io_context& context_of(Loop& loop);

}  // namespace auditship::platform
