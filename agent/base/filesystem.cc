#include "agent/base/filesystem.h"

#include <algorithm>

namespace auditship {

Result<std::string> Fs::read_file(const std::string& path, std::size_t max_bytes) {
  auto file = open(path, OpenMode::read);
  if (!file) {
    return file.error();
  }
  std::string bytes;
  while (true) {
    const std::size_t had = bytes.size();
    const std::size_t want = std::min<std::size_t>(64 * 1024, max_bytes + 1 - had);
    bytes.resize(had + want);
    auto got = (*file)->read_at(had, bytes.data() + had, want);
    if (!got) {
      return got.error().in(path);
    }
    bytes.resize(had + *got);
    if (bytes.size() > max_bytes) {
      return Error{Errc::corrupt, path + ": longer than " + std::to_string(max_bytes) + " bytes"};
    }
    if (*got < want) {
      return bytes;
    }
  }
}

Status Fs::replace_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  (void)remove(temporary);  // left over from a crash, or not there: both fine
  auto file = open(temporary, OpenMode::create);
  if (!file) {
    return file.error();
  }
  if (auto s = (*file)->write_at(0, bytes); !s) {
    return s.error().in(temporary);
  }
  if (auto s = (*file)->sync(); !s) {
    return s.error().in(temporary);
  }
  if (auto s = rename(temporary, path); !s) {
    return s;
  }
  return sync_dir(directory_of(path));
}

std::string join_path(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && path.back() != '/') {
    path.push_back('/');
  }
  path.append(name);
  return path;
}

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    return ".";
  }
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string_view file_name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string hidden_part(Fs& fs, std::string_view path) {
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = path.find('/', end + 1);
    const auto stat = fs.stat(std::string(path.substr(0, end)));
    if (!stat || stat->no_permissions) {
      return stat ? std::string(path.substr(0, end)) : std::string();
    }
  }
  return {};
}

}  // namespace auditship
