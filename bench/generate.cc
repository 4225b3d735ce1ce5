// Writes benchmark input: bench_generate audit BYTES FILE | auth LINES FILE [SEED]
// Says lines and bytes on stdout; fails when nothing could be written.
#include "bench/generate.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

namespace {

struct Written {
  std::uint64_t lines = 0, bytes = 0;
};

template <typename Lines, typename More>
Written write_lines(Lines lines, const std::string& path, More more) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  Written written;
  std::string block;
  while (more(written)) {
    block.clear();
    while (block.size() < (1U << 20U) && more(written)) {
      const std::size_t before = block.size();
      lines.append(block);
      ++written.lines;
      written.bytes += block.size() - before;
    }
    file.write(block.data(), static_cast<std::streamsize>(block.size()));
  }
  file.close();
  if (!file) {
    std::cerr << "bench_generate: cannot write " << path << '\n';
    written.lines = 0;
  }
  return written;
}

}  // namespace

int main(int argc, char** argv) {
  using auditship::bench::AuditLines;
  using auditship::bench::AuthLines;
  const std::string kind = argc > 1 ? argv[1] : "";
  if (argc < 4 || (kind != "audit" && kind != "auth")) {
    std::cerr << "usage: bench_generate audit BYTES FILE [SEED] | bench_generate auth LINES FILE "
                 "[SEED]\n";
    return 2;
  }
  const std::uint64_t amount = std::strtoull(argv[2], nullptr, 10);
  const std::uint64_t seed = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1;
  const Written written = kind == "audit"
                              ? write_lines(AuditLines(seed), argv[3],
                                            [&](const Written& w) { return w.bytes < amount; })
                              : write_lines(AuthLines(seed), argv[3],
                                            [&](const Written& w) { return w.lines < amount; });
  std::cout << written.lines << " lines " << written.bytes << " bytes\n";
  return written.lines > 0 ? 0 : 1;
}
