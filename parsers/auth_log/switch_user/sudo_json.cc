// sudo with log_format=json: @cee:{"sudo":{"accept":{…}}}.
#include <string>

#include <simdjson.h>

#include "parsers/auth_log/switch_user/sudo_line.h"

namespace auditship::parsers::auth_log::switch_user {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string_view member(const object& from, const char* name) {
  std::string_view value;
  if (from.at_key(name).get(value) != simdjson::SUCCESS) {
    return {};
  }
  return value;
}

// command and runargv[1…], joined with blanks.
void command_line(const object& from, std::string& out) {
  out.assign(member(from, "command"));
  simdjson::dom::array arguments;
  if (from.at_key("runargv").get(arguments) != simdjson::SUCCESS) {
    return;
  }
  bool first = true;
  for (const element argument : arguments) {
    std::string_view text;
    if (!first && argument.get(text) == simdjson::SUCCESS) {
      out += ' ';
      out += text;
    }
    first = false;
  }
}

}  // namespace

struct SudoLineParser::Json {
  // Larger messages are not read.
  simdjson::dom::parser parser{1 << 20};
  std::string line;
};

SudoLineParser::SudoLineParser() = default;
SudoLineParser::~SudoLineParser() = default;

bool SudoLineParser::apply_json(std::string_view json, patterns::EcsEvent& event) {
  if (!json_) {
    json_ = std::make_unique<Json>();
  }
  element document;
  object root, what;
  if (json_->parser.parse(json.data(), json.size(), true).get(document) != simdjson::SUCCESS ||
      document.get(root) != simdjson::SUCCESS ||
      root.at_key("sudo").get(root) != simdjson::SUCCESS) {
    return false;
  }
  struct Kind {
    const char* name;
    std::string_view action;
    patterns::Outcome outcome;
    patterns::EventClass event;
  };
  constexpr Kind kKinds[] = {
      {"accept", "sudo-command", patterns::Outcome::success, patterns::EventClass::command_start},
      {"reject", "sudo-command", patterns::Outcome::failure, patterns::EventClass::command_denied},
      {"alert", "sudo-command", patterns::Outcome::failure, patterns::EventClass::command_denied},
      {"exit", "sudo-exit", patterns::Outcome::none, patterns::EventClass::command_end}};
  for (const Kind& kind : kKinds) {
    if (root.at_key(kind.name).get(what) != simdjson::SUCCESS) {
      continue;
    }
    event::Record& record = event.record();
    const auto kept = [&](const char* name) { return record.keep(member(what, name)); };
    const std::string_view reason = kept("reason");
    if (kind.name == std::string_view("alert")) {
      apply_reason(reason, event);
    } else {
      event.meaning(kind.action, kind.outcome, kind.event);
    }
    event.user("user.name", kept("submituser"));
    event.text("event.reason", reason);
    event.user("user.effective.name", kept("runuser"));
    event.text("user.effective.group.name", kept("rungroup"));
    event.tty("session.tty", kept("ttyname"));
    const std::string_view run_directory = kept("runcwd");
    event.text("process.working_directory",
               run_directory.empty() ? kept("submitcwd") : run_directory);
    command_line(what, json_->line);
    event.text("process.command_line", record.keep(json_->line));
    event.text("sudo.signal", kept("signal"));
    std::uint64_t exit_code = 0;
    if (what.at_key("exit_value").get(exit_code) == simdjson::SUCCESS) {
      event.number("process.exit_code", record.keep(std::to_string(exit_code)));
    }
    return true;
  }
  return false;
}

}  // namespace auditship::parsers::auth_log::switch_user
