// The release. CMake's project version is the one source of it.
#pragma once

#ifndef AUDITSHIP_VERSION
#error "AUDITSHIP_VERSION comes from CMakeLists.txt"
#endif

namespace auditship {

inline constexpr char kVersion[] = AUDITSHIP_VERSION;

}  // namespace auditship
