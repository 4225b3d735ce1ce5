// EcsEvent collects the fields of one authentication message into a Record, and the names and
// addresses for related.user and related.ip. Empty values yield no field. Reused; does not allocate
// once warm. Values are borrowed until the Record is encoded. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "agent/event/event.h"
#include "parsers/auth_log/patterns/pattern.h"

namespace auditship::parsers::auth_log::patterns {

class EcsEvent {
 public:
  // Starts a new event that writes to record.
  void begin(event::Record& record);
  // Adds related.user and related.ip.
  void finish();

  [[nodiscard]] event::Record& record() { return *record_; }

  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      record_->add(name, value);
    }
  }
  // Another name of what stands in a stored field.
  void alias(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      record_->add_alias(name, value);
    }
  }
  // The value also goes into related.user.
  void user(std::string_view name, std::string_view value);
  // Whoever is named as user.name alone is whom somebody wanted to become, not who acted.
  void user_is_target();
  void literal(std::string_view name, std::string_view json) {
    record_->add(name, json, event::FieldType::literal);
  }
  // digits: as a number, if it fits a long; else nothing, and false.
  bool number(std::string_view name, std::string_view digits);
  // A number above 65535 yields nothing.
  void port(std::string_view name, std::string_view digits);
  // A numeric address; UNKNOWN and invalid text yield nothing. A zone goes to source.address only.
  void ip(std::string_view name, std::string_view value);
  // source.ip if numeric, session.tty if it is a terminal, else source.address.
  void host(std::string_view value);
  // source.address, unless it is there.
  void source_address(std::string_view value);
  // Only the first terminal.
  void tty(std::string_view name, std::string_view value);
  void tag(std::string_view name);

  // event.action, event.outcome, event.category, event.type.
  void meaning(std::string_view action, Outcome outcome, EventClass event);

 private:
  struct Names {
    std::array<std::string_view, 8> values;
    std::size_t size = 0;
    void add(std::string_view value);
  };
  void related(std::string_view name, const Names& names);
  void settle_source_address();

  event::Record* record_ = nullptr;
  Names users_, addresses_;
  // No name may stand twice in a document.
  bool has_source_address_ = false, has_tty_ = false;
  std::string scratch_;
};

}  // namespace auditship::parsers::auth_log::patterns
