#include "parsers/auth_log/kdc/kdc_line.h"

#include <algorithm>
#include <cstddef>

#include "agent/base/net/ip_address.h"
#include "parsers/auth_log/patterns/affix.h"

namespace auditship::parsers::auth_log::kdc {
namespace {

using patterns::EcsEvent;
using patterns::EventClass;
using patterns::Outcome;
using patterns::strip_prefix;

constexpr std::string_view kFor = " for ";
constexpr std::string_view kComma = ", ";
constexpr std::string_view kUnknownClient = "<unknown client>";

// Takes what stands in front of `mark` off the text, and the mark; false where there is none.
bool take_until(std::string_view& text, std::string_view mark, std::string_view& taken) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return false;
  }
  taken = text.substr(0, at);
  text.remove_prefix(at + mark.size());
  return true;
}

// "authtime 1795961000, etypes {rep=…, tkt=…, ses=…}, ", "authtime 0, etypes {rep=UNSUPPORTED:(0)} ", "authtime 0,  ".
void skip_ticket(std::string_view& text) {
  std::string_view skipped;
  if (!text.starts_with("authtime ") || !take_until(text, kComma, skipped)) {
    return;
  }
  if (text.starts_with("etypes {") && take_until(text, "}", skipped)) {
    strip_prefix(text, ",");
  }
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

// "ann@EXAMPLE.ORG for host/web1@EXAMPLE.ORG", of a refusal with ", " and the error behind it.
void add_names(std::string_view names, bool refused, EcsEvent& event) {
  const std::size_t at = names.find(kFor);
  if (at == std::string_view::npos) {
    return;
  }
  if (patterns::stands_twice(names, kFor)) {
    event.literal("event.ambiguous", "true");
    return;
  }
  const std::string_view client = names.substr(0, at);
  std::string_view service = names.substr(at + kFor.size());
  if (refused) {
    service = service.substr(0, service.rfind(kComma));
  }
  if (client != kUnknownClient) {
    event.user("user.kerberos.principal", client);
  }
  event.text("kerberos.service", service);
}

}  // namespace

bool apply_kdc_line(std::string_view message, EcsEvent& event) {
  std::string_view text = message;
  const bool login = strip_prefix(text, "AS_REQ (");
  std::string_view types;
  std::string_view address;
  std::string_view status;
  if ((!login && !strip_prefix(text, "TGS_REQ (")) || !take_until(text, "}) ", types) ||
      !take_until(text, ": ", address) || !read_ip(address).valid ||
      !take_until(text, ": ", status)) {
    return false;
  }
  const bool issued = status == "ISSUE";
  // The first step of every login with a password.
  const bool asked_back = status == "NEEDED_PREAUTH";
  event.meaning(login ? "kerberos-login" : "kerberos-ticket",
                issued       ? Outcome::success
                : asked_back ? Outcome::unknown
                             : Outcome::failure,
                issued && login ? EventClass::auth_start : EventClass::auth_info);
  event.ip("source.ip", address);
  if (!issued) {
    event.text("event.reason", status);
  }
  if (issued || !login) {
    skip_ticket(text);
  }
  add_names(text, !issued, event);
  return true;
}

}  // namespace auditship::parsers::auth_log::kdc
