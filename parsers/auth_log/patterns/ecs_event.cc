#include "parsers/auth_log/patterns/ecs_event.h"

#include <algorithm>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/net/ip_address.h"

namespace auditship::parsers::auth_log::patterns {
namespace {

constexpr std::size_t kMaxLongDigits = 18;

struct ClassText {
  std::string_view category, type;
};

ClassText class_text(EventClass event) {
  switch (event) {
    case EventClass::none:
      return {};
    case EventClass::auth_start:
      return {R"(["authentication"])", R"(["start"])"};
    case EventClass::auth_info:
      return {R"(["authentication"])", R"(["info"])"};
    case EventClass::session_start:
      return {R"(["session"])", R"(["start"])"};
    case EventClass::session_end:
      return {R"(["session"])", R"(["end"])"};
    case EventClass::session_info:
      return {R"(["session"])", R"(["info"])"};
    case EventClass::connection_start:
      return {R"(["network"])", R"(["connection","start"])"};
    case EventClass::connection_end:
      return {R"(["network"])", R"(["connection","end"])"};
    case EventClass::connection_denied:
      return {R"(["network"])", R"(["connection","denied"])"};
    case EventClass::connection_info:
      return {R"(["network"])", R"(["connection","info"])"};
    case EventClass::login_abandoned:
      return {R"(["network","authentication"])", R"(["connection","end"])"};
    case EventClass::user_creation:
      return {R"(["iam"])", R"(["user","creation"])"};
    case EventClass::user_change:
      return {R"(["iam"])", R"(["user","change"])"};
    case EventClass::user_deletion:
      return {R"(["iam"])", R"(["user","deletion"])"};
    case EventClass::group_creation:
      return {R"(["iam"])", R"(["group","creation"])"};
    case EventClass::group_change:
      return {R"(["iam"])", R"(["group","change"])"};
    case EventClass::group_deletion:
      return {R"(["iam"])", R"(["group","deletion"])"};
    case EventClass::command_start:
      return {R"(["process","authentication"])", R"(["start"])"};
    case EventClass::command_denied:
      return {R"(["process","authentication"])", R"(["denied"])"};
    case EventClass::command_end:
      return {R"(["process"])", R"(["end"])"};
    case EventClass::command_info:
      return {R"(["process"])", R"(["info"])"};
    case EventClass::service_start:
      return {R"(["process"])", R"(["start"])"};
    case EventClass::service_end:
      return {R"(["process"])", R"(["end"])"};
    case EventClass::service_change:
      return {R"(["process"])", R"(["change"])"};
    case EventClass::file_access:
      return {R"(["file"])", R"(["access"])"};
  }
  return {};
}

std::string_view outcome_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::none:
      return {};
    case Outcome::success:
      return "success";
    case Outcome::failure:
      return "failure";
    case Outcome::unknown:
      return "unknown";
  }
  return {};
}

// JSON numbers have no leading zeros.
std::string_view without_leading_zeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? digits.substr(0, digits.empty() ? 0 : 1)
                                         : digits.substr(first);
}

// Where PAM names a place, it may be a terminal of this host.
bool is_terminal(std::string_view place) {
  constexpr std::size_t kLongestConsole = 8;
  return place.starts_with("/dev/") || place.starts_with("pts/") ||
         (place.starts_with("tty") && place.size() <= kLongestConsole &&
          place.find('.') == std::string_view::npos);
}

std::vector<event::Field>::iterator find_field(std::vector<event::Field>& fields,
                                               std::string_view name) {
  return std::find_if(fields.begin(), fields.end(),
                      [name](const event::Field& field) { return field.name == name; });
}

}  // namespace

void EcsEvent::Names::add(std::string_view value) {
  for (std::size_t i = 0; i < size; ++i) {
    if (values[i] == value) {
      return;
    }
  }
  if (size < values.size()) {
    values[size++] = value;
  }
}

void EcsEvent::begin(event::Record& record) {
  record_ = &record;
  users_.size = 0;
  addresses_.size = 0;
  has_source_address_ = false;
  has_tty_ = false;
}

void EcsEvent::related(std::string_view name, const Names& names) {
  if (names.size == 0) {
    return;
  }
  const auto add = [this, name](std::string_view json) {
    record_->add(name, json, event::FieldType::literal, event::FieldRole::copied);
  };
  if (names.size == 1 && is_json_clean(names.values[0])) {
    add(record_->keep_joined({"[\"", names.values[0], "\"]"}));
    return;
  }
  scratch_.clear();
  scratch_ += '[';
  for (std::size_t i = 0; i < names.size; ++i) {
    if (i != 0) {
      scratch_ += ',';
    }
    append_json_string(scratch_, names.values[i]);
  }
  scratch_ += ']';
  add(record_->keep(scratch_));
}

// An address that is one of IP is the address, and not a second one.
void EcsEvent::settle_source_address() {
  std::vector<event::Field>& fields = record_->fields;
  const auto address = find_field(fields, "source.address");
  const IpText ip = read_ip(address == fields.end() ? std::string_view() : address->value);
  if (!ip.valid || ip.has_zone) {
    return;
  }
  const auto known = find_field(fields, "source.ip");
  if (known == fields.end()) {
    address->name = "source.ip";
    address->value = ip.address;
    addresses_.add(ip.address);
  } else if (known->value == ip.address) {
    fields.erase(address);
  }
}

void EcsEvent::finish() {
  if (has_source_address_) {
    settle_source_address();
  }
  related("related.user", users_);
  related("related.ip", addresses_);
}

void EcsEvent::user(std::string_view name, std::string_view value) {
  if (!value.empty()) {
    record_->add(name, value);
    users_.add(value);
  }
}

void EcsEvent::user_is_target() {
  constexpr std::string_view kTarget = "user.effective.name";
  std::vector<event::Field>& fields = record_->fields;
  const auto user = find_field(fields, "user.name");
  if (user != fields.end() && find_field(fields, kTarget) == fields.end()) {
    user->name = kTarget;
  }
}

bool EcsEvent::number(std::string_view name, std::string_view digits) {
  const std::string_view value = without_leading_zeros(digits);
  if (!value.empty() && value.size() <= kMaxLongDigits &&
      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    literal(name, value);
    return true;
  }
  return false;
}

void EcsEvent::port(std::string_view name, std::string_view digits) {
  const std::string_view value = without_leading_zeros(digits);
  if (!value.empty() && (value.size() < 5 || (value.size() == 5 && value <= "65535"))) {
    literal(name, value);
  }
}

void EcsEvent::ip(std::string_view name, std::string_view value) {
  const IpText ip = read_ip(value);
  if (!ip.valid) {
    return;
  }
  record_->add(name, ip.address);
  addresses_.add(ip.address);
  if (ip.has_zone && name == "source.ip") {
    source_address(value);
  }
}

void EcsEvent::host(std::string_view value) {
  if (value == "UNKNOWN") {
    return;
  }
  if (read_ip(value).valid) {
    ip("source.ip", value);
  } else if (is_terminal(value)) {
    tty("session.tty", value);
  } else {
    source_address(value);
  }
}

void EcsEvent::tty(std::string_view name, std::string_view value) {
  constexpr std::string_view kDevices = "/dev/";
  if (value.substr(0, kDevices.size()) == kDevices) {
    value.remove_prefix(kDevices.size());
  }
  if (value != "none" && value != "unknown" && value != "???" && !value.empty() && !has_tty_) {
    has_tty_ = true;
    text(name, value);
  }
}

void EcsEvent::source_address(std::string_view value) {
  if (!value.empty() && !has_source_address_) {
    has_source_address_ = true;
    record_->add("source.address", value);
  }
}

void EcsEvent::tag(std::string_view name) { record_->tags.push_back(name); }

void EcsEvent::meaning(std::string_view action, Outcome outcome, EventClass event) {
  const ClassText names = class_text(event);
  if (!names.category.empty()) {
    literal("event.category", names.category);
    literal("event.type", names.type);
  }
  record_->in_a_hurry |= event == EventClass::auth_start;
  text("event.action", action);
  text("event.outcome", outcome_text(outcome));
}

}  // namespace auditship::parsers::auth_log::patterns
