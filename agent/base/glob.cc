#include "agent/base/glob.h"

#include <algorithm>
#include <optional>

namespace auditship {
namespace {

// Whether c is in the set that pattern[0] == '[' begins; used: how long the set is. nullopt: no
// set, a literal '['.
std::optional<bool> match_set(std::string_view pattern, char c, std::size_t& used) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  at += negated ? 1 : 0;
  bool found = false;
  for (std::size_t first = at; at < pattern.size(); ++at) {
    if (pattern[at] == ']' && at != first) {
      used = at + 1;
      return found != negated;
    }
    if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
      found = found || (pattern[at] <= c && c <= pattern[at + 2]);
      at += 2;
    } else {
      found = found || pattern[at] == c;
    }
  }
  return std::nullopt;
}

bool match_one(std::string_view pattern, char c, GlobSets sets, std::size_t& used) {
  used = 1;
  if (pattern[0] == '?') {
    return true;
  }
  if (pattern[0] == '[' && sets == GlobSets::known) {
    if (const auto in_set = match_set(pattern, c, used)) {
      return *in_set;
    }
  }
  return pattern[0] == c;
}

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) {
      parts.push_back(path.substr(0, slash));
    }
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

// The directory that a path stands for; an empty one stands for where we are.
std::string directory_named(const std::string& path) { return path.empty() ? "." : path; }

// Adds to paths, up to max_paths, what in directory matches pattern. False: the directory is there
// and cannot be listed.
bool add_matches(Fs& fs, const std::string& directory, std::string_view pattern,
                 std::size_t max_paths, std::vector<std::string>& paths) {
  auto names = fs.list(directory_named(directory));
  if (!names) {
    return names.error().code == Errc::not_found;
  }
  std::sort(names->begin(), names->end());
  for (const std::string& name : *names) {
    if (paths.size() < max_paths && path_glob_match(pattern, name)) {
      paths.push_back(join_path(directory, name));
    }
  }
  return true;
}

}  // namespace

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?[") != std::string_view::npos;
}

std::string before_wildcard(std::string_view pattern) {
  return std::string(pattern.substr(0, pattern.find_first_of("*?[")));
}

bool glob_match(std::string_view pattern, std::string_view text, GlobSets sets) {
  // One remembered star is enough: a later star never needs an earlier one to give way.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    std::size_t used = 1;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && match_one(pattern.substr(p), text[t], sets, used)) {
      p += used;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

bool path_glob_match(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) {
    return false;
  }
  return glob_match(pattern, name, GlobSets::known);
}

std::vector<std::string> expand_glob(Fs& fs, const std::string& pattern, std::size_t max_paths,
                                     std::vector<std::string>& searched,
                                     std::vector<std::string>& unreadable) {
  std::vector<std::string> paths{pattern.starts_with('/') ? "/" : ""};
  const auto parts = components(pattern);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    const bool wild = has_wildcard(parts[i]);
    std::vector<std::string> next;
    for (const std::string& path : paths) {
      if (wild || last) {
        searched.push_back(directory_named(path));
      }
      if (!wild) {
        next.push_back(join_path(path, parts[i]));
      } else if (!add_matches(fs, path, parts[i], max_paths, next)) {
        unreadable.push_back(path);
      }
    }
    paths = std::move(next);
  }
  std::erase_if(paths, [&fs](const std::string& path) { return !fs.stat(path).ok(); });
  return paths;
}

}  // namespace auditship
