// The messages of sudo and of sudo-rs: "USER : [REASON ; ]TTY=… ; PWD=… ; USER=… ; COMMAND=…" with any
// blanks between them, their continuation, and sudo's JSON form behind "@cee:". A reason that is no
// known refusal refuses nothing: its outcome is unknown. Paths and commands are free text; what can
// be read in two ways gets event.ambiguous. Remembers the last commands, to tell a real exit record
// from a command that ends in " ; EXIT=0". Not thread-safe; one a source.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"

namespace auditship::parsers::auth_log::switch_user {

class SudoLineParser {
 public:
  SudoLineParser();
  ~SudoLineParser();
  SudoLineParser(const SudoLineParser&) = delete;
  SudoLineParser& operator=(const SudoLineParser&) = delete;

  // True if message is one of sudo's own; its fields are in event then.
  bool apply(std::string_view message, patterns::EcsEvent& event);

 private:
  struct Json;
  bool apply_text(std::string_view message, patterns::EcsEvent& event);
  bool apply_json(std::string_view json, patterns::EcsEvent& event);
  static void apply_reason(std::string_view reason, patterns::EcsEvent& event);
  void remember(std::string_view message);
  [[nodiscard]] bool was_started(std::string_view message) const;

  std::array<std::uint64_t, 64> started_{};
  std::size_t next_ = 0;
  // Made when the first JSON message comes.
  std::unique_ptr<Json> json_;
};

}  // namespace auditship::parsers::auth_log::switch_user
