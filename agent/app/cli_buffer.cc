// `auditship buffer`: reads the buffer of a data directory, also while an agent runs. Writes
// nothing.
#include <algorithm>
#include <cstdio>

#include "agent/app/cli.h"
#include "agent/app/parts.h"
#include "agent/app/summary.h"
#include "agent/buffer/ack_slot.h"
#include "agent/buffer/segment.h"
#include "agent/core/json_out.h"
#include "agent/core/posix_fs.h"

namespace auditship {
namespace {

enum class Depth { list, bodies };

struct Found {
  std::uint64_t frames = 0, documents = 0, bytes = 0, damaged = 0;
};

void print_frame(const Segment::Entry& entry, const AckState& ack) {
  const Batch& batch = entry.meta.batch;
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
  for (const SourceSpan& span : batch.spans) {
    std::printf("    %s to offset %llu\n", span.source.c_str(),
                static_cast<unsigned long long>(span.after.pos.offset));
  }
}

// Every frame is whole, and holds as many documents as it says.
bool intact(const Segment& segment, const Segment::Entry& entry) {
  auto body = segment.body(entry);
  if (!body) {
    return false;
  }
  if (entry.meta.batch.documents == 0) {
    return body->empty();
  }
  Part part;
  part.codec = entry.meta.batch.codec;
  part.body = std::make_shared<const std::string>(std::move(*body));
  auto raw = unpack_part(part);
  auto items = raw ? bulk_items(*raw) : Result<std::vector<BulkItem>>(raw.error());
  return items && items->size() == entry.meta.batch.documents;
}

Found walk(const Segment& segment, const AckState& ack, Depth depth, bool print, bool newest) {
  Found found;
  std::uint64_t at = segment.header().size;
  while (true) {
    auto entry = segment.front(at);
    if (entry && !*entry) {
      return found;
    }
    if (!entry || (depth == Depth::bodies && !intact(segment, **entry))) {
      const std::string why = entry ? "its body is damaged" : entry.error().message;
      auto next = segment.search(at + 1);
      const bool more = next && *next;
      if (!more && newest) {
        std::printf("  offset %llu: %s; a torn end is cut at the next start\n",
                    static_cast<unsigned long long>(at), why.c_str());
        return found;
      }
      std::printf("  offset %llu: DAMAGED: %s\n", static_cast<unsigned long long>(at), why.c_str());
      ++found.damaged;
      if (!more) {
        return found;
      }
      at = (*next)->at;
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
}

// The bulk lines of one frame on stdout.
int show_frame(const Segment& segment, FrameId id) {
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

}  // namespace

int buffer_command(const BufferArguments& arguments) {
  PosixFs fs;
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
  std::uint64_t damaged = 0;
  bool shown = false;
  for (const std::string& stream : *names) {
    const std::string directory = join_path(join_path(*data_dir, stream), "buffer");
    if (auto stat = fs.stat(directory);
        !stat || !stat->is_directory || (!arguments.stream.empty() && arguments.stream != stream)) {
      continue;
    }
    auto ack = AckSlot::peek(fs, join_path(directory, "ack"));
    const AckState state = ack ? *ack : AckState{};
    const bool print = arguments.action == "ls";
    if (arguments.action != "show") {
      std::printf(
          "%s: settled up to frame %llu; %llu created, %llu already there, %llu in dead letters\n",
          stream.c_str(), static_cast<unsigned long long>(state.settled),
          static_cast<unsigned long long>(state.ledger.created),
          static_cast<unsigned long long>(state.ledger.existed),
          static_cast<unsigned long long>(state.ledger.dead_lettered));
    }
    auto segments = segments_in(fs, directory);
    if (!segments) {
      std::printf(" %s\n", segments.error().message.c_str());
      ++damaged;
      continue;
    }
    for (const SegmentFile& file : *segments) {
      auto segment = Segment::open(fs, file.path, OpenMode::read);
      if (!segment) {
        if (segment.error().code == Errc::not_found) {
          continue;  // settled and removed while we read
        }
        std::printf(" %s\n", segment.error().message.c_str());
        ++damaged;
        continue;
      }
      if (arguments.action == "show") {
        if ((*segment)->header().first <= arguments.frame &&
            show_frame(**segment, arguments.frame) == 0) {
          shown = true;
          break;
        }
        continue;
      }
      std::printf(" %s  %s\n", file.path.c_str(), human_bytes((*segment)->size()).c_str());
      const Found found =
          walk(**segment, state, arguments.action == "verify" ? Depth::bodies : Depth::list, print,
               file.first == segments->back().first);
      std::printf(
          "  %llu frames, %llu documents%s\n", static_cast<unsigned long long>(found.frames),
          static_cast<unsigned long long>(found.documents), found.damaged > 0 ? ", DAMAGED" : "");
      damaged += found.damaged;
    }
  }
  if (arguments.action == "show" && !shown) {
    std::fprintf(stderr, "auditship: no frame %llu\n",
                 static_cast<unsigned long long>(arguments.frame));
    return kExitFailed;
  }
  return damaged == 0 ? 0 : kExitFailed;
}

}  // namespace auditship
