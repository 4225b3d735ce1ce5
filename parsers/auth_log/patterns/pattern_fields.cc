// What a matched placeholder means: the fields of a Match.
#include "agent/base/net/ip_address.h"
#include "parsers/auth_log/patterns/affix.h"
#include "parsers/auth_log/patterns/endpoint.h"
#include "parsers/auth_log/patterns/pattern_match.h"
#include "parsers/ssh_key/fingerprint.h"

namespace auditship::parsers::auth_log::patterns {
namespace {

constexpr std::string_view kPort = " port ";
constexpr std::string_view kUnknown = "UNKNOWN";
constexpr std::string_view kInvalidUser = "invalid user ";
constexpr std::string_view kIllegalUser = "illegal user ";

void add_peer(std::string_view peer, EcsEvent& event) {
  const std::size_t at = peer.rfind(kPort);
  const std::string_view address = peer.substr(0, at);
  if (address == kUnknown) {
    return;
  }
  event.ip("source.ip", address);
  if (at != std::string_view::npos) {
    event.port("source.port", peer.substr(at + kPort.size()));
  }
}

void add_login(std::string_view value, EcsEvent& event) {
  if (starts_with(value, kInvalidUser) || starts_with(value, kIllegalUser)) {
    event.literal("ssh.invalid_user", "true");
    value.remove_prefix(kInvalidUser.size());
  }
  event.user("user.name", value);
}

void add_who(std::string_view value, EcsEvent& event) {
  if (value.empty()) {
    return;
  }
  value.remove_suffix(1);
  if (starts_with(value, kInvalidUser)) {
    event.literal("ssh.invalid_user", "true");
  }
  // "user " stands in the fixed part; "user" alone is an empty name.
  const std::size_t at = value.find("user ");
  if (at != std::string_view::npos) {
    event.user("user.name", value.substr(at + 5));
  } else if (starts_with(value, "invalid user")) {
    event.literal("ssh.invalid_user", "true");
  }
}

// What stands behind " ssh2: ": a key, a Kerberos principal, or a detail of another kind.
void add_key(std::string_view value, std::string_view method, EcsEvent& event) {
  if (value.empty()) {
    return;
  }
  const ssh_key::SshKeyText key = ssh_key::read_ssh_key(value);
  if (!key.valid) {
    if (starts_with(method, "gssapi")) {
      event.user("user.kerberos.principal", value);
    } else {
      event.text("ssh.auth.details", value);
    }
    return;
  }
  event.text("ssh.key.type", key.type);
  event.text("ssh.key.fingerprint", key.fingerprint);
  event.text("ssh.cert.id", key.cert_id);
  event.text("ssh.cert.serial", key.cert_serial);
  event.text("ssh.cert.ca.type", key.ca_type);
  event.text("ssh.cert.ca.fingerprint", key.ca_fingerprint);
  event.text("ssh.auth.details", key.details);
}

void add_endpoint(std::string_view value, EcsEvent& event) {
  const Endpoint endpoint = read_endpoint(value);
  event.ip("source.ip", endpoint.address);
  event.port("source.port", endpoint.port);
}

// Of a pattern with a key; empty where it has none.
std::string_view method_of(const PatternText& pattern, const Match& match) {
  return pattern.size() > 1 && pattern[1].kind == Placeholder::method ? match.value[1]
                                                                      : std::string_view();
}

void add_network(std::string_view value, EcsEvent& event) {
  const std::size_t slash = value.find('/');
  const std::string_view length = slash == std::string_view::npos ? "" : value.substr(slash + 1);
  const std::string_view address = value.substr(0, slash);
  if (length.empty() || (length == "32" && is_ipv4(address)) ||
      (length == "128" && is_ipv6(address))) {
    event.ip("source.ip", address);
  }
}

void add_method(std::string_view value, EcsEvent& event) {
  const std::size_t slash = value.find('/');
  event.text("ssh.auth.method", value.substr(0, slash));
  if (slash != std::string_view::npos) {
    event.text("ssh.auth.submethod", value.substr(slash + 1));
  }
}

void add_field(const Token& token, std::string_view value, EcsEvent& event) {
  // pam_warn writes this for what is not set.
  if (value == "<unknown>") {
    return;
  }
  switch (token.kind) {
    case Placeholder::literal:
      return;
    case Placeholder::number:
      event.number(token.text, value);
      return;
    case Placeholder::decimal:
      return event.literal(token.text, value);
    case Placeholder::port:
      return event.port(token.text, value);
    case Placeholder::ip:
      return event.ip(token.text, value);
    case Placeholder::host:
      return event.host(value);
    case Placeholder::tty:
      return event.tty(token.text, value);
    case Placeholder::network:
      return add_network(value, event);
    case Placeholder::method:
      return add_method(value, event);
    case Placeholder::peer:
    case Placeholder::peer_or_ip:
      return add_peer(value, event);
    case Placeholder::who:
      return add_who(value, event);
    case Placeholder::login:
      return add_login(value, event);
    case Placeholder::endpoint:
      return add_endpoint(value, event);
    case Placeholder::key:
      // Needs the method, too: add_fields().
      return;
    case Placeholder::text:
    case Placeholder::word:
    case Placeholder::word0:
    case Placeholder::account:
    case Placeholder::digits:
      if (token.names_user) {
        event.user(token.text, value);
      } else if (token.text == "source.address") {
        event.source_address(value);
      } else if (token.text != "_") {
        event.text(token.text, value);
      }
      return;
  }
}

}  // namespace

void add_fields(const PatternText& pattern, const Match& match, std::size_t tokens,
                EcsEvent& event) {
  for (std::size_t i = 0; i < tokens; ++i) {
    if (pattern[i].kind == Placeholder::key) {
      add_key(match.value[i], method_of(pattern, match), event);
    } else {
      add_field(pattern[i], match.value[i], event);
    }
  }
}

void add_meaning(const MessagePattern& pattern, EcsEvent& event) {
  event.meaning(pattern.action, pattern.outcome, pattern.event);
  for (const Constant& constant : pattern.fixed) {
    if (constant.type == event::FieldType::literal) {
      event.literal(constant.name, constant.value);
    } else if (constant.name == "user.name") {
      event.user(constant.name, constant.value);
    } else if (!constant.name.empty()) {
      event.text(constant.name, constant.value);
    }
  }
}

}  // namespace auditship::parsers::auth_log::patterns
