#include "parsers/auth_log/ssh_sessions/session_tracker.h"

#include <array>
#include <cstddef>

#include "parsers/auth_log/ssh_sessions/lines/name_table.h"
#include "parsers/auth_log/ssh_sessions/logins/ssh_login.h"
#include "parsers/auth_log/ssh_sessions/session_state_codec.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

// logind's first word after a boot. The catalogue of messages has no action for it.
constexpr std::string_view kSeat = "New seat ";

// Whose rule a line is. One of the two is set.
struct Rule {
  std::string_view action;
  void (LoginLifecycle::*lifecycle)(lines::ObservedLine&) = nullptr;
  void (CommandAttribution::*command)(lines::ObservedLine&) = nullptr;
};

// ssh-key-accepted is not among them: it is also written when a client only asks for a key.
constexpr std::array<Rule, 24> kRules = {{
    {"ssh-login", &LoginLifecycle::on_login},
    {"ssh-disconnect", &LoginLifecycle::on_disconnect},
    {"session-opened", &LoginLifecycle::on_opened},
    {"session-closed", &LoginLifecycle::on_closed},
    {"sudo-command", nullptr, &CommandAttribution::on_command},
    {"sudo-exit", nullptr, &CommandAttribution::on_command_link},
    {"sudo-command-continued", nullptr, &CommandAttribution::on_command_link},
    {"doas", nullptr, &CommandAttribution::on_command},
    {"su", nullptr, &CommandAttribution::on_switch},
    {"pam-auth-failed", nullptr, &CommandAttribution::on_pam_failure},
    {"logind-session-new", &LoginLifecycle::on_logind_new},
    {"logind-session-logged-out", &LoginLifecycle::on_logind_out},
    {"logind-session-removed", &LoginLifecycle::on_logind_removed},
    {"ssh-connection-opened", &LoginLifecycle::on_connection},
    {"ssh-session-started", &LoginLifecycle::on_started},
    {"ssh-session-closed", &LoginLifecycle::on_session_closed},
    {"ssh-child-pid", &LoginLifecycle::on_child},
    {"ssh-transferred", &LoginLifecycle::on_bytes},
    {"ssh-subsystem-requested", &LoginLifecycle::on_subsystem},
    {"ssh-server-listening", &LoginLifecycle::on_listening},
    {"sftp-session-opened", nullptr, &CommandAttribution::on_sftp_opened},
    {"sftp-session-closed", nullptr, &CommandAttribution::on_sftp_closed},
    {"sftp-file", nullptr, &CommandAttribution::on_file},
    {"pkexec", nullptr, &CommandAttribution::on_command},
}};

constexpr lines::NameTable<kRules.size()> kActions([] {
  std::array<std::string_view, kRules.size()> actions;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    actions[i] = kRules[i].action;
  }
  return actions;
}());

const Rule* rule_of(std::string_view action) {
  const std::size_t place = kActions.find(action);
  return place == kActions.size() ? nullptr : &kRules[place];
}

}  // namespace

SessionTracker::SessionTracker(SessionTrackerOptions options)
    : endings_(table_, hosts_),
      lifecycle_(table_, hosts_, endings_,
                 options.start_documents ? StartDocuments::yes : StartDocuments::no),
      commands_(table_, hosts_) {}

bool SessionTracker::applies_to(const event::Record& record) const {
  if (record.time_known && record.time_ns >= endings_.due_ns()) {
    return true;
  }
  std::string_view message;
  for (const event::Field& field : record.fields) {
    if (field.name.size() == 12 && field.name == "event.action") {
      return rule_of(field.value) != nullptr;
    }
    if (field.name.size() == 7 && field.name == "message") {
      message = field.value;
    }
  }
  return message.starts_with(kSeat);
}

void SessionTracker::observe(event::Record& record, std::string_view id, DerivedRecords& out) {
  lines::ObservedLine observed{record, id, out, lines::read_session_line(record)};
  observed.line.time_known = record.time_known;
  if (record.time_known) {
    last_ns_ = record.time_ns;
  }
  observed.line.now_ns = last_ns_;
  endings_.end_due(observed);
  if (observed.line.host.size() <= logins::SshLogin::kMaxText) {
    apply_rule(observed);
  }
  endings_.keep_limits(observed);
  endings_.find_due();
  if (is_empty()) {
    // As after restore(), which gets no state then.
    last_ns_ = 0;
  }
}

void SessionTracker::apply_rule(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  if (line.action.empty()) {
    if (line.message.starts_with(kSeat)) {
      lifecycle_.on_seat(observed);
    }
    return;
  }
  const Rule* const rule = rule_of(line.action);
  if (rule == nullptr) {
    return;
  }
  if (rule->lifecycle != nullptr) {
    (lifecycle_.*rule->lifecycle)(observed);
  } else {
    (commands_.*rule->command)(observed);
  }
}

std::string SessionTracker::state() const {
  return is_empty() ? std::string() : SessionStateCodec::encode(table_, hosts_, last_ns_);
}

std::size_t SessionTracker::state_bytes() const {
  return is_empty() ? 0 : SessionStateCodec::most_bytes(table_, hosts_);
}

bool SessionTracker::restore(std::string_view state) {
  forget_all();
  const bool good = state.empty() || SessionStateCodec::decode(state, table_, hosts_, last_ns_);
  if (!good) {
    forget_all();
  }
  endings_.restart();
  return good;
}

void SessionTracker::forget_all() {
  table_.clear();
  hosts_.clear();
  last_ns_ = 0;
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
