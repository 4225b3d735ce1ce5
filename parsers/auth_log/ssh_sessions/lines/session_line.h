// SessionLine: what the rules about SSH sessions read of a record, and ObservedLine: the record
// that a Deriver is being shown, together with what was read of it.
//
//   ObservedLine observed{record, id, derived, read_session_line(record)};
//
// A member whose field the record lacks is empty, or 0. Texts are views into the record and live
// as long as its fields. Plain values; not thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/event/event.h"
#include "parsers/deriver.h"

namespace auditship::parsers::auth_log::ssh_sessions::lines {

struct SessionLine {
  static constexpr std::uint64_t kNoNumber = ~std::uint64_t{0};

  std::string_view action, outcome, host, user, user_id, effective, service, module, message;
  std::string_view ip, address, tty, pam_tty, session, reason, command, path;
  std::string_view method, submethod, result, key_type, key_fingerprint;
  std::string_view cert_id, cert_serial, ca_type, ca_fingerprint, owner, owner_known, email;
  std::string_view principal;
  std::string_view type, subsystem, kind, code;
  // "true", or empty.
  std::string_view preauth;
  std::uint64_t pid = 0, port = 0, child = 0, sent = 0, received = 0;
  std::uint64_t sshd_session = kNoNumber;
  // How often a repeated message was written.
  std::uint64_t count = 1;
  // The time of the line or, where it has none, of the last line that had one.
  std::int64_t now_ns = 0;
  bool time_known = false;

  // The count, bounded: no text may make a sum of counts run over.
  [[nodiscard]] std::uint64_t times() const { return count < kMaxTimes ? count : kMaxTimes; }

 private:
  static constexpr std::uint64_t kMaxTimes = 1U << 20;
};

struct ObservedLine {
  event::Record& record;
  // The id of the record's document, as text.
  std::string_view id;
  DerivedRecords& out;
  SessionLine line;
};

// Reads all but now_ns and time_known. A number that is none is 0.
[[nodiscard]] SessionLine read_session_line(const event::Record& record);

}  // namespace auditship::parsers::auth_log::ssh_sessions::lines
