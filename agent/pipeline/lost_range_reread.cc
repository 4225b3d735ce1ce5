#include "agent/pipeline/lost_range_reread.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "agent/pipeline/rule_change_recorder.h"

namespace auditship::pipeline {
namespace {

constexpr std::chrono::seconds kLookEvery{1};
// How often a log that cannot be read now is tried before what it had counts as lost; fewer times where each try puts
// frames into the buffer.
constexpr int kTries = 60;
constexpr int kTriesWithFrames = 3;

}  // namespace

LostRangeReread::LostRangeReread(const RuntimeServices& services, const PipelineSettings& settings,
                                 input::SourceDiscovery& input, MakeParser make_parser,
                                 const SourceReader& reader, records::RecordStage& stage,
                                 BatchAppender& appender, BufferedDelivery& output)
    : services_(services),
      settings_(settings),
      input_(input),
      make_parser_(std::move(make_parser)),
      reader_(reader),
      stage_(stage),
      appender_(appender),
      output_(output) {}

Status LostRangeReread::doubt_unreadable_positions() {
  const buffer::CheckpointTable& table = output_.log().table();
  const bool readable = std::all_of(table.begin(), table.end(), [this](const auto& source) {
    return source.first == kRulesSource || input_.can_resume(source.second);
  });
  return readable ? Status() : output_.delivery().doubt_all();
}

Status LostRangeReread::step(TimePoint now) {
  if (now >= next_at_) {
    if (auto s = reread_all(); !s) {
      return s;
    }
    next_at_ = now + kLookEvery;
  }
  return end_doubt();
}

// When all that was there has been read once more, nothing that comes now can have been sent
// before.
Status LostRangeReread::end_doubt() {
  delivery::Delivery& delivery = output_.delivery();
  if (delivery.ack().doubted != buffer::AckState::kAllDoubted || !reader_.at_end() ||
      appender_.waiting() || !delivery.lost_ranges().empty() || reader_.has_unread()) {
    return {};
  }
  if (!appender_.empty()) {
    if (auto s = appender_.close(); !s || appender_.waiting()) {
      return s;
    }
  }
  delivery.doubt_up_to(output_.log().last());
  return {};
}

// A full disk puts it off, and so does a log that cannot be read now, for a while; whatever else goes wrong with the
// source is told, and what cannot be read stays lost.
Status LostRangeReread::reread_all() {
  delivery::Delivery& delivery = output_.delivery();
  while (true) {
    const std::vector<buffer::LostRange> ranges = delivery.lost_ranges();
    if (ranges.empty()) {
      return {};
    }
    // What is read already goes first, even into a full buffer: the lost range keeps it from
    // getting empty.
    if (auto s = appender_.append_all(buffer::Capacity::exempt); !s || appender_.waiting()) {
      return s;
    }
    const bool doubted = delivery.ack().doubted == buffer::AckState::kAllDoubted;
    if (auto s = reread(ranges); !s) {
      return s.error().code == Errc::no_space || put_off_ ? Status() : s;
    }
    tries_ = 0;
    delivery.repaired();
    if (!doubted) {
      delivery.doubt_up_to(output_.log().last());
    }
  }
}

// Each of them, durably.
Status LostRangeReread::reread(const std::vector<buffer::LostRange>& ranges) {
  put_off_ = false;
  Status status = output_.delivery().doubt_all();
  for (std::size_t i = 0; status && i < ranges.size(); ++i) {
    status = reread(ranges[i]);
  }
  return status ? output_.log().sync() : status;
}

Status LostRangeReread::reread(const buffer::LostRange& range) {
  if (range.source == kRulesSource) {
    services_.log.warn(
        "rules-record-lost",
        "the record of a change of filter rules was in a damaged frame; no log has it",
        {{"stream", settings_.name}, {"change", rule_change_number(range.from.position)}});
    return {};
  }
  auto records = input_.open_range(range.source, range.from, range.to);
  if (!records) {
    return not_read(range, records.error());
  }
  const std::uint64_t before = stage_.ledger().reread;
  const std::uint64_t last_frame = output_.log().last();
  auto all = reread_records(**records);
  if (!all) {
    return all.error();
  }
  if (all->has_value()) {
    tries_ += output_.log().last() == last_frame ? 0 : kTries / kTriesWithFrames - 1;
    return not_read(range, **all);
  }
  services_.log.warn("buffer-repaired", "lines of damaged frames were read again from the log file",
                     {{"stream", settings_.name},
                      {"file", range.source},
                      {"lines", stage_.ledger().reread - before},
                      {"from", input_.describe(range.from.position)},
                      {"to", input_.describe(range.to)}});
  return {};
}

// A position that cannot be read stays so; a log that cannot be read now may be readable soon. What was read of the range
// comes again then.
Status LostRangeReread::not_read(const buffer::LostRange& range, const Error& why) {
  if (why.code != Errc::corrupt && ++tries_ < kTries) {
    put_off_ = true;
    stage_.restore_ledger(output_.log().ledger());
    return why;
  }
  services_.log.error("buffer-not-repaired", "lines of damaged frames cannot be read again",
                      {{"stream", settings_.name}, {"file", range.source}, {"error", why.message}});
  stage_.count_input({0, 0, 1, 0});
  buffer::BatchBuilder builder = BatchAppender::new_batch(settings_);
  return append(builder);
}

// Through a parser of its own and without a deriver: what was derived is not made a second time. Gives the error of the
// log, if it has one.
Result<std::optional<Error>> LostRangeReread::reread_records(input::RecordReader& records) {
  const std::unique_ptr<parsers::Parser> parser = make_parser_();
  buffer::BatchBuilder builder = BatchAppender::new_batch(settings_);
  while (true) {
    auto count = records.read(lines_, SourceReader::kReadBytes);
    if (!count) {
      return std::optional<Error>(count.error());
    }
    if (*count == 0) {
      break;
    }
    for (const event::RawLine& line : lines_) {
      stage_.add(line, {*parser, nullptr, services_.clock.wall_ns(), nullptr});
      stage_.count_reread();
    }
    if (auto s = append_encoded(builder); !s) {
      return s.error();
    }
  }
  // What is gone is told in a frame, also where nothing else is in it: the range is not looked at again.
  const input::SourceProgress& progress = records.progress();
  stage_.count_input({0, 0, progress.lost_ranges, progress.lost_bytes});
  if (!builder.empty() || progress.lost_ranges > 0) {
    if (auto s = append(builder); !s) {
      return s.error();
    }
  }
  return std::optional<Error>();
}

// Puts what the stage has encoded into the batch, and that into the buffer when it is full.
Status LostRangeReread::append_encoded(buffer::BatchBuilder& builder) {
  if (const records::EncodedDocuments& made = stage_.encoded(); made.count > 0) {
    builder.add_documents(made.bulk, made.count, made.oldest_ns, services_.clock.now());
    // Else the next read of a source put them into its batch once more.
    stage_.clear_encoded();
  }
  return builder.full() ? append(builder) : Status();
}

// No room: the lines are uncounted and come again.
Status LostRangeReread::append(buffer::BatchBuilder& builder) {
  auto id = output_.log().append(builder.close(stage_.ledger()), buffer::Capacity::exempt);
  if (!id) {
    stage_.restore_ledger(output_.log().ledger());
    return id.error();
  }
  return {};
}

}  // namespace auditship::pipeline
