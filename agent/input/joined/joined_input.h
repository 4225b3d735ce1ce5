// JoinedInput: an input with whole records where another one has them in parts. Everything else is that input's.
//
//   auto input = std::make_unique<joined::JoinedInput>(std::move(files), clock, options);
//
// Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/input/joined/joined_source.h"

namespace auditship::input::joined {

class JoinedInput final : public SourceDiscovery {
 public:
  // clock must outlive it and all that it opens.
  JoinedInput(std::unique_ptr<SourceDiscovery> input, const Clock& clock, JoinOptions options)
      : input_(std::move(input)), clock_(clock), options_(options) {}

  const std::vector<std::string>& scan() override { return input_->scan(); }
  [[nodiscard]] Result<std::unique_ptr<Source>> open(
      const std::string& name, const std::optional<event::Checkpoint>& resume) override;
  [[nodiscard]] Result<std::unique_ptr<RecordReader>> open_range(const std::string& name,
                                                                 const event::Checkpoint& from,
                                                                 const event::Cursor& to) override;
  [[nodiscard]] bool can_resume(const event::Checkpoint& checkpoint) const override {
    return input_->can_resume(checkpoint);
  }
  [[nodiscard]] std::string describe(const event::Cursor& position) const override {
    return input_->describe(position);
  }
  [[nodiscard]] std::vector<std::string> watch_directories() const override {
    return input_->watch_directories();
  }
  [[nodiscard]] std::vector<HiddenPlace> hidden_places() const override {
    return input_->hidden_places();
  }

 private:
  std::unique_ptr<SourceDiscovery> input_;
  const Clock& clock_;
  JoinOptions options_;
};

}  // namespace auditship::input::joined
