// Compiled, not run: a warning whose code has a row, and one whose code the compiler must refuse.
// See tests/unit.cmake.
#include "agent/base/logger.h"

void warn(auditship::Logger& log) { log.warn(AUDITSHIP_TEST_CODE, "words"); }
