#include "agent/delivery/dead_letters/dead_letter_replay.h"

#include <utility>

namespace auditship::delivery::dead_letters {
namespace {

const Error kInterrupted{Errc::network, "interrupted"};

}  // namespace

ReplayReport DeadLetterReplay::run(Fs& fs, const std::string& directory,
                                   const std::function<bool(const DeadLetterEntry&)>& wanted) {
  ReplayReport report;
  Ids tried;
  while (report.status) {
    std::vector<DeadLetterEntry> batch;
    std::size_t bytes = 0;
    auto scan = read_dead_letters(fs, directory, [&](const DeadLetterEntry& entry) {
      if (wanted(entry) && (batch.empty() || entry.index == batch.front().index) &&
          tried.insert(entry.id).second) {
        bytes += entry.document.size();
        batch.push_back(entry);
      }
      return batch.size() < kMaxDocuments && bytes < kMaxBytes;
    });
    if (!scan) {
      report.status = scan.error();
    } else if (batch.empty()) {
      break;
    } else {
      report.status = send(batch, report);
    }
  }
  return report;
}

Status DeadLetterReplay::send(const std::vector<DeadLetterEntry>& batch, ReplayReport& report) {
  Ids settled;
  if (sink_.targets() != nullptr) {
    if (auto s = look_up(batch, settled); !s) {
      return s;
    }
  }
  std::vector<const DeadLetterEntry*> missing;
  for (const DeadLetterEntry& entry : batch) {
    if (!settled.contains(entry.id)) {
      missing.push_back(&entry);
    }
  }
  if (!missing.empty()) {
    if (auto s = deliver(missing, settled); !s) {
      return s;
    }
  }
  report.settled += settled.size();
  report.refused += batch.size() - settled.size();
  return store_.remove(settled);
}

Status DeadLetterReplay::look_up(const std::vector<DeadLetterEntry>& batch, Ids& settled) {
  std::vector<std::string> ids;
  ids.reserve(batch.size());
  for (const DeadLetterEntry& entry : batch) {
    ids.push_back(entry.id);
  }
  Result<sinks::Presence> presence = kInterrupted;
  run_until_done_([&](const std::function<void()>& done) {
    sink_.targets()->look_up(batch.front().index, ids, [&, done](Result<sinks::Presence> found) {
      presence = std::move(found);
      done();
    });
  });
  if (!presence) {
    return presence.error();
  }
  if (presence->found.size() != ids.size()) {
    return Error{Errc::refused, "the target did not say of each id whether it is there"};
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (presence->found[i]) {
      settled.insert(ids[i]);
    }
  }
  return {};
}

Status DeadLetterReplay::deliver(const std::vector<const DeadLetterEntry*>& entries, Ids& settled) {
  auto payload = payload_of(entries);
  if (!payload) {
    return payload.error();
  }
  auto index = current_index();
  if (!index) {
    return index.error();
  }
  const event::Outcome outcome = ship(*payload, *index);
  if (outcome.verdict != event::Verdict::created) {
    return Error{Errc::refused, outcome.message};
  }
  std::set<std::uint32_t> failed;
  for (const event::ItemOutcome& item : outcome.items) {
    failed.insert(item.item);
  }
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (!failed.contains(i)) {
      settled.insert(entries[i]->id);
    }
  }
  return {};
}

Result<in_flight::BulkPayload> DeadLetterReplay::payload_of(
    const std::vector<const DeadLetterEntry*>& entries) {
  const bool targeted = sink_.targets() != nullptr;
  std::vector<std::string> heads;
  std::vector<sinks::framing::FramedItem> items;
  heads.reserve(entries.size());
  items.reserve(entries.size());
  for (const DeadLetterEntry* entry : entries) {
    if (!targeted && entry->index.empty()) {
      return Error{Errc::invalid, "dead letter " + entry->id + " does not say its index"};
    }
    sinks::framing::ItemAddress address;
    address.id = entry->id;
    address.index = targeted ? std::string_view() : std::string_view(entry->index);
    framing_.begin_item(address, heads.emplace_back());
    items.push_back(sinks::framing::FramedItem{heads.back(), entry->document});
  }
  return in_flight::make_payload(items, Codec::gzip);
}

Result<std::string> DeadLetterReplay::current_index() {
  if (sink_.targets() == nullptr) {
    return std::string();
  }
  Result<std::string> index = kInterrupted;
  run_until_done_([&](const std::function<void()>& done) {
    sink_.targets()->resolve([&, done](Result<std::string> found) {
      index = std::move(found);
      done();
    });
  });
  return index;
}

event::Outcome DeadLetterReplay::ship(const in_flight::BulkPayload& payload,
                                      const std::string& index) {
  sinks::Shipment shipment;
  shipment.index = index;
  shipment.body = *payload.body;
  shipment.codec = payload.codec;
  shipment.documents = payload.documents;
  shipment.raw_bytes = payload.raw_bytes;
  event::Outcome outcome;
  outcome.message = kInterrupted.message;
  run_until_done_([&](const std::function<void()>& done) {
    sink_.ship(shipment, [&, done](event::Outcome answer) {
      outcome = std::move(answer);
      done();
    });
  });
  return outcome;
}

}  // namespace auditship::delivery::dead_letters
