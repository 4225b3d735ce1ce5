// sudo's own messages: "USER : [REASON ; ]TTY=… ; PWD=… ; USER=… ; COMMAND=…", their continuation,
// and its JSON form behind "@cee:". Paths and commands are free text; what can be read in two ways
// gets event.ambiguous. Remembers the last commands, to tell a real exit record from a command that
// ends in " ; EXIT=0". Not thread-safe; one a source.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"

namespace auditship::parsers::auth_log {

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
  // An alert that stops nothing: the command's own record follows.
  [[nodiscard]] static bool goes_on(std::string_view alert);
  static void apply_refusal(std::string_view reason, bool has_fields, patterns::EcsEvent& event);
  void remember(std::string_view message);
  [[nodiscard]] bool was_started(std::string_view message) const;

  std::array<std::uint64_t, 64> started_{};
  std::size_t next_ = 0;
  // Made when the first JSON message comes.
  std::unique_ptr<Json> json_;
};

}  // namespace auditship::parsers::auth_log
