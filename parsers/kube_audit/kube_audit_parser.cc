#include "parsers/kube_audit/kube_audit_parser.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "agent/base/encoding/json_writer.h"
#include "agent/unwrap/unwrapper.h"
#include "parsers/kube_audit/body_writer.h"
#include "parsers/kube_audit/bound_fields.h"
#include "parsers/kube_audit/damaged_lines.h"
#include "parsers/kube_audit/document_writer.h"
#include "parsers/kube_audit/ecs_fields.h"
#include "parsers/kube_audit/redactor.h"
#include "parsers/kube_audit/scan/event_scanner.h"
#include "parsers/kube_audit/scan/wrapped_events.h"
#include "parsers/kube_audit/text_conversions.h"

namespace auditship::parsers::kube_audit {
namespace {

// A buffer that grew beyond is freed after the line.
constexpr std::size_t kKeptBuffer = 1 << 20;
// How many events are looked for behind torn pieces of one line.
constexpr int kMaxSalvage = 8;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

BodySubject subject_of(const event::KubeAttributes& kube) {
  const bool core = kube.api_group.empty();
  return core && (kube.resource == "secrets" || kube.resource == "configmaps")
             ? BodySubject::confidential
             : BodySubject::ordinary;
}

// Where an event may begin behind `at`, or the last one may; the end of the text: none does.
std::size_t next_event(std::string_view text, std::size_t at, bool first) {
  const std::size_t next = first ? text.find(kEventMark, at + 1) : text.rfind(kEventMark);
  return next == std::string_view::npos || next <= at ? text.size() : next;
}

// What stands beside an event in an array of which each line holds an element.
bool is_array_joint(std::string_view piece, std::string_view line) {
  return piece.size() < line.size() &&
         piece.find_first_not_of(" \t\r,[]") == std::string_view::npos;
}

}  // namespace

struct KubeAuditParser::State {
  State(KubeAuditOptions given, IpNetworkList networks, Redactor names)
      : options(std::move(given)),
        trusted(std::move(networks)),
        redactor(std::move(names)),
        bodies(redactor, options.slim, options.max_body_bytes) {}

  void parse(const event::RawLine& line, event::Records& out);
  void parse_text(std::string_view text, bool nuls, event::Records& out);
  std::size_t parse_torn(std::string_view text, std::size_t at, bool first, event::Records& out);
  void parse_cut(const event::RawLine& line, std::string_view text, bool nuls, event::Records& out);
  bool parse_behind_header(std::string_view text, event::Records& out);
  void parse_part(std::string_view text, event::Records& out);
  bool parse_wrapped(std::string_view text, event::Records& out);
  bool event(std::string_view text, std::string_view line, event::Records& out, std::size_t& used);
  bool add(std::string_view whole, std::string_view raw, std::size_t offset, event::Records& out);
  void fill(event::Record& record);
  void unparsed(std::string_view text, std::string_view line, std::string_view why,
                event::Records& out);

  KubeAuditOptions options;
  IpNetworkList trusted;
  Redactor redactor;
  KubeBodyWriter bodies;
  scan::KubeEvent parts;
  std::string repaired, joined, uri;
  unwrap::Unwrapper unwrapper;
  std::vector<scan::WrappedEvent> wrapped;
  // Whether the last line of stdout and of stderr was a part of a record that nobody has joined.
  std::array<bool, 2> continues{};
};

Result<std::unique_ptr<KubeAuditParser>> KubeAuditParser::make(KubeAuditOptions options) {
  auto networks = IpNetworkList::parse(options.trusted_proxies);
  if (!networks) {
    return networks.error().in("trusted_proxies");
  }
  auto redactor = Redactor::make(options.redact_names, options.redact);
  if (!redactor) {
    return redactor.error().in("redact_names");
  }
  auto state =
      std::make_unique<State>(std::move(options), std::move(*networks), std::move(*redactor));
  return std::unique_ptr<KubeAuditParser>(new KubeAuditParser(std::move(state)));
}

KubeAuditParser::KubeAuditParser(std::unique_ptr<State> state) : state_(std::move(state)) {}
KubeAuditParser::~KubeAuditParser() = default;

void KubeAuditParser::parse(const event::RawLine& line, std::int64_t /*now_ns*/,
                            event::Records& out) {
  out.clear();
  state_->parse(line, out);
}

void KubeAuditParser::State::parse(const event::RawLine& line, event::Records& out) {
  for (std::string* buffer : {&repaired, &joined}) {
    if (buffer->capacity() > kKeptBuffer) {
      std::string().swap(*buffer);
    }
  }
  wrapped.clear();
  // A hole left by an external truncation: zeros up to the next event.
  const std::size_t start = std::min(line.text.find_first_not_of('\0'), line.text.size());
  std::string_view text = line.text.substr(start);
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  const unwrap::Unwrapped record =
      line.cut ? unwrapper.open_cut(text, line.tail) : unwrapper.open(text);
  bool& goes_on = continues[record.stream == "stderr" ? 1 : 0];
  if (line.cut) {
    event::RawLine inner = line;
    inner.tail = record.tail;
    parse_cut(inner, record.text, start > 0, out);
  } else if (record.wrapped() && (goes_on || record.kind == unwrap::Unwrapped::Kind::part ||
                                  is_middle_of_json(record.text))) {
    parse_part(goes_on ? std::string_view() : record.text, out);
    goes_on = record.kind == unwrap::Unwrapped::Kind::part;
  } else {
    // A record without text is shown as its line.
    parse_text(record.text.empty() ? text : record.text, start > 0, out);
  }
  if (out.size() > 0) {
    out[0].offset_in_line = 0;
  }
}

// A part of a record, which RecordJoiner would have joined. Nothing tells what stands in the middle of a body, so only
// the first part is shown, up to its bodies.
void KubeAuditParser::State::parse_part(std::string_view text, event::Records& out) {
  const bool shown = text.starts_with(kEventMark) || !redactor.enabled();
  unparsed(shown ? text : std::string_view(), text, "partial", out);
}

void KubeAuditParser::State::parse_text(std::string_view text, bool nuls, event::Records& out) {
  std::size_t at = 0;
  int tries = 0;
  while (at < text.size()) {
    std::size_t used = 0;
    if (event(text.substr(at), text, out, used)) {
      event::Record& record = out[out.size() - 1];
      if (nuls && out.size() == 1) {
        record.tags.push_back("nul-bytes-skipped");
      }
      at += used;
      at = std::min(text.find_first_not_of(" \t\r", at), text.size());
      continue;
    }
    if (at == 0 && parse_wrapped(text, out)) {
      return;
    }
    if (at == 0 && parse_behind_header(text, out)) {
      return;
    }
    at = parse_torn(text, at, ++tries < kMaxSalvage, out);
  }
  if (out.size() == 0) {
    unparsed(text, text, nuls ? "nul-bytes-skipped" : "not-an-audit-event", out);
  }
}

// An event that a syslog daemon wrote down: what stands in front of it is a header, and nothing stands behind it.
bool KubeAuditParser::State::parse_behind_header(std::string_view text, event::Records& out) {
  const std::size_t at = text.find(kEventMark);
  std::size_t used = 0;
  if (at == std::string_view::npos || !is_line_header(text.substr(0, at)) ||
      !event(text.substr(at), text, out, used)) {
    return false;
  }
  if (at + used == text.size()) {
    return true;
  }
  out.drop_last();
  return false;
}

// A torn piece, up to where an event may begin behind it on the same physical line. Returns where it ends.
std::size_t KubeAuditParser::State::parse_torn(std::string_view text, std::size_t at, bool first,
                                               event::Records& out) {
  const std::size_t next = next_event(text, at, first);
  const std::string_view piece = text.substr(at, next - at);
  if (!is_array_joint(piece, text)) {
    unparsed(piece, text, "not-an-audit-event", out);
  }
  return next;
}

// A line that is JSON, but no event: the events that it carries, or one record for all of it. False: it is no JSON.
bool KubeAuditParser::State::parse_wrapped(std::string_view text, event::Records& out) {
  const scan::WrappedLine found = scan::find_wrapped_events(text, wrapped);
  if (found == scan::WrappedLine::not_json) {
    return false;
  }
  if (found == scan::WrappedLine::no_event) {
    unparsed(text, text, "not-an-audit-event", out);
    return true;
  }
  for (const scan::WrappedEvent& each : wrapped) {
    const std::string_view whole = each.text.empty() ? each.raw : std::string_view(each.text);
    if (!each.is_event || scan::read_kube_event(whole, parts) == 0 ||
        !add(whole, each.raw, each.offset, out)) {
      unparsed(whole, whole, "not-an-audit-event", out);
      out[out.size() - 1].raw = each.raw;
      out[out.size() - 1].offset_in_line = each.offset;
    }
  }
  return true;
}

void KubeAuditParser::State::parse_cut(const event::RawLine& line, std::string_view text, bool nuls,
                                       event::Records& out) {
  std::size_t used = 0;
  if (join_cut_event(text, line.tail, joined) && event(joined, joined, out, used)) {
    out[0].raw = text;
    out[0].tags.push_back("cut");
    return;
  }
  unparsed(text, text, "not-an-audit-event", out);
  out[0].tags.push_back("cut");
  if (nuls) {
    out[0].tags.push_back("nul-bytes-skipped");
  }
  // A whole event may stand at the end of it, behind a hole or a torn piece.
  std::size_t at = line.tail.rfind(kEventMark);
  if (at != std::string_view::npos && event(line.tail.substr(at), line.tail, out, used)) {
    out[out.size() - 1].offset_in_line = line.length - line.tail.size() + at;
  }
}

// Reads one event at the start of text. True when there is one; used: the bytes it spans.
bool KubeAuditParser::State::event(std::string_view text, std::string_view line,
                                   event::Records& out, std::size_t& used) {
  used = scan::read_kube_event(text, parts);
  if (used == 0) {
    return false;
  }
  const std::size_t rest = std::min(text.find_first_not_of(" \t\r", used), text.size());
  // Behind a torn piece an event must end the line or be followed by one, or it may be part of a
  // body.
  const bool torn = out.size() > 0 && out[out.size() - 1].kind == event::RecordKind::unparsed;
  if (torn && rest < text.size() && text.substr(rest, kEventMark.size()) != kEventMark) {
    return false;
  }
  const std::string_view whole = text.substr(0, used);
  if (!add(whole, whole, static_cast<std::size_t>(whole.data() - line.data()), out)) {
    return false;
  }
  if (out.size() > 1) {
    out[out.size() - 1].tags.push_back("salvaged");
  }
  return true;
}

// Adds the record of the event that was read from whole. False: it holds bytes that are no UTF-8, and is no event when
// they are mended.
bool KubeAuditParser::State::add(std::string_view whole, std::string_view raw, std::size_t offset,
                                 event::Records& out) {
  event::Record& record = out.add();
  record.raw = raw;
  record.offset_in_line = offset;
  const bool broken = !is_valid_utf8(whole);
  if (broken) {
    repaired.clear();
    append_utf8_repaired(repaired, whole);
    whole = record.keep(repaired);
    if (scan::read_kube_event(whole, parts) == 0) {
      out.drop_last();
      return false;
    }
  }
  fill(record);
  if (broken) {
    record.tags.push_back("utf8-repaired");
  }
  return true;
}

void KubeAuditParser::State::fill(event::Record& record) {
  read_kube_attributes(parts, trusted, record);
  const std::string_view logged = text_of(parts[scan::KubeKey::request_uri], record);
  uri.clear();
  const bool masked = redactor.append_uri(uri, logged);
  const std::string_view safe = masked ? record.keep(uri) : logged;
  const BodySubject subject = subject_of(record.kube);
  if (parts.has(scan::KubeKey::request_object)) {
    record.request = bodies.write(parts[scan::KubeKey::request_object], subject, record);
  }
  if (parts.has(scan::KubeKey::response_object)) {
    record.response = bodies.write(parts[scan::KubeKey::response_object], subject, record);
  }
  if (record.request.cut || record.response.cut) {
    record.tags.push_back("body-cut");
  }
  const bool extra_restated = extra_stands_in_fields(parts, options.max_string_bytes);
  write_kube_json(parts,
                  {safe, masked, redactor.enabled() && subject == BodySubject::confidential,
                   extra_restated, options.max_string_bytes, options.max_body_bytes},
                  record);
  add_kube_fields(parts, {logged, safe, extra_restated, options.max_string_bytes}, redactor,
                  record);
  if (parts.odd_overflow) {
    record.tags.push_back("odd-members-dropped");
  }
  if (!record.time_known) {
    record.tags.push_back("timestamp-unparsed");
  }
}

void KubeAuditParser::State::unparsed(std::string_view text, std::string_view line,
                                      std::string_view why, event::Records& out) {
  event::Record& record = out.add();
  record.kind = event::RecordKind::unparsed;
  record.raw = text;
  record.offset_in_line = static_cast<std::size_t>(text.data() - line.data());
  const bool legacy = read_legacy_line(text, redactor, options.max_string_bytes, record);
  record.tags.push_back(legacy ? "legacy-format" : why);
  std::string_view shown = text;
  if (redactor.enabled() && !legacy) {
    shown = shown_of_no_event(text);
    if (shown.size() < text.size()) {
      record.tags.push_back("bodies-dropped");
    }
  }
  if (shown.size() > options.max_raw_bytes) {
    shown = shown.substr(0, utf8_prefix(shown, options.max_raw_bytes));
    record.tags.push_back("message-cut");
  }
  std::string masked;
  bool next = false;
  if (redactor.append_argument(masked, shown, next)) {
    shown = record.keep(masked);
  }
  record.add("message", shown);
}

}  // namespace auditship::parsers::kube_audit
