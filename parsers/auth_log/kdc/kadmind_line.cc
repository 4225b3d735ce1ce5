#include "parsers/auth_log/kdc/kadmind_line.h"

#include <array>
#include <cstddef>

#include "agent/base/net/ip_address.h"
#include "parsers/auth_log/patterns/affix.h"

namespace auditship::parsers::auth_log::kdc {
namespace {

using patterns::EcsEvent;
using patterns::EventClass;
using patterns::Outcome;
using patterns::strip_prefix;

constexpr std::string_view kComma = ", ";
constexpr std::string_view kSuccess = "success";

struct Meaning {
  std::string_view request, action;
  EventClass event = EventClass::none;
};

// By the begin of the request's name; the rest only looks.
constexpr std::array kMeanings = {
    Meaning{"kadm5_create_", "user-created", EventClass::user_creation},
    Meaning{"kadm5_delete_", "user-deleted", EventClass::user_deletion},
    Meaning{"kadm5_chpass_", "password-changed", EventClass::user_change},
    Meaning{"kadm5_randkey_", "password-changed", EventClass::user_change},
    Meaning{"kadm5_setkey_", "password-changed", EventClass::user_change},
    Meaning{"kadm5_modify_", "user-modified", EventClass::user_change},
    Meaning{"kadm5_rename_", "user-modified", EventClass::user_change},
};

// Takes what stands behind the last `mark` off the text, and the mark; false where there is none.
bool take_behind(std::string_view& text, std::string_view mark, std::string_view& taken) {
  const std::size_t at = text.rfind(mark);
  if (at == std::string_view::npos) {
    return false;
  }
  taken = text.substr(at + mark.size());
  text = text.substr(0, at);
  return true;
}

Meaning meaning_of(std::string_view request) {
  // Policies are no users.
  if (request.ends_with("_principal") || request.find("_principal_") != std::string_view::npos) {
    for (const Meaning& meaning : kMeanings) {
      if (request.starts_with(meaning.request)) {
        return meaning;
      }
    }
  }
  return {request, "kerberos-admin", EventClass::auth_info};
}

void add_result(std::string_view action, EventClass kind, std::string_view result,
                EcsEvent& event) {
  const bool success = result == kSuccess;
  event.meaning(action, success ? Outcome::success : Outcome::failure, kind);
  if (!success) {
    event.text("event.reason", result);
  }
}

// "chpw request from 127.0.0.1 for erin@EXAMPLE.ORG: success"
bool apply_own_password(std::string_view text, EcsEvent& event) {
  constexpr std::string_view kFor = " for ";
  const std::size_t at = text.find(kFor);
  if (at == std::string_view::npos || !read_ip(text.substr(0, at)).valid) {
    return false;
  }
  const std::string_view address = text.substr(0, at);
  text.remove_prefix(at + kFor.size());
  std::string_view result;
  if (!take_behind(text, ": ", result)) {
    return false;
  }
  add_result("password-changed", EventClass::user_change, result, event);
  event.ip("source.ip", address);
  event.user("user.kerberos.principal", text);
  return true;
}

}  // namespace

bool apply_kadmind_line(std::string_view message, EcsEvent& event) {
  std::string_view text = message;
  if (strip_prefix(text, "chpw request from ")) {
    return apply_own_password(text, event);
  }
  const bool allowed = strip_prefix(text, "Request: ");
  if (!allowed && !strip_prefix(text, "Unauthorized request: ")) {
    return false;
  }
  std::string_view address;
  std::string_view service;
  std::string_view client;
  std::string_view result = "unauthorized";
  const std::size_t end = text.find(kComma);
  if (end == std::string_view::npos) {
    return false;
  }
  const std::string_view request = text.substr(0, end);
  text.remove_prefix(end);
  if (!take_behind(text, ", addr=", address) || !take_behind(text, ", service=", service) ||
      !take_behind(text, ", client=", client) || (allowed && !take_behind(text, kComma, result))) {
    return false;
  }
  const Meaning meaning = meaning_of(request);
  add_result(meaning.action, meaning.event, result, event);
  event.ip("source.ip", address.substr(0, address.find(kComma)));
  event.user("user.kerberos.principal", client);
  event.text("kerberos.request", request);
  if (meaning.action != "kerberos-admin" && strip_prefix(text, kComma)) {
    event.user("user.target.name", text);
  }
  return true;
}

}  // namespace auditship::parsers::auth_log::kdc
