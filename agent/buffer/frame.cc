#include "agent/buffer/frame.h"

#include <algorithm>

#include "agent/base/encoding/binary_io.h"
#include "agent/base/encoding/crc32c.h"

namespace auditship::buffer {
namespace {

constexpr std::uint32_t kFrameMagic = 0x31465341;  // "ASF1"
constexpr std::string_view kSegmentMagic = "ASHIPSEG";
constexpr std::size_t kMaxFramingName = 32;
constexpr std::size_t kMaxName = 4096;
constexpr std::uint64_t kMaxCount = 1u << 20;

void put_cursor(std::string& out, const event::Cursor& cursor) {
  AUDITSHIP_CHECK(cursor.bytes.size() <= event::Cursor::kMaxBytes, "cursor over its limit");
  put_bytes(out, cursor.bytes);
}

// Without state: those of all sources stand behind the last one.
void put_checkpoint(std::string& out, const event::Checkpoint& checkpoint) {
  AUDITSHIP_CHECK(checkpoint.input_state.size() <= event::Checkpoint::kMaxInputStateBytes,
                  "state of an input over its limit");
  put_cursor(out, checkpoint.position);
  put_bytes(out, checkpoint.input_state);
}

// The order of the counters on disk.
template <typename Ledger, typename Visit>
void each_counter(Ledger& l, Visit visit) {
  for (auto* counter :
       {&l.lines, &l.empty_lines, &l.bytes, &l.salvaged, &l.filtered, &l.sampled_out, &l.documents,
        &l.derived, &l.unparsed, &l.cut, &l.gaps, &l.gap_bytes, &l.reread}) {
    visit(*counter);
  }
}

void put_ledger(std::string& out, const event::ReadLedger& ledger) {
  each_counter(ledger, [&](const std::uint64_t& counter) { put_varint(out, counter); });
  put_varint(out, ledger.by_rule.size());
  for (const auto& [name, count] : ledger.by_rule) {
    put_bytes(out, name);
    put_varint(out, count);
  }
}

event::Cursor get_cursor(WireReader& in) {
  return event::Cursor{std::string(in.bytes(event::Cursor::kMaxBytes))};
}

event::Checkpoint get_checkpoint(WireReader& in) {
  event::Checkpoint checkpoint;
  checkpoint.position = get_cursor(in);
  checkpoint.input_state = in.bytes(event::Checkpoint::kMaxInputStateBytes);
  return checkpoint;
}

event::ReadLedger get_ledger(WireReader& in) {
  event::ReadLedger ledger;
  each_counter(ledger, [&](std::uint64_t& counter) { counter = in.varint(); });
  const std::uint64_t count = in.varint();
  for (std::uint64_t i = 0; i < count && i < kMaxCount && in.ok(); ++i) {
    std::string name(in.bytes(kMaxName));
    const std::uint64_t hits = in.varint();
    ledger.by_rule.emplace_back(std::move(name), hits);
  }
  return ledger;
}

// States of sources, in the order of spans or table: only those that have one.
void put_states(std::string& out, const std::vector<const std::string*>& states) {
  std::uint64_t count = 0;
  for (const std::string* state : states) {
    count += state->empty() ? 0 : 1;
  }
  put_varint(out, count);
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (!states[i]->empty()) {
      put_varint(out, i);
      put_bytes(out, *states[i]);
    }
  }
}

// The last part of a meta or header. False: damaged.
bool get_states(WireReader& in, const std::vector<std::string*>& states) {
  const std::uint64_t count = in.varint();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::uint64_t index = in.varint();
    const std::string_view state = in.bytes(event::Checkpoint::kMaxStateBytes);
    if (!in.ok() || index >= states.size()) {
      return false;
    }
    *states[static_cast<std::size_t>(index)] = state;
  }
  return in.ok();
}

Error damaged(const char* what) { return Error{Errc::corrupt, what}; }

}  // namespace

Error foreign_version(const std::string& found) {
  return Error{Errc::newer_version,
               "buffer format " + found + "; this auditship knows format " +
                   std::to_string(kBufferVersion) +
                   ". Nothing was changed. Let the release that wrote it deliver what it holds, or "
                   "move the buffer's directory away to begin a new one"};
}

std::string encode_frame_front(event::FrameId id, const event::Batch& batch) {
  std::string meta;
  put_u32(meta, crc32c(batch.body));
  put_varint(meta, batch.documents);
  put_varint(meta, batch.raw_bytes);
  put_varint(meta, static_cast<std::uint64_t>(batch.codec));
  put_bytes(meta, batch.framing);
  put_u64(meta, static_cast<std::uint64_t>(batch.oldest_ns));
  put_ledger(meta, batch.ledger);
  put_varint(meta, batch.spans.size());
  for (const event::SourceSpan& span : batch.spans) {
    put_bytes(meta, span.source);
    put_cursor(meta, span.before);
    put_checkpoint(meta, span.after);
  }
  std::vector<const std::string*> states;
  for (const event::SourceSpan& span : batch.spans) {
    states.push_back(&span.after.state);
  }
  put_states(meta, states);
  AUDITSHIP_CHECK(meta.size() <= kMaxMetaBytes && batch.body.size() <= kMaxBodyBytes,
                  "frame over its limits");

  std::string front;
  front.reserve(kFrameHeadBytes + meta.size());
  put_u32(front, kFrameMagic);
  put_u32(front, static_cast<std::uint32_t>(meta.size()));
  put_u32(front, static_cast<std::uint32_t>(batch.body.size()));
  put_u64(front, id);
  put_u32(front, crc32c(meta, crc32c(front)));
  front += meta;
  return front;
}

Result<FrameHead> decode_frame_head(std::string_view bytes) {
  WireReader in(bytes);
  if (in.u32() != kFrameMagic) {
    return damaged("no frame begins here");
  }
  FrameHead head;
  head.meta_bytes = in.u32();
  head.body_bytes = in.u32();
  head.id = in.u64();
  head.crc = in.u32();
  if (!in.ok() || head.meta_bytes > kMaxMetaBytes || head.body_bytes > kMaxBodyBytes) {
    return damaged("frame head is damaged");
  }
  return head;
}

Result<FrameMeta> decode_frame_meta(const FrameHead& head, std::string_view front) {
  if (front.size() != kFrameHeadBytes + head.meta_bytes ||
      crc32c(front.substr(kFrameHeadBytes), crc32c(front.substr(0, kFrameHeadBytes - 4))) !=
          head.crc) {
    return damaged("frame checksum is wrong");
  }
  WireReader in(front.substr(kFrameHeadBytes));
  FrameMeta meta;
  event::Batch& batch = meta.batch;
  meta.body_crc = in.u32();
  batch.documents = static_cast<std::uint32_t>(in.varint());
  batch.raw_bytes = in.varint();
  const std::uint64_t codec = in.varint();
  batch.framing = in.bytes(kMaxFramingName);
  batch.oldest_ns = static_cast<std::int64_t>(in.u64());
  batch.ledger = get_ledger(in);
  const std::uint64_t spans = in.varint();
  for (std::uint64_t i = 0; i < spans && in.ok(); ++i) {
    event::SourceSpan span;
    span.source = in.bytes(kMaxName);
    span.before = get_cursor(in);
    span.after = get_checkpoint(in);
    batch.spans.push_back(std::move(span));
  }
  std::vector<std::string*> states;
  for (event::SourceSpan& span : batch.spans) {
    states.push_back(&span.after.state);
  }
  if (!get_states(in, states) || !in.at_end() || codec > 2) {
    return damaged("frame meta is damaged");
  }
  batch.codec = static_cast<Codec>(codec);
  return meta;
}

std::string encode_segment_header(const SegmentHeader& header) {
  std::string payload(reinterpret_cast<const char*>(header.buffer.data()), header.buffer.size());
  put_varint(payload, header.first);
  put_ledger(payload, header.ledger);
  put_varint(payload, header.table.size());
  for (const auto& [source, checkpoint] : header.table) {
    put_bytes(payload, source);
    put_checkpoint(payload, checkpoint);
  }
  constexpr std::size_t kSmallState = 256;  // of as many sources as there can be: no matter
  const std::string none;
  std::size_t room = kMaxHeaderStateBytes;
  std::vector<const std::string*> states;
  for (const auto& [source, checkpoint] : header.table) {
    const bool fits = checkpoint.state.size() <= std::max(room, kSmallState);
    const std::string& state = fits ? checkpoint.state : none;
    room -= std::min(room, state.size());
    states.push_back(&state);
  }
  put_states(payload, states);
  std::string out(kSegmentMagic);
  put_u16(out, kBufferVersion);
  put_u16(out, 0);
  put_u32(out, static_cast<std::uint32_t>(payload.size()));
  out += payload;
  put_u32(out, crc32c(out));
  return out;
}

Result<SegmentHeader> decode_segment_header(std::string_view bytes) {
  WireReader in(bytes);
  if (in.raw(kSegmentMagic.size()) != kSegmentMagic) {
    return damaged("not a segment of auditship");
  }
  const std::uint16_t version = in.u16();
  (void)in.u16();
  const std::uint32_t length = in.u32();
  const std::string_view payload = in.raw(length);
  const std::uint32_t crc = in.u32();
  if (!in.ok() || crc32c(bytes.substr(0, kSegmentHeadBytes + length)) != crc) {
    return damaged("segment header is damaged");
  }
  if (version != kBufferVersion) {
    return foreign_version(std::to_string(version));
  }
  WireReader fields(payload);
  SegmentHeader header;
  const std::string_view id = fields.raw(header.buffer.size());
  std::copy(id.begin(), id.end(), header.buffer.begin());
  header.first = fields.varint();
  header.ledger = get_ledger(fields);
  const std::uint64_t sources = fields.varint();
  for (std::uint64_t i = 0; i < sources && fields.ok(); ++i) {
    std::string source(fields.bytes(kMaxName));
    header.table[std::move(source)] = get_checkpoint(fields);
  }
  std::vector<std::string*> states;
  for (auto& [name, checkpoint] : header.table) {
    states.push_back(&checkpoint.state);
  }
  // Whole, but not of this layout: no damage could do that.
  if (!get_states(fields, states) || !fields.at_end()) {
    return foreign_version("unknown");
  }
  header.size = kSegmentHeadBytes + length + 4;
  return header;
}

bool joins(const CheckpointTable& table, const event::Batch& batch) {
  return std::all_of(batch.spans.begin(), batch.spans.end(), [&](const event::SourceSpan& span) {
    const auto at = table.find(span.source);
    return span.before == (at == table.end() ? event::Cursor{} : at->second.position);
  });
}

void advance(CheckpointTable& table, const event::Batch& batch) {
  for (const event::SourceSpan& span : batch.spans) {
    table[span.source] = span.after;
  }
}

}  // namespace auditship::buffer
