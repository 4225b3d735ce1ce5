#include "parsers/auth_log/pam/pam_session.h"

#include <algorithm>
#include <functional>

#include "parsers/auth_log/catalog/pattern_catalog.h"
#include "parsers/auth_log/patterns/affix.h"

namespace auditship::parsers::auth_log::pam {
namespace {

constexpr std::string_view kOpened = "session opened for user ";
constexpr std::string_view kBy = " by ";
constexpr std::string_view kUid = "(uid=";

struct Person {
  std::string_view name, id;
};

// "ann(uid=1000)", "(uid=1000)", "ann".
Person read_person(std::string_view text) {
  const std::size_t open = text.rfind(kUid);
  if (open == std::string_view::npos || !patterns::strip_suffix(text, ")")) {
    return {text, {}};
  }
  return {text.substr(0, open), text.substr(open + kUid.size())};
}

// Nobody logs in as daemon or bin: atd opens the sessions of its jobs as one of them (uid 1 or 2).
bool is_daemon(const Person& caller) {
  constexpr std::size_t kDigits = 1;
  return caller.name.empty() && caller.id.size() == kDigits;
}

enum class Says : std::uint8_t { login, switched, by_daemon, nothing };

// What "USER by CALLER" says by itself.
Says what_it_says(std::string_view message) {
  const std::string_view text = message.substr(kOpened.size());
  const std::size_t by = text.rfind(kBy);
  if (by == std::string_view::npos) {
    return Says::nothing;
  }
  const Person user = read_person(text.substr(0, by));
  const Person caller = read_person(text.substr(by + kBy.size()));
  const bool same = (!user.id.empty() && user.id == caller.id) ||
                    (!caller.name.empty() && caller.name == user.name);
  if (same) {
    return Says::login;
  }
  if (caller.id != "0" && !caller.id.empty()) {
    return is_daemon(caller) ? Says::by_daemon : Says::switched;
  }
  return caller.name.empty() ? Says::login : Says::nothing;
}

}  // namespace

PamSessions::PamSessions()
    : logins_({catalog::pam_session_patterns()}), switches_({catalog::pam_switch_patterns()}) {}

bool PamSessions::switched(std::string_view service, PamService kind, std::string_view message) {
  if (switches_user(kind)) {
    return true;
  }
  const bool opened = patterns::starts_with(message, kOpened);
  const Says says = opened ? what_it_says(message) : Says::nothing;
  if (kind != PamService::unknown) {
    return says == Says::switched;
  }
  const std::uint64_t hash = std::hash<std::string_view>{}(service) | 1U;
  const bool seen =
      std::find(seen_switching_.begin(), seen_switching_.end(), hash) != seen_switching_.end();
  const bool switched = seen || says == Says::switched || says == Says::by_daemon ||
                        (opened && says == Says::nothing);
  if (switched && !seen) {
    seen_switching_[next_++ % seen_switching_.size()] = hash;
  }
  return switched;
}

bool PamSessions::apply(std::string_view service, PamService kind, std::string_view message,
                        patterns::EcsEvent& event) {
  if (!patterns::starts_with(message, "session ")) {
    return false;
  }
  const patterns::PatternTable& table = switched(service, kind, message) ? switches_ : logins_;
  return table.apply(message, event);
}

}  // namespace auditship::parsers::auth_log::pam
