// The io_context inside an EventLoop, for the other file that uses Asio: event_loop.cc and
// http_server.cc only.
#pragma once

#include <boost/asio/io_context.hpp>

#include "agent/platform/event_loop.h"

namespace auditship::platform {

[[nodiscard]] boost::asio::io_context& context_of(EventLoop& loop);

}  // namespace auditship::platform
