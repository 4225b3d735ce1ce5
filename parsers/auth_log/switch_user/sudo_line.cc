#include "parsers/auth_log/switch_user/sudo_line.h"

#include <algorithm>
#include <cstddef>
#include <functional>

#include "parsers/auth_log/switch_user/sudo_reason.h"

namespace auditship::parsers::auth_log::switch_user {

namespace {

constexpr std::string_view kSeparator = " ; ";
constexpr std::string_view kUserSeparator = " : ";
// sudo-rs goes on so behind a message that it ended in " [...]".
constexpr std::string_view kGoesOn = "[...] ";
constexpr std::string_view kContinued = "(command continued) ";
constexpr std::string_view kJson = "@cee:";

// The keys in the order in which sudo writes them.
enum Key : std::size_t { host, tty, chroot, pwd, user, group, tsid, env, command, key_count };
constexpr std::array<std::string_view, key_count> kKeys = {
    "HOST=", "TTY=", "CHROOT=", "PWD=", "USER=", "GROUP=", "TSID=", "ENV=", "COMMAND="};

struct SudoText {
  std::string_view user, reason;
  std::array<std::string_view, key_count> value;
  std::string_view exit_code, signal;
  bool has_command = false;
  bool ambiguous = false;
};

// The first " ; KEY=" with one of the keys from `from` to `to`; `which` says which.
std::size_t find_key(std::string_view text, std::size_t from, std::size_t to, std::size_t& which) {
  std::size_t at = text.find(kSeparator);
  while (at != std::string_view::npos) {
    const std::string_view behind = text.substr(at + kSeparator.size());
    for (which = from; which <= to; ++which) {
      if (behind.starts_with(kKeys[which])) {
        return at;
      }
    }
    at = text.find(kSeparator, at + 1);
  }
  return at;
}

// " ; SIGNAL=KILL" or " ; EXIT=137" at the end of a command, as a second record of the same command
// has.
bool take_ending(std::string_view& text, std::string_view key, std::string_view& value) {
  const std::size_t at = text.rfind(kSeparator);
  if (at == std::string_view::npos || !text.substr(at + kSeparator.size()).starts_with(key)) {
    return false;
  }
  const std::string_view found = text.substr(at + kSeparator.size() + key.size());
  const bool plain =
      !found.empty() && found.size() <= 16 && std::all_of(found.begin(), found.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (key[0] == 'S' && c >= 'A' && c <= 'Z') ||
               (key[0] == 'S' && c == '+');
      });
  if (plain) {
    value = found;
    text = text.substr(0, at);
  }
  return plain;
}

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

void take_command(std::string_view rest, SudoText& out) {
  out.has_command = true;
  out.ambiguous = rest.find(" ; COMMAND=") != std::string_view::npos;
  // sudo-rs writes a blank behind a command without arguments.
  const bool no_arguments = rest.find(' ') + 1 == rest.size();
  out.value[command] = no_arguments ? without_blanks_behind(rest) : rest;
}

// What stands behind the reason or behind a value: up to USER=, which is always there, only the
// keys up to it count, so that a directory cannot imitate a command.
std::size_t last_key_behind(std::size_t key) {
  return key < user ? std::size_t{user} : std::size_t{command};
}

// Behind "USER : ". Each value ends where a later key begins: the first COMMAND= behind USER=
// counts.
bool read_fields(std::string_view rest, SudoText& out) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.find("COMMAND=") == std::string_view::npos) {
    const std::size_t last = rest.find_last_not_of(" ;");
    rest = rest.substr(0, last == std::string_view::npos ? 0 : last + 1);
  }
  std::size_t key = 0;
  while (key < key_count && !rest.starts_with(kKeys[key])) {
    ++key;
  }
  if (key == key_count) {
    const std::size_t at = find_key(rest, host, user, key);
    out.reason = rest.substr(0, at);
    if (at == std::string_view::npos) {
      return !out.reason.empty();
    }
    rest.remove_prefix(at + kSeparator.size());
  }
  while (true) {
    rest.remove_prefix(kKeys[key].size());
    if (key == command) {
      take_command(rest, out);
      return true;
    }
    std::size_t next = 0;
    const std::size_t at = find_key(rest, key + 1, last_key_behind(key), next);
    out.value[key] = rest.substr(0, at);
    if (at == std::string_view::npos) {
      return true;
    }
    rest.remove_prefix(at + kSeparator.size());
    key = next;
  }
}

void add_fields(const SudoText& text, patterns::EcsEvent& event) {
  event.user("user.name", text.user);
  event.text("event.reason", text.reason);
  event.user("user.effective.name", text.value[user]);
  event.text("user.effective.group.name", text.value[group]);
  event.tty("session.tty", text.value[tty]);
  event.text("process.working_directory", text.value[pwd]);
  event.text("process.command_line", text.value[command]);
  event.text("sudo.tsid", text.value[tsid]);
  event.text("sudo.env", text.value[env]);
  event.number("process.exit_code", text.exit_code);
  event.text("sudo.signal", text.signal);
  if (text.ambiguous) {
    event.literal("event.ambiguous", "true");
  }
}

}  // namespace

void SudoLineParser::remember(std::string_view message) {
  started_[next_++ % started_.size()] = std::hash<std::string_view>{}(message);
}

bool SudoLineParser::was_started(std::string_view message) const {
  const std::uint64_t hash = std::hash<std::string_view>{}(message);
  return std::find(started_.begin(), started_.end(), hash) != started_.end();
}

bool SudoLineParser::apply(std::string_view message, patterns::EcsEvent& event) {
  if (message.starts_with(kJson)) {
    return apply_json(message.substr(kJson.size()), event);
  }
  return apply_text(message, event);
}

void SudoLineParser::apply_reason(std::string_view reason, patterns::EcsEvent& event) {
  switch (sudo_reason_of(reason)) {
    case SudoReason::warning:
      return event.meaning("sudo-warning", patterns::Outcome::none,
                           patterns::EventClass::command_info);
    case SudoReason::refusal:
      return event.meaning("sudo-command", patterns::Outcome::failure,
                           patterns::EventClass::command_denied);
    case SudoReason::unknown:
      return event.meaning("sudo-command", patterns::Outcome::unknown,
                           patterns::EventClass::command_info);
  }
}

bool SudoLineParser::apply_text(std::string_view message, patterns::EcsEvent& event) {
  if (message.starts_with(kGoesOn)) {
    event.meaning("sudo-command-continued", patterns::Outcome::none,
                  patterns::EventClass::command_info);
    event.text("process.command_line", message.substr(kGoesOn.size()));
    return true;
  }
  const std::size_t colon = message.find(kUserSeparator);
  if (colon == 0 || colon == std::string_view::npos) {
    return false;
  }
  SudoText text;
  text.user = without_blanks_behind(message.substr(0, colon));
  const std::string_view rest = message.substr(colon + kUserSeparator.size());
  if (rest.starts_with(kContinued)) {
    event.meaning("sudo-command-continued", patterns::Outcome::none,
                  patterns::EventClass::command_info);
    event.user("user.name", text.user);
    event.text("process.command_line", rest.substr(kContinued.size()));
    return true;
  }
  if (!read_fields(rest, text)) {
    return false;
  }
  const bool has_fields = text.has_command || !text.value[user].empty() || !text.value[pwd].empty();
  if (!has_fields && text.user.find(' ') != std::string_view::npos) {
    // This is not "USER : REASON", just text with a colon.
    return false;
  }
  // An exit record repeats its command's record. Arguments can imitate its end, so one that repeats
  // nothing is marked. A refused command has no exit.
  bool ended = false;
  if (text.has_command && text.reason.empty()) {
    std::string_view& line = text.value[command];
    ended = take_ending(line, "EXIT=", text.exit_code);
    ended = take_ending(line, "SIGNAL=", text.signal) || ended;
    if (!ended) {
      remember(message);
    } else if (!was_started(message.substr(
                   0, static_cast<std::size_t>(line.data() - message.data()) + line.size()))) {
      text.ambiguous = true;
      // If it was a command after all, its own exit record may follow.
      remember(message);
    }
  }
  if (ended) {
    event.meaning("sudo-exit", patterns::Outcome::none, patterns::EventClass::command_end);
  } else if (text.reason.empty()) {
    event.meaning("sudo-command", patterns::Outcome::success, patterns::EventClass::command_start);
  } else {
    apply_reason(text.reason, event);
  }
  add_fields(text, event);
  return true;
}

}  // namespace auditship::parsers::auth_log::switch_user
