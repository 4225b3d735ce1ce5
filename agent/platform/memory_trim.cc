#include "agent/platform/memory_trim.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>

namespace auditship::platform {
namespace {

// The pages of one loaded object that only read from its file: nobody can have changed them, so
// what goes comes again as it was.
int forget_constant_pages(dl_phdr_info* object, std::size_t, void*) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0 || segment.p_align < 2) {
      continue;
    }
    const std::uintptr_t page = segment.p_align;  // or a multiple of one
    const std::uintptr_t from = (object->dlpi_addr + segment.p_vaddr + page - 1) / page * page;
    const std::uintptr_t to =
        (object->dlpi_addr + segment.p_vaddr + segment.p_filesz) / page * page;
    if (from < to) {
      // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader tells addresses as numbers
      ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
    }
  }
  return 0;
}

}  // namespace

void trim_memory() {
  ::malloc_trim(0);
  // Under the loader's lock: what another thread loads or unloads meanwhile waits.
  ::dl_iterate_phdr(forget_constant_pages, nullptr);
}

}  // namespace auditship::platform
