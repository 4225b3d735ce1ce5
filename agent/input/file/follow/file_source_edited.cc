// Where a FileSource goes on in a log that somebody edited.
#include <utility>

#include "agent/input/file/follow/file_source.h"

namespace auditship::input::file::follow {
namespace {

using generations::Generation;
using generations::GenerationMark;
using rotation::ChainEntry;
using rotation::ResumePlace;

void report_edited(rotation::SourceContext& context, std::uint64_t read_up_to,
                   std::uint64_t reads_on_at) {
  context.log.warn(
      "log-edited", "the log was edited; what was read of it before is not shipped again",
      {{"path", context.options.path}, {"read_up_to", read_up_to}, {"reads_on_at", reads_on_at}});
}

}  // namespace

// An editor wrote the log anew in its own file. False: that is not known.
Result<bool> FileSource::go_on_in_edited() {
  ChainEntry& current = *reader_.current();
  const GenerationMark mark{reader_.mark(), true};
  auto place = search::EditedLog::find_place(current, mark);
  if (!place) {
    return place.error().in(current.path);
  }
  if (!*place) {
    return false;
  }
  current.file->forget_head();
  auto head = current.file->head(Generation::LastLine::needs_newline);
  auto there = head ? current.file->seek(**place) : Result<bool>(head.error());
  if (!there) {
    return there.error().in(current.path);
  }
  if (!*there || !head->complete) {
    return false;
  }
  report_edited(context_, mark.at.pos.offset, **place);
  copies_.forget_failures();
  history_.finish(mark);
  late_writes_.stop();
  begin(reader_.end(), rotation::ReadStart{history_.new_key(head->digest), **place, 0});
  return true;
}

// The front took the place of the log that was read last, whose name is gone: it may be the same log,
// edited. False: it is another one.
Result<bool> FileSource::begin_edited() {
  ChainEntry& next = chain_.front();
  ChainEntry* old = late_writes_.finished();
  if (old == nullptr || !old->nameless || !next.live() || !next.open(context_.fs)) {
    return false;
  }
  auto head = next.file->head(Generation::LastLine::needs_newline);
  if (!head) {
    return head.error().in(next.path);
  }
  auto place = search::EditedLog::compare(*old, late_writes_.read_up_to(), next);
  if (!place) {
    // The old file may never be readable again; an error of the next one is met when it is read.
    late_writes_.stop();
    return false;
  }
  if (!*place || !head->complete) {
    return false;
  }
  auto there = next.file->seek((*place)->offset);
  if (!there || !*there) {
    return there;
  }
  report_edited(context_, late_writes_.read_up_to(),
                (*place)->skipped ? (*place)->skipped->to : (*place)->offset);
  begin(std::move(next), rotation::ReadStart{history_.new_key(head->digest), (*place)->offset, 0,
                                             (*place)->skipped});
  chain_.pop_front();
  return true;
}

// The place may be in the live log, edited while nobody looked.
Result<ResumePlace::Found> FileSource::look_into_edited() {
  ChainEntry* live = resume_place_.compared_live();
  if (live == nullptr || !live->open(context_.fs)) {
    return ResumePlace::Found{ResumePlace::Verdict::missing, {}, {}};
  }
  const std::uint64_t read_up_to = resume_place_.mark().at.pos.offset;
  auto place = search::EditedLog::find_place(*live, resume_place_.mark());
  if (!place) {
    return place.error().in(live->path);
  }
  auto found = *place ? resume_place_.take_edited(**place)
                      : ResumePlace::Found{ResumePlace::Verdict::missing, {}, {}};
  if (found.verdict == ResumePlace::Verdict::found) {
    report_edited(context_, read_up_to, found.start.offset);
  }
  return found;
}

}  // namespace auditship::input::file::follow
