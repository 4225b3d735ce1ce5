#include "parsers/auth_log/sshd_messages.h"

#include <cstddef>

#include "parsers/auth_log/catalog/pattern_catalog.h"
#include "parsers/auth_log/patterns/affix.h"
#include "parsers/ssh_key/fingerprint.h"

namespace auditship::parsers::auth_log {
namespace {

// sshd cuts its text here, after escaping.
constexpr std::size_t kSshdTextBytes = 500;
// From this size on, a message without its right part counts as cut.
constexpr std::size_t kSuspiciousBytes = 490;

// A connection of somebody who gave a user's name and left without having logged in. With a wrong
// key this is all that a server which takes only keys writes at LogLevel INFO. A client that gave no
// name, as a probe of a port, did not fail.
bool failed_to_log_in(const patterns::PatternText& text, const patterns::Match& match) {
  if (text.size() < 2 || text[1].kind != patterns::Placeholder::who) {
    return false;
  }
  const std::string_view who = match.value[1];
  return patterns::starts_with(who, "authenticating") || patterns::starts_with(who, "invalid user");
}

void add_meaning(const patterns::MessagePattern& pattern, const patterns::Match& match,
                 patterns::EcsEvent& event) {
  if (pattern.outcome == patterns::Outcome::none && failed_to_log_in(pattern.text, match)) {
    patterns::MessagePattern failed = pattern;
    failed.outcome = patterns::Outcome::failure;
    failed.event = patterns::EventClass::login_abandoned;
    patterns::add_meaning(failed, event);
    return;
  }
  patterns::add_meaning(pattern, event);
}

}  // namespace

SshdMessages::SshdMessages()
    : sshd_({catalog::sshd_login_patterns(), catalog::sshd_key_patterns(),
             catalog::sshd_certificate_patterns(), catalog::sshd_connection_patterns(),
             catalog::sshd_limit_patterns(), catalog::sshd_session_patterns(),
             catalog::sshd_forwarding_patterns(), catalog::sshd_fault_patterns()}),
      sftp_({catalog::sftp_patterns()}) {}

bool SshdMessages::apply(std::string_view message, patterns::EcsEvent& event) const {
  std::string_view text = message;
  const bool preauth = patterns::strip_suffix(text, " [preauth]");
  const bool postauth = !preauth && patterns::strip_suffix(text, " [postauth]");
  if (!patterns::strip_prefix(text, "error: ")) {
    patterns::strip_prefix(text, "fatal: ");
  }
  if (preauth) {
    event.literal("ssh.preauth", "true");
  }
  patterns::Match match;
  const patterns::MessagePattern* pattern = sshd_.find(text, match);
  // A text of exactly 500 bytes may have been cut behind an address that the name only imitates.
  if (message.size() >= kSuspiciousBytes &&
      (pattern == nullptr ||
       (pattern->text.peer_behind_free_text() && message.size() == kSshdTextBytes))) {
    return apply_cut(text, event);
  }
  if (pattern != nullptr) {
    add_meaning(*pattern, match, event);
    patterns::add_fields(pattern->text, match, pattern->text.size(), event);
    return true;
  }
  return postauth && sftp_.apply(text, event);
}

// The end is missing, and with it the only address that can be trusted. Successful logins are an
// exception: an existing account's name holds no blank, and stands left of what was cut.
bool SshdMessages::apply_cut(std::string_view text, patterns::EcsEvent& event) const {
  static constexpr patterns::PatternText kAccepted =
      "Accepted {method} for {user.name:word} from {peer} ssh2: {text}";
  patterns::Match match;
  std::size_t tokens = 0;
  const patterns::MessagePattern* pattern = sshd_.find_cut(text, match, tokens);
  if (pattern == nullptr) {
    return false;
  }
  event.tag("truncated");
  patterns::add_meaning(*pattern, event);
  if (pattern->outcome == patterns::Outcome::success &&
      patterns::match_pattern(kAccepted, text, patterns::Split::first, match)) {
    patterns::add_fields(kAccepted, match, kAccepted.size() - 1, event);
    const std::string_view key = match.value[kAccepted.size() - 1];
    const std::size_t type_end = key.find(' ');
    const std::string_view rest =
        type_end == std::string_view::npos ? "" : key.substr(type_end + 1);
    const std::string_view fingerprint = rest.substr(0, rest.find(' '));
    if (ssh_key::is_fingerprint(fingerprint)) {
      event.text("ssh.key.type", key.substr(0, type_end));
      event.text("ssh.key.fingerprint", fingerprint);
    }
    return true;
  }
  patterns::add_fields(pattern->text, match, tokens, event);
  return true;
}

}  // namespace auditship::parsers::auth_log
