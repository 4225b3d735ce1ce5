#include "agent/base/version.h"

#ifndef AUDITSHIP_VERSION
#error "AUDITSHIP_VERSION comes from CMakeLists.txt"
#endif

namespace auditship {

const char kVersion[] = AUDITSHIP_VERSION;

}  // namespace auditship
