#include "agent/pipeline/records/unparsed_watch.h"

#include <algorithm>

#include "agent/base/encoding/json_writer.h"

namespace auditship::pipeline::records {
namespace {

constexpr std::size_t kExampleBytes = 40;

// Whole words, if there is more than one.
std::string_view first_words(std::string_view text) {
  if (text.size() <= kExampleBytes) {
    return text;
  }
  const std::size_t blank = text.rfind(' ', kExampleBytes);
  const bool words = blank != std::string_view::npos && blank > 0;
  return text.substr(0, words ? blank : utf8_prefix(text, kExampleBytes));
}

}  // namespace

void UnparsedWatch::note(const event::Record& record) {
  if (noted_) {
    return;
  }
  noted_ = true;
  const std::string_view program = record.field("process.name");
  example_.assign(program).append(program.empty() ? "" : ": ");
  append_utf8_repaired(example_, first_words(record.field("message")));
}

void UnparsedWatch::step(TimePoint now, std::uint64_t lines, std::uint64_t unparsed, Logger& log,
                         std::string_view stream) {
  if (!begun_ || lines < lines_ || unparsed < unparsed_) {
    // The first step, or the buffer failed and lines are read again.
    begin_window(now, lines, unparsed);
  }
  const std::uint64_t read = lines - lines_;
  const std::uint64_t unknown = unparsed - unparsed_;
  if (read > 0) {
    share_ = static_cast<double>(unknown) / static_cast<double>(std::max(read, unknown));
  }
  if (!said_ && now - begin_ >= kShortest && unknown > 0 && unknown * kWorthSaying >= read) {
    said_ = true;
    log.warn("unparsed-records",
             "lines are of no known format; they are shipped as they are, marked",
             {{"stream", stream}, {"unparsed", unknown}, {"lines", read}, {"begins", example_}});
  }
  if (now - begin_ >= kWindow) {
    begin_window(now, lines, unparsed);
  }
}

void UnparsedWatch::begin_window(TimePoint now, std::uint64_t lines, std::uint64_t unparsed) {
  begun_ = true;
  said_ = noted_ = false;
  begin_ = now;
  lines_ = lines;
  unparsed_ = unparsed;
}

}  // namespace auditship::pipeline::records
