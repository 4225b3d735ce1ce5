// `auditship buffer`: reads the buffer of a data directory, also while an agent runs. Writes
// nothing.
#include <algorithm>
#include <cstdio>
#include <optional>

#include "agent/app/registered_types.h"
#include "agent/base/compression/unpacker.h"
#include "agent/base/encoding/json_writer.h"
#include "agent/base/human_readable.h"
#include "agent/buffer/ack_slot.h"
#include "agent/buffer/segment.h"
#include "agent/buffer/segment_list.h"
#include "agent/cli/commands.h"
#include "agent/delivery/in_flight/bulk_payload.h"
#include "agent/input/input_type.h"
#include "agent/platform/posix_filesystem.h"
#include "sinks/framing/framing_by_name.h"

namespace auditship::cli {
namespace {

enum class Depth { list, bodies };

struct Found {
  std::uint64_t frames = 0, documents = 0, bytes = 0, damaged = 0;
};

// For people. Of a source that belongs to no input, as the filter rules: how long its position is.
std::string describe(const event::Cursor& position) {
  for (const input::InputType* type : app::registered_types().inputs) {
    if (const auto text = type->describe == nullptr ? std::nullopt : type->describe(position)) {
      return *text;
    }
  }
  return "a position of " + std::to_string(position.bytes.size()) + " bytes";
}

void print_frame(const buffer::Segment::Entry& entry, const buffer::AckState& ack) {
  const event::Batch& batch = entry.meta.batch;
  const auto target = ack.targets.find(entry.head.id);
  const std::string state = entry.head.id <= ack.settled  ? "settled"
                            : target != ack.targets.end() ? "sent to " + target->second
                                                          : "waiting";
  std::string oldest = "-";
  if (batch.oldest_ns != 0) {
    oldest.clear();
    append_rfc3339(oldest, batch.oldest_ns);
  }
  std::printf("  frame %llu  %u documents  %s packed  %s raw  %s  oldest %s  %s\n",
              static_cast<unsigned long long>(entry.head.id), batch.documents,
              human_bytes(entry.head.body_bytes).c_str(), human_bytes(batch.raw_bytes).c_str(),
              std::string(codec_name(batch.codec)).c_str(), oldest.c_str(), state.c_str());
  for (const event::SourceSpan& span : batch.spans) {
    std::printf("    %s to %s\n", span.source.c_str(), describe(span.after.position).c_str());
  }
}

// Every frame is whole, and holds as many documents as it says.
bool intact(const buffer::Segment& segment, const buffer::Segment::Entry& entry) {
  auto body = segment.body(entry);
  if (!body) {
    return false;
  }
  if (entry.meta.batch.documents == 0) {
    return body->empty();
  }
  delivery::in_flight::BulkPayload payload;
  payload.codec = entry.meta.batch.codec;
  payload.body = std::make_shared<const std::string>(std::move(*body));
  const auto framing = sinks::framing::framing_by_name(entry.meta.batch.framing);
  if (framing == nullptr) {
    return delivery::in_flight::unpack_payload(payload).ok();
  }
  const auto unpacked = delivery::in_flight::unpack_items(payload, *framing);
  return unpacked && unpacked->items.size() == entry.meta.batch.documents;
}

// Prints what is wrong at an offset. Returns where the next intact frame begins; nullopt: there is
// none.
std::optional<std::uint64_t> pass_damage(const buffer::Segment& segment, std::uint64_t at,
                                         const std::string& why, bool newest, Found& found) {
  auto next = segment.search(at + 1);
  const bool more = next && *next;
  if (!more && newest) {
    std::printf("  offset %llu: %s; a torn end is cut at the next start\n",
                static_cast<unsigned long long>(at), why.c_str());
    return std::nullopt;
  }
  std::printf("  offset %llu: DAMAGED: %s\n", static_cast<unsigned long long>(at), why.c_str());
  ++found.damaged;
  return more ? std::optional((*next)->at) : std::nullopt;
}

Found walk(const buffer::Segment& segment, const buffer::AckState& ack, Depth depth, bool print,
           bool newest) {
  Found found;
  std::optional<std::uint64_t> at = segment.header().size;
  while (at) {
    auto entry = segment.front(*at);
    if (entry && !*entry) {
      break;
    }
    if (!entry || (depth == Depth::bodies && !intact(segment, **entry))) {
      const std::string why = entry ? "its body is damaged" : entry.error().message;
      at = pass_damage(segment, *at, why, newest, found);
      continue;
    }
    ++found.frames;
    found.documents += (*entry)->meta.batch.documents;
    found.bytes += (*entry)->head.size();
    if (print) {
      print_frame(**entry, ack);
    }
    at = (*entry)->end();
  }
  return found;
}

// The items of one frame on stdout, as they are sent.
int show_frame(const buffer::Segment& segment, event::FrameId id) {
  for (std::uint64_t at = segment.header().size;;) {
    auto entry = segment.front(at);
    if (!entry || !*entry) {
      return kExitFailed;
    }
    if ((*entry)->head.id == id) {
      auto body = segment.body(**entry);
      auto raw = body ? unpack((*entry)->meta.batch.codec, *body, 512u << 20) : body;
      if (!raw) {
        std::fprintf(stderr, "auditship: frame %llu: %s\n", static_cast<unsigned long long>(id),
                     raw.error().message.c_str());
        return kExitFailed;
      }
      std::fwrite(raw->data(), 1, raw->size(), stdout);
      return 0;
    }
    at = (*entry)->end();
  }
}

void print_settled(const std::string& stream, const buffer::AckState& state) {
  std::printf(
      "%s: settled up to frame %llu; %llu created, %llu already there, %llu in dead letters\n",
      stream.c_str(), static_cast<unsigned long long>(state.settled),
      static_cast<unsigned long long>(state.ledger.created),
      static_cast<unsigned long long>(state.ledger.duplicate),
      static_cast<unsigned long long>(state.ledger.dead_lettered));
}

// Goes through the buffers of streams, and does to each what the action says.
class BufferLook {
 public:
  BufferLook(Fs& fs, const BufferArguments& arguments)
      : fs_(fs), arguments_(arguments), show_(arguments.action == "show") {}

  void stream(const std::string& name, const std::string& directory) {
    auto ack = buffer::AckSlot::peek(fs_, join_path(directory, "ack"));
    const buffer::AckState state = ack ? buffer::furthest_behind(*ack) : buffer::AckState{};
    if (!show_) {
      print_settled(name, state);
    }
    auto segments = buffer::segments_in(fs_, directory);
    if (!segments) {
      complain(segments.error());
      return;
    }
    for (const buffer::SegmentFile& file : *segments) {
      auto segment = buffer::Segment::open(fs_, file.path, OpenMode::read);
      if (!segment) {
        if (segment.error().code != Errc::not_found) {  // else settled and removed while we read
          complain(segment.error());
        }
      } else if (!show_) {
        list(**segment, state, file.first == segments->back().first);
      } else if ((*segment)->header().first <= arguments_.frame &&
                 show_frame(**segment, arguments_.frame) == 0) {
        shown_ = true;
        return;
      }
    }
  }

  [[nodiscard]] int exit_code() const {
    if (show_ && !shown_) {
      std::fprintf(stderr, "auditship: no frame %llu\n",
                   static_cast<unsigned long long>(arguments_.frame));
      return kExitFailed;
    }
    return damaged_ == 0 ? 0 : kExitFailed;
  }

 private:
  void complain(const Error& error) {
    std::printf(" %s\n", error.message.c_str());
    ++damaged_;
  }

  void list(const buffer::Segment& segment, const buffer::AckState& state, bool newest) {
    std::printf(" %s  %s\n", segment.path().c_str(), human_bytes(segment.size()).c_str());
    const Found found =
        walk(segment, state, arguments_.action == "verify" ? Depth::bodies : Depth::list,
             arguments_.action == "ls", newest);
    std::printf("  %llu frames, %llu documents%s\n", static_cast<unsigned long long>(found.frames),
                static_cast<unsigned long long>(found.documents),
                found.damaged > 0 ? ", DAMAGED" : "");
    damaged_ += found.damaged;
  }

  Fs& fs_;
  const BufferArguments& arguments_;
  bool show_;
  bool shown_ = false;
  std::uint64_t damaged_ = 0;
};

}  // namespace

int buffer_command(const BufferArguments& arguments) {
  platform::PosixFs fs;
  const auto data_dir = data_dir_for(fs, arguments.config, arguments.data_dir);
  if (!data_dir) {
    return kExitFailed;
  }
  auto names = fs.list(*data_dir);
  if (!names) {
    std::fprintf(stderr, "auditship: %s\n", names.error().message.c_str());
    return kExitFailed;
  }
  std::sort(names->begin(), names->end());
  BufferLook look(fs, arguments);
  for (const std::string& stream : *names) {
    const std::string directory = join_path(join_path(*data_dir, stream), "buffer");
    if (auto stat = fs.stat(directory);
        stat && stat->is_directory && (arguments.stream.empty() || arguments.stream == stream)) {
      look.stream(stream, directory);
    }
  }
  return look.exit_code();
}

}  // namespace auditship::cli
