// pack_file() compresses as the tools of others do: in the codecs of bodies, and in xz and bzip2, which
// the agent only reads. Only codecs that can_unpack() says yes to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/unpacker.h"

namespace auditship::test {

[[nodiscard]] std::string pack_file(Codec codec, std::string_view bytes);
// As pack_file, of an xz file whose reader needs this much memory.
[[nodiscard]] std::string pack_xz_with_dictionary(std::string_view bytes, std::uint32_t size);
// ".gz" and so on; empty for none.
[[nodiscard]] std::string suffix_of(Codec codec);

}  // namespace auditship::test
