#include "agent/yaml/read_context.h"

#include <algorithm>
#include <utility>

namespace auditship::yaml {
namespace {

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(std::move(text));
  }
}

}  // namespace

void ReadContext::warn(std::string text) { add_once(warnings, std::move(text)); }

void ReadContext::miss(std::string text) { add_once(missing, std::move(text)); }

std::string ReadContext::resolve(std::string_view name) const {
  if (name.starts_with('/')) {
    return std::string(name);
  }
  const std::string directory = directory_of(file);
  return directory.empty() ? std::string(name) : join_path(directory, name);
}

std::optional<std::string> ReadContext::unreadable(const std::string& path) const {
  const auto stat = fs.stat(path);
  if (!stat) {
    return "file " + path + ": " + stat.error().message;
  }
  if (!stat->is_regular) {
    return "file " + path + " is not a regular file";
  }
  if (auto opened = fs.open(path, OpenMode::read); !opened) {
    return "file " + path + ": " + opened.error().message;
  }
  return std::nullopt;
}

}  // namespace auditship::yaml
