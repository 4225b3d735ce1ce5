#include "agent/delivery/delivery_reporter.h"

#include <chrono>

namespace auditship::delivery {

void DeliveryReporter::report_failed_request(event::FrameId frame, const event::Outcome& outcome,
                                             TimePoint now) {
  ++stats_.failures[outcome.code];
  if (const auto times = failure_throttle_.report(outcome.code, now)) {
    logger_.warn(LogCode::at_run_time(outcome.code), outcome.message,
                 {{"stream", stream_},
                  {"frame", frame},
                  {"status", outcome.http_status},
                  {"failures", *times}});
  }
  stats_.last_failure = outcome.message;
  note_blocked(outcome.verdict);
}

void DeliveryReporter::report_failed_items(event::FrameId frame,
                                           const event::ItemOutcome& most_severe,
                                           std::size_t documents, TimePoint now) {
  const std::string& code = most_severe.code;
  stats_.failures[code] += documents;
  if (const auto times = failure_throttle_.report(code, now, documents)) {
    logger_.warn(LogCode::at_run_time(code),
                 "the server did not take some documents now; they are sent again",
                 {{"stream", stream_},
                  {"frame", frame},
                  {"documents", *times},
                  {"error", most_severe.message}});
  }
  stats_.last_failure = code;
  note_blocked(most_severe.verdict);
}

void DeliveryReporter::report_unknown_target(const std::string& code, const Error& error,
                                             bool blocks, TimePoint now) {
  ++stats_.failures[code];
  if (const auto times = failure_throttle_.report(code, now)) {
    logger_.warn(LogCode::at_run_time(code),
                 "the index to write to cannot be found out; documents wait in the buffer",
                 {{"stream", stream_}, {"error", error.message}, {"failures", *times}});
  }
  stats_.last_failure = error.message;
  stats_.blocked = blocks;
}

void DeliveryReporter::report_failed_look_up(event::FrameId frame, const std::string& why,
                                             bool blocks, TimePoint now) {
  ++stats_.failures["look-up-failed"];
  if (const auto times = failure_throttle_.report("look-up-failed", now)) {
    logger_.warn(
        "look-up-failed",
        "it cannot be found out which documents of a frame are in an index already; they wait",
        {{"stream", stream_}, {"frame", frame}, {"error", why}, {"failures", *times}});
  }
  stats_.last_failure = why;
  stats_.blocked = blocks;
}

void DeliveryReporter::report_look_up(event::FrameId frame, const std::string& from,
                                      const std::string& to, std::size_t missing) {
  stats_.moved += missing;
  logger_.info(
      "looked-up", "documents that are in no index yet go to the current one",
      {{"stream", stream_}, {"frame", frame}, {"from", from}, {"to", to}, {"missing", missing}});
}

void DeliveryReporter::report_rejected(std::string_view code, std::string_view text,
                                       std::size_t documents, const event::ItemOutcome& why,
                                       TimePoint now) {
  if (const auto unsaid = rejection_throttle_.report(code, now, documents)) {
    logger_.warn(LogCode::at_run_time(code), text,
                 {{"stream", stream_}, {"documents", *unsaid}, {"error", why.message}});
  }
  // It does not last: the next one is news.
  (void)rejection_throttle_.recovered(now);
}

void DeliveryReporter::report_unwritten_dead_letters(const Error& error, TimePoint now) {
  ++stats_.failures["dead-letter-failed"];
  if (failure_throttle_.report("dead-letter-failed", now)) {
    logger_.error("dead-letter-failed",
                  "refused documents cannot be written to the dead-letter file; they wait",
                  {{"stream", stream_}, {"error", error.message}});
  }
  stats_.last_failure = "dead letters cannot be written: " + error.message;
}

void DeliveryReporter::report_full_disk(const Error& error, TimePoint now) {
  ++stats_.failures["ack-no-space"];
  if (failure_throttle_.report("ack-no-space", now)) {
    logger_.warn("ack-no-space",
                 "acknowledgements cannot be written: the disk is full; sending waits",
                 {{"stream", stream_}, {"error", error.message}});
  }
}

void DeliveryReporter::report_refused_codec(Codec now) {
  logger_.warn("codec-refused",
               "the server does not take this compression; bodies are packed in another",
               {{"stream", stream_}, {"now", codec_name(now)}});
}

void DeliveryReporter::report_unbalanced(event::FrameId frame, std::uint64_t read,
                                         std::uint64_t settled) {
  ++stats_.ledger_violations;
  logger_.error("accounting-mismatch", "documents read and documents settled do not add up",
                {{"stream", stream_}, {"frame", frame}, {"read", read}, {"settled", settled}});
}

void DeliveryReporter::report_recovery(TimePoint now) {
  stats_.last_failure.clear();
  stats_.blocked = false;
  if (const auto lasted = failure_throttle_.recovered(now)) {
    logger_.info("delivery-recovered", "documents are taken again",
                 {{"stream", stream_},
                  {"seconds", std::chrono::duration_cast<std::chrono::seconds>(*lasted).count()}});
  }
}

void DeliveryReporter::report_held_back(TimePoint now) {
  while (const auto held = rejection_throttle_.rest(now)) {
    logger_.warn(LogCode::at_run_time(held->first),
                 "more documents, for reasons like those told before",
                 {{"stream", stream_}, {"documents", held->second}});
  }
}

// Whether an index that is gone is anybody's to repair is known when the alias was asked.
void DeliveryReporter::note_blocked(event::Verdict verdict) {
  if (verdict != event::Verdict::index_gone) {
    stats_.blocked = verdict == event::Verdict::blocked;
  }
}

}  // namespace auditship::delivery
