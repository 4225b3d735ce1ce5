#include "agent/app/give_back.h"

#include <charconv>
#include <malloc.h>
#include <string>
#include <string_view>
#include <sys/mman.h>

namespace auditship {
namespace {

constexpr std::size_t kMaxFile = 4 << 20;

// One mapping of /proc/self/smaps: "from-to rwxp offset dev inode path", then "Name: value" lines.
struct Mapping {
  std::uintptr_t from = 0, to = 0;
  bool writable = true, of_file = false;
};

std::string_view next_word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t end = std::min(line.find(' ', begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

Mapping mapping_of(std::string_view line) {
  Mapping mapping;
  const std::string_view range = next_word(line);
  const std::string_view rights = next_word(line);
  const std::size_t dash = range.find('-');
  const char* const end = range.data() + range.size();
  if (dash == std::string_view::npos || rights.size() != 4 ||
      std::from_chars(range.data(), range.data() + dash, mapping.from, 16).ec != std::errc() ||
      std::from_chars(range.data() + dash + 1, end, mapping.to, 16).ec != std::errc()) {
    return {};
  }
  (void)next_word(line);
  (void)next_word(line);
  mapping.of_file = next_word(line) != "0";
  mapping.writable = rights[1] != '-' || rights[3] != 'p';
  return mapping;
}

}  // namespace

Status give_back_memory(Fs& fs) {
  ::malloc_trim(0);
  auto smaps = fs.read_file("/proc/self/smaps", kMaxFile);
  if (!smaps) {
    return smaps.error();
  }
  Mapping mapping;
  for (std::string_view rest = *smaps; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::string_view name = line.substr(0, line.find(' '));
    if (!name.ends_with(':')) {
      mapping = mapping_of(line);
    } else if (name == "Anonymous:") {
      next_word(line);
      // None of its pages differs from the file, and none can: what goes comes again as it was.
      if (mapping.of_file && !mapping.writable && next_word(line) == "0") {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): an address that came as text
        ::madvise(reinterpret_cast<void*>(mapping.from), mapping.to - mapping.from, MADV_DONTNEED);
      }
    }
  }
  return {};
}

}  // namespace auditship
