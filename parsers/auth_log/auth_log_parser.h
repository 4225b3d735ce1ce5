// AuthLogParser turns lines of auth.log or secure into records: flat fields for every line, and for
// the messages of the catalogue (docs/fields.md) who did what from where, with which outcome.
//
//   AuthLogParser parser({.zone = zone});
//   parser.parse(line, clock.wall_ns(), records);      // one record a line
//
// No line is refused. Field values are the logged text, undecoded; they are views into the line.
// Documents that name an SSH key or certificate say whose it is (ssh.key.owner, user.email) and
// whether anybody is known for it (ssh.key.owner_known), if `ssh_key_owners` is configured.
// What free text (user names, banners, commands) says never reaches another field.
// Tags: no-header (no framing, message only) · timestamp-unparsed (an impossible stamp) · repeated
// · truncated (sshd cut its text, so the address is missing: no user, no source) · cut (line over
// the limit). Make one a source: it remembers the last stamp of the file. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "agent/base/calendar/time_zone.h"
#include "parsers/auth_log/key_owners/key_owners.h"
#include "parsers/parser.h"

namespace auditship::parsers::auth_log {

struct AuthLogOptions {
  // The node's, for stamps without a zone.
  TimeZone zone;
  // Whether event.original, the whole line, is kept.
  bool keep_original = false;
  // Instead of now or the file's mtime, to find a stamp's year.
  std::optional<std::int64_t> reference_ns;
  // Who owns which key. Owners: the agent, which puts new tables in, and the parsers. May be null.
  std::shared_ptr<const key_owners::KeyOwnerTable> owners;
  // A longer message is cut and tagged.
  std::size_t max_message_bytes = 256 << 10;
};

class AuthLogParser : public Parser {
 public:
  explicit AuthLogParser(AuthLogOptions options);
  ~AuthLogParser() override;
  AuthLogParser(const AuthLogParser&) = delete;
  AuthLogParser& operator=(const AuthLogParser&) = delete;

  void parse(const event::RawLine& line, std::int64_t now_ns, event::Records& out) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auditship::parsers::auth_log
