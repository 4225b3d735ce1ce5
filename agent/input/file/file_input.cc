#include "agent/input/file/file_input.h"

#include <utility>

#include "agent/base/glob.h"
#include "agent/input/file/file_range.h"
#include "agent/input/file/generations/file_cursor.h"
#include "agent/input/file/host_path.h"
#include "agent/input/file/parking_source.h"

namespace auditship::input::file {

FileInput::FileInput(Fs& fs, const Clock& clock, Logger& log, FileInputOptions options)
    : fs_(fs),
      clock_(clock),
      log_(log),
      options_(std::move(options)),
      discovery_(fs, log, options_.paths),
      scarcity_(std::make_shared<ScarcityNotice>(clock, log)) {}

const std::vector<std::string>& FileInput::scan() {
  const std::vector<std::string>& files = discovery_.scan();
  if (files.size() == paths_.size() + left_out_.size()) {
    return names_;
  }
  other_logs_ = std::make_shared<const std::set<std::string>>(files.begin(), files.end());
  for (const std::string& path : files) {
    const std::string name = host_path(path, options_.host_root);
    const auto [known, fresh] = paths_.emplace(name, path);
    if (!fresh && known->second != path && left_out_.insert(path).second) {
      log_.error("input-ambiguous",
                 "two files are one path to the host, where host_root is left out; the second is "
                 "not read",
                 {{"name", name}, {"first", known->second}, {"second", path}});
    }
  }
  names_.clear();
  for (const auto& [name, path] : paths_) {
    names_.push_back(name);
  }
  return names_;
}

Result<std::unique_ptr<Source>> FileInput::open(const std::string& name,
                                                const std::optional<event::Checkpoint>& resume) {
  std::optional<generations::FileCheckpoint> place;
  if (resume) {
    auto decoded = generations::decode_checkpoint(*resume);
    if (!decoded) {
      return decoded.error();
    }
    place = std::move(*decoded);
  }
  return std::unique_ptr<Source>(
      std::make_unique<ParkingSource>(fs_, clock_, log_, options_of(name), place, scarcity_));
}

Result<std::unique_ptr<RecordReader>> FileInput::open_range(const std::string& name,
                                                            const event::Checkpoint& from,
                                                            const event::Cursor& to) {
  const auto begin = generations::decode_checkpoint(from);
  if (!begin) {
    return begin.error();
  }
  const auto end = generations::decode_position(to);
  if (!end) {
    return end.error();
  }
  return std::unique_ptr<RecordReader>(
      std::make_unique<FileRange>(fs_, clock_, log_, options_of(name), *begin, *end));
}

bool FileInput::can_resume(const event::Checkpoint& checkpoint) const {
  return generations::decode_checkpoint(checkpoint).ok();
}

std::string FileInput::describe(const event::Cursor& position) const {
  return generations::describe_position(position).value_or("unknown");
}

std::vector<std::string> FileInput::watch_directories() const { return discovery_.directories(); }

std::vector<HiddenPlace> FileInput::hidden_places() const {
  std::vector<HiddenPlace> hidden;
  for (const std::string& path : options_.paths) {
    std::string part = hidden_part(fs_, before_wildcard(path));
    if (!part.empty()) {
      hidden.push_back({path, std::move(part)});
    }
  }
  return hidden;
}

// A file that no pattern yields any more lies where it lay.
follow::FileSourceOptions FileInput::options_of(const std::string& name) const {
  follow::FileSourceOptions options = options_.source;
  const auto known = paths_.find(name);
  options.path = known != paths_.end() ? known->second : options_.host_root + name;
  options.name = name;
  const std::vector<std::string> directories = discovery_.directories();
  options.search_directories.insert(options.search_directories.end(), directories.begin(),
                                    directories.end());
  options.other_logs = other_logs_;
  return options;
}

}  // namespace auditship::input::file
