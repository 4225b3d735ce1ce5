#include "parsers/auth_log/switch_user/doas_line.h"

#include <cstddef>

#include "parsers/auth_log/catalog/pattern_catalog.h"

namespace auditship::parsers::auth_log::switch_user {
namespace {

constexpr std::string_view kRan = " ran command ";
constexpr std::string_view kAs = " as ";
constexpr std::string_view kFrom = " from ";

// One way to read the text behind " ran command ".
struct Reading {
  std::string_view command, target, directory;
};

// The next " as USER from " at or behind `at`, which is moved to it; npos where there is none.
Reading next_reading(std::string_view text, std::size_t& at) {
  for (at = text.find(kAs, at); at != std::string_view::npos; at = text.find(kAs, at + 1)) {
    const std::string_view behind = text.substr(at + kAs.size());
    const std::size_t blank = behind.find(' ');
    if (blank != 0 && blank != std::string_view::npos && behind.substr(blank).starts_with(kFrom)) {
      return {text.substr(0, at), behind.substr(0, blank), behind.substr(blank + kFrom.size())};
    }
  }
  return {};
}

}  // namespace

DoasLineParser::DoasLineParser() : others_({catalog::doas_patterns()}) {}

bool DoasLineParser::apply(std::string_view message, patterns::EcsEvent& event) const {
  const std::size_t ran = message.find(kRan);
  if (ran == 0 || ran == std::string_view::npos ||
      message.substr(0, ran).find(' ') != std::string_view::npos) {
    return others_.apply(message, event);
  }
  const std::string_view text = message.substr(ran + kRan.size());
  std::size_t at = 0;
  Reading reading = next_reading(text, at);
  if (at == std::string_view::npos) {
    return others_.apply(message, event);
  }
  bool ambiguous = false;
  bool agree = true;
  for (++at;; ++at) {
    const Reading other = next_reading(text, at);
    if (at == std::string_view::npos) {
      break;
    }
    ambiguous = true;
    agree = agree && other.target == reading.target;
    // Nothing of the command is left out.
    reading.command = other.command;
  }
  event.meaning("doas", patterns::Outcome::success, patterns::EventClass::command_start);
  event.user("user.name", message.substr(0, ran));
  event.text("process.command_line", reading.command);
  if (agree) {
    event.user("user.effective.name", reading.target);
  }
  if (ambiguous) {
    event.literal("event.ambiguous", "true");
  } else {
    event.text("process.working_directory", reading.directory);
  }
  return true;
}

}  // namespace auditship::parsers::auth_log::switch_user
