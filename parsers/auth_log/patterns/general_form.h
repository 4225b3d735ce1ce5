// What is read of a message that no table knows, of a module of PAM or of a program that writes
// about authentication: whether it says that somebody was refused or let in, and user and address
// where they stand as KEY=VALUE. Marked event.form: general, so that it is never taken for a message
// that is known. It claims little: a word of success counts only before names begin, words within
// quotes and values count for nothing, and what stands twice is not believed. Stateless;
// thread-safe.
#pragma once

#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"

namespace auditship::parsers::auth_log::patterns {

// type: auth, account, session, password; empty where the line does not say it. False: nothing was
// found, and event is as it was.
bool apply_general_pam(std::string_view type, std::string_view message, EcsEvent& event);

// Of a program without a table: message must also name a user or an address or, for a refusal, be
// about logins.
bool apply_general_program(std::string_view message, EcsEvent& event);

}  // namespace auditship::parsers::auth_log::patterns
