#include "agent/app/registered_types.h"

#include "agent/input/registry.h"
#include "parsers/registry.h"
#include "sinks/registry.h"

namespace auditship::app {

config::RegisteredTypes registered_types() {
  return {input::input_types(), parsers::parser_types(), sinks::sink_types()};
}

}  // namespace auditship::app
