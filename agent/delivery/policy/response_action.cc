#include "agent/delivery/policy/response_action.h"

#include "agent/base/result.h"

namespace auditship::delivery::policy {
namespace {

// One document in so many refused with 429 means that the server is pressed.
constexpr std::size_t kPressedFrom = 8;

}  // namespace

RequestAction request_action(const event::Outcome& outcome, std::uint32_t documents) {
  switch (outcome.verdict) {
    case event::Verdict::split:
      if (outcome.http_status == 0) {
        return RequestAction::silence;
      }
      return documents > 1 ? RequestAction::halve : RequestAction::wait;
    case event::Verdict::recode:
      return RequestAction::recode;
    case event::Verdict::index_gone:
      return RequestAction::look_up;
    case event::Verdict::rejected:
      return documents > 1 ? RequestAction::halve : RequestAction::reject;
    case event::Verdict::retry:
    case event::Verdict::blocked:
    case event::Verdict::created:
    case event::Verdict::duplicate:
      break;
  }
  return RequestAction::wait;
}

SilenceAction silence_action(std::uint32_t silences, std::uint32_t documents, bool others_answered,
                             bool others_taken) {
  if (silences <= kSilencesBeforeSplit) {
    return SilenceAction::wait;
  }
  if (documents > 1) {
    return others_answered ? SilenceAction::halve : SilenceAction::wait;
  }
  return others_taken ? SilenceAction::reject : SilenceAction::wait;
}

ItemPartition partition_items(const event::Outcome& outcome,
                              const std::vector<sinks::framing::FramedItem>& items) {
  ItemPartition sorted;
  for (const event::ItemOutcome& item : outcome.items) {
    AUDITSHIP_CHECK(item.item < items.size(), "an item number outside of its request");
    if (item.verdict == event::Verdict::rejected) {
      sorted.rejected.push_back(item);
      continue;
    }
    sorted.pushed_back += item.status == 429 ? 1 : 0;
    (item.verdict == event::Verdict::index_gone ? sorted.gone : sorted.again)
        .push_back(items[item.item]);
    if (sorted.most_severe == nullptr || item.verdict == event::Verdict::blocked ||
        (sorted.most_severe->verdict == event::Verdict::index_gone &&
         item.verdict != event::Verdict::index_gone)) {
      sorted.most_severe = &item;
    }
  }
  return sorted;
}

bool is_pressed(const ItemPartition& partition, std::uint32_t documents) {
  return partition.pushed_back * kPressedFrom >= documents;
}

bool may_still_execute(const event::Outcome& outcome) {
  return outcome.verdict != event::Verdict::created &&
         (outcome.http_status == 0 || outcome.http_status == 408 || outcome.http_status >= 500);
}

const char* retry_class(event::Verdict verdict, std::uint16_t status) {
  switch (verdict) {
    case event::Verdict::blocked:
      return "blocked";
    case event::Verdict::index_gone:
      return "index_gone";
    case event::Verdict::rejected:
      return "refused";
    case event::Verdict::recode:
      return "compression";
    case event::Verdict::split:
      return status == 0 ? "no_answer" : "too_large";
    case event::Verdict::created:
    case event::Verdict::duplicate:
    case event::Verdict::retry:
      break;
  }
  return status == 0 ? "no_answer" : status == 429 ? "pressure" : "server_error";
}

}  // namespace auditship::delivery::policy
