#include "parsers/auth_log/auth_log_parser.h"

#include <algorithm>
#include <string_view>

#include "agent/unwrap/unwrapper.h"
#include "parsers/auth_log/message_dispatch.h"
#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/syslog/repeated_message.h"
#include "parsers/syslog/syslog_line.h"
#include "parsers/syslog/timestamp_resolver.h"

namespace auditship::parsers::auth_log {
namespace {

// The process: a PROCID of RFC 5424 may be any word, and digits may be too many for a number.
void add_process(const syslog::SyslogLine& line, patterns::EcsEvent& event) {
  event.text("process.name", line.ident);
  event.alias("log.syslog.appname", line.ident);
  if (event.number("process.pid", line.pid)) {
    event.alias("log.syslog.procid", event.record().fields.back().value);
  } else {
    event.text("log.syslog.procid_text", line.pid);
  }
}

void add_header(const syslog::SyslogLine& line, patterns::EcsEvent& event) {
  event.text("host", line.host);
  event.alias("log.syslog.hostname", line.host);
  event.record().add("message", line.message);
  add_process(line, event);
  if (line.priority >= 0) {
    event.text("log.syslog.facility.name", syslog::facility_name(line.priority));
    event.text("log.syslog.severity.name", syslog::severity_name(line.priority));
  }
}

// Says whose key the message names.
void add_owner(const key_owners::SshKeyOwners& owners, patterns::EcsEvent& event) {
  std::string_view fingerprint;
  std::string_view cert_id;
  std::string_view ca_fingerprint;
  for (const event::Field& field : event.record().fields) {
    if (!field.name.starts_with("ssh.")) {
      continue;
    }
    if (field.name == "ssh.key.fingerprint") {
      fingerprint = field.value;
    } else if (field.name == "ssh.cert.id") {
      cert_id = field.value;
    } else if (field.name == "ssh.cert.ca.fingerprint") {
      ca_fingerprint = field.value;
    }
  }
  if (fingerprint.empty() && cert_id.empty()) {
    return;
  }
  const key_owners::SshKeyOwners::Answer answer = owners.find(fingerprint, cert_id, ca_fingerprint);
  event.literal("ssh.key.owner_known", answer.known ? "true" : "false");
  // Copies: the table may be replaced before the record is encoded.
  event.text("ssh.key.owner", event.record().keep(answer.name));
  event.text("user.email", event.record().keep(answer.email));
}

}  // namespace

struct AuthLogParser::State {
  explicit State(AuthLogOptions given) : options(std::move(given)), clock(options.zone) {}

  AuthLogOptions options;
  syslog::TimestampResolver clock;
  MessageDispatch messages;
  patterns::EcsEvent event;
  unwrap::Unwrapper unwrapper;
  event::RecordId::Prefix log{};

  // Without what a container runtime wrapped around it.
  unwrap::Unwrapped unwrapped(const event::RawLine& line) {
    std::string_view text = line.text;
    if (!text.empty() && text.front() == '\0') {
      // The trace of a crash.
      text.remove_prefix(std::min(text.find_first_not_of('\0'), text.size()));
    }
    return line.cut ? unwrapper.open_cut(text, line.tail) : unwrapper.open(text);
  }

  // A line without a header: all of it is the message, at the time that its container's runtime gave it.
  void set_headless(const event::RawLine& line, const unwrap::Unwrapped& record,
                    std::string_view message, std::int64_t now_ns) {
    event.tag("no-header");
    event.record().kind = event::RecordKind::unparsed;
    syslog::Timestamp stamp;
    if (syslog::read_iso_timestamp(record.time, stamp)) {
      set_time(line, stamp, now_ns);
    }
    event.record().add("message", message);
  }

  void set_time(const event::RawLine& line, const syslog::Timestamp& stamp, std::int64_t now_ns) {
    std::int64_t reference = now_ns;
    if (options.reference_ns) {
      reference = *options.reference_ns;
    } else if (line.origin != nullptr && line.origin->written_until_ns) {
      reference = *line.origin->written_until_ns;
    }
    event::Record& record = event.record();
    const auto instant = clock.instant(stamp, reference);
    record.time_known = instant.has_value();
    if (!instant) {
      event.tag("timestamp-unparsed");
      return;
    }
    record.time_ns = *instant;
    if (stamp.rfc3339_utc) {
      record.time_text = stamp.text;
    }
  }
};

AuthLogParser::AuthLogParser(AuthLogOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
AuthLogParser::~AuthLogParser() = default;

void AuthLogParser::parse(const event::RawLine& line, std::int64_t now_ns, event::Records& out) {
  out.clear();
  State& state = *state_;
  patterns::EcsEvent& event = state.event;
  event::Record& record = out.add();
  event.begin(record);
  record.raw = line.text;
  if (line.id.prefix != state.log) {
    state.log = line.id.prefix;
    state.clock.restart();
  }
  const std::size_t limit = state.options.max_message_bytes;
  const unwrap::Unwrapped unwrapped = state.unwrapped(line);
  const std::string_view text = unwrapped.text.substr(0, limit);
  syslog::SyslogLine split = syslog::split_syslog_line(text);
  syslog::RepeatedMessage repeated;
  const bool is_repeated =
      split.framing != syslog::Framing::none && syslog::read_repeated_message(split, repeated);
  if (is_repeated && repeated.pid_of_daemon) {
    split.pid = {};
  }
  if (line.cut || unwrapped.text.size() > limit) {
    event.tag("cut");
  }
  if (unwrapped.kind == unwrap::Unwrapped::Kind::part) {
    event.tag("partial");
  }
  if (split.framing == syslog::Framing::none) {
    state.set_headless(line, unwrapped, split.message, now_ns);
  } else {
    state.set_time(line, split.stamp, now_ns);
    add_header(split, event);
  }
  if (state.options.keep_original) {
    event.text("event.original", line.text.substr(0, limit));
  }
  if (is_repeated) {
    event.tag("repeated");
    event.number("event.count", repeated.count);
    state.messages.apply(split.ident, split.priority, repeated.message, event);
  } else if (!split.ident.empty()) {
    state.messages.apply(split.ident, split.priority, split.message, event);
  }
  const auto& book = state.options.owners;
  if (book != nullptr && book->current() != nullptr) {
    add_owner(*book->current(), event);
  }
  event.finish();
}

}  // namespace auditship::parsers::auth_log
