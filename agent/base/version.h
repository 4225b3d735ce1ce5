// The release. CMake's project version is the one source of it.
#pragma once

namespace auditship {

extern const char kVersion[];

}  // namespace auditship
