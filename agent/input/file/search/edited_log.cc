#include "agent/input/file/search/edited_log.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace auditship::input::file::search {
namespace {

using generations::FileCheckpoint;
using generations::Generation;
using rotation::ChainEntry;

constexpr std::uint64_t kBlock = 256 * 1024;
// Of the bytes before the remembered place that are looked through when only their hash is known.
constexpr std::uint64_t kLookBack = std::uint64_t{1} << 20;

// size bytes at offset, fewer at the end of the file.
Result<std::string> bytes_at(Generation& file, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  auto got = file.read_at(offset, bytes.data(), bytes.size());
  if (!got) {
    return got.error();
  }
  bytes.resize(*got);
  return bytes;
}

// The offset behind the last newline that both files have at one offset before limit, with equal bytes
// before it.
Result<std::uint64_t> common_beginning(Generation& a, Generation& b, std::uint64_t limit) {
  std::uint64_t line_end = 0;
  for (std::uint64_t at = 0; at < limit; at += kBlock) {
    const std::uint64_t size = std::min(kBlock, limit - at);
    const auto one = bytes_at(a, at, size);
    const auto other = one ? bytes_at(b, at, size) : one;
    if (!other) {
      return other.error();
    }
    const std::size_t most = std::min(one->size(), other->size());
    const auto equal = static_cast<std::size_t>(
        std::mismatch(one->begin(), one->begin() + static_cast<std::ptrdiff_t>(most),
                      other->begin())
            .first -
        one->begin());
    const std::size_t newline = std::string_view(*one).substr(0, equal).rfind('\n');
    line_end = newline == std::string_view::npos ? line_end : at + newline + 1;
    if (equal < size) {
      break;
    }
  }
  return line_end;
}

Result<bool> begins_line(Generation& file, std::uint64_t offset) {
  if (offset == 0) {
    return true;
  }
  const auto before = bytes_at(file, offset - 1, 1);
  return before ? Result<bool>(*before == "\n") : before.error();
}

// How many bytes before a_end in a and before b_end in b are equal; whole lines, at most limit.
Result<std::uint64_t> common_end(Generation& a, std::uint64_t a_end, Generation& b,
                                 std::uint64_t b_end, std::uint64_t limit) {
  std::uint64_t run = 0;
  std::uint64_t lines = 0;
  while (run < limit) {
    const std::uint64_t size = std::min(kBlock, limit - run);
    const auto one = bytes_at(a, a_end - run - size, size);
    const auto other = one ? bytes_at(b, b_end - run - size, size) : one;
    if (!other) {
      return other.error();
    }
    if (one->size() != size || other->size() != size) {
      break;
    }
    const auto equal = static_cast<std::uint64_t>(
        std::mismatch(one->rbegin(), one->rend(), other->rbegin()).first - one->rbegin());
    // A line of the run begins behind a newline that is in it.
    const std::size_t newline = one->find('\n', static_cast<std::size_t>(size - equal));
    if (newline != std::string::npos) {
      lines = std::max(lines, run + size - newline - 1);
    }
    run += equal;
    if (equal < size) {
      return lines;
    }
  }
  const auto a_begins = begins_line(a, a_end - run);
  const auto both_begin = a_begins && *a_begins ? begins_line(b, b_end - run) : a_begins;
  if (!both_begin) {
    return both_begin.error();
  }
  return *both_begin ? run : lines;
}

// In linear time whatever the bytes are, as std::string::find is not.
std::size_t find_in(const std::string& bytes, const std::string& needle, std::size_t from) {
  const void* at = memmem(bytes.data() + from, bytes.size() - from, needle.data(), needle.size());
  return at == nullptr ? std::string::npos
                       : static_cast<std::size_t>(static_cast<const char*>(at) - bytes.data());
}

// The end of the one occurrence of needle between from and limit. nullopt: there is none, or more
// than one.
Result<std::optional<std::uint64_t>> only_occurrence(Generation& file, std::uint64_t from,
                                                     std::uint64_t limit,
                                                     const std::string& needle) {
  std::optional<std::uint64_t> found;
  std::string block;
  std::uint64_t begin = from;
  for (std::uint64_t at = from;;) {
    auto more = bytes_at(file, at, std::min(kBlock, limit - std::min(limit, at)));
    if (!more) {
      return more.error();
    }
    if (more->empty()) {
      return found;
    }
    at += more->size();
    block += *more;
    for (std::size_t i = find_in(block, needle, 0); i != std::string::npos;
         i = find_in(block, needle, i + 1)) {
      if (found) {
        return std::optional<std::uint64_t>();
      }
      found = begin + i + needle.size();
    }
    const std::size_t kept = std::min(block.size(), needle.size() - 1);
    begin += block.size() - kept;
    block.erase(0, block.size() - kept);
  }
}

bool is_plain(const ChainEntry& entry) { return entry.file && !entry.file->compressed(); }

}  // namespace

Result<std::optional<EditedLog::Place>> EditedLog::compare(ChainEntry& old,
                                                           std::uint64_t read_up_to,
                                                           ChainEntry& edited) {
  if (!is_plain(old) || !is_plain(edited) || read_up_to < kMinRun || read_up_to > kMaxCompared) {
    return std::optional<Place>();
  }
  const auto beginning = common_beginning(*old.file, *edited.file, read_up_to);
  if (!beginning) {
    return beginning.error();
  }
  if (*beginning == read_up_to) {
    return std::optional<Place>();
  }
  const std::uint64_t enough = std::max(kMinRun, read_up_to / 2);
  const std::uint64_t window =
      std::min<std::uint64_t>(read_up_to - *beginning, FileCheckpoint::kTailHashBytes);
  const auto needle = bytes_at(*old.file, read_up_to - window, window);
  if (!needle) {
    return needle.error();
  }
  std::optional<std::uint64_t> end;
  if (window >= kMinRun && needle->size() == window) {
    auto only = only_occurrence(*edited.file, *beginning, read_up_to + kMaxMoved, *needle);
    if (!only) {
      return only.error();
    }
    end = *only;
  }
  if (!end) {
    return *beginning >= std::max(enough, kMinBeginning) ? std::optional(Place{*beginning, {}})
                                                         : std::nullopt;
  }
  const auto run = common_end(*old.file, read_up_to, *edited.file, *end,
                              std::min(read_up_to, *end) - *beginning);
  if (!run) {
    return run.error();
  }
  const bool all_was_read = *end - *run == *beginning;
  if (*beginning + *run < (all_was_read ? std::min(enough, kMinKept) : enough)) {
    return std::optional<Place>();
  }
  if (all_was_read) {
    return std::optional(Place{*end, {}});
  }
  const std::uint64_t tail = std::min<std::uint64_t>(*end, FileCheckpoint::kTailHashBytes);
  const auto before = bytes_at(*edited.file, *end - tail, tail);
  if (!before) {
    return before.error();
  }
  return std::optional(
      Place{*beginning, generations::SkippedPart{*end - *run, *end, generations::hash64(*before)}});
}

Result<std::optional<std::uint64_t>> EditedLog::find_place(
    ChainEntry& edited, const generations::GenerationMark& mark) {
  const std::uint64_t was = mark.at.pos.offset;
  const std::uint64_t window = std::min<std::uint64_t>(was, FileCheckpoint::kTailHashBytes);
  std::optional<std::uint64_t> found;
  if (!is_plain(edited) || mark.at.head_hash == 0) {
    return found;
  }
  const auto head_hash = edited.file->head_hash();
  if (!head_hash) {
    return head_hash.error();
  }
  if (*head_hash != mark.at.head_hash) {
    return found;
  }
  const std::uint64_t from = was > kLookBack + window ? was - kLookBack - window : 0;
  const auto bytes = bytes_at(*edited.file, from, was + kMaxInserted - from);
  if (!bytes) {
    return bytes.error();
  }
  const std::string_view all = *bytes;
  for (std::size_t at = all.find('\n'); at != std::string_view::npos; at = all.find('\n', at + 1)) {
    const std::size_t end = at + 1;
    if (end < window ||
        generations::hash64(all.substr(end - window, window)) != mark.at.tail_hash) {
      continue;
    }
    if (found) {
      return std::optional<std::uint64_t>();
    }
    found = from + end;
  }
  return found;
}

}  // namespace auditship::input::file::search
