#include "agent/input/joined/joined_input.h"

#include <utility>

namespace auditship::input::joined {

Result<std::unique_ptr<Source>> JoinedInput::open(const std::string& name,
                                                  const std::optional<event::Checkpoint>& resume) {
  auto log = input_->open(name, resume);
  if (!log) {
    return log;
  }
  return std::unique_ptr<Source>(std::make_unique<JoinedSource>(std::move(*log), clock_, options_));
}

Result<std::unique_ptr<RecordReader>> JoinedInput::open_range(const std::string& name,
                                                              const event::Checkpoint& from,
                                                              const event::Cursor& to) {
  auto range = input_->open_range(name, from, to);
  if (!range) {
    return range;
  }
  return std::unique_ptr<RecordReader>(
      std::make_unique<JoinedRange>(std::move(*range), options_.line_max_bytes));
}

}  // namespace auditship::input::joined
