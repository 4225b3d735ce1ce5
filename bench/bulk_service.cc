#include "bench/bulk_service.h"

#include <chrono>
#include <cstdlib>
#include <utility>

namespace auditship::bench {

namespace {

// The 503 and the 100 of "503@100".
void read_status(const std::string& text, int& status, std::uint64_t& every) {
  status = std::atoi(text.c_str());
  every = std::strtoull(text.substr(text.find('@') + 1).c_str(), nullptr, 10);
}

}  // namespace

bool Faults::set(std::string_view name, const std::string& value) {
  const std::uint64_t number = std::strtoull(value.c_str(), nullptr, 10);
  if (name == "whole") {
    read_status(value, whole_status, whole_every);
  } else if (name == "item") {
    read_status(value, item_status, item_every);
  } else if (name == "content") {
    read_status(value, content_status, content_every);
  } else if (name == "lose") {
    lost_every = number;
  } else if (name == "hang") {
    hang_every = number;
  } else if (name == "delay") {
    delay_ms = number;
  } else {
    return false;
  }
  return true;
}

BulkService::BulkService(Faults faults, bool keep_ids)
    : faults_(faults),
      store_(keep_ids ? test::BulkStore::Keep::ids : test::BulkStore::Keep::nothing) {
  store_.auto_create = true;
  store_.refuse_under_pressure = [this](std::string_view id, std::string_view /*document*/) {
    return refusal_of(id);
  };
}

void BulkService::set_faults(const Faults& faults) {
  const std::lock_guard lock(mutex_);
  faults_ = faults;
  ++changes_;
  changed_.notify_all();
}

std::optional<test::ItemRefusal> BulkService::refusal_of(std::string_view id) const {
  const auto refusal = [](int status) {
    const char* type = status == 429 ? "rejected_execution_exception" : "mapper_parsing_exception";
    return test::ItemRefusal{status, type, "asked for by the test"};
  };
  if (faults_.content_every != 0 && test::BulkStore::hash_of(id) % faults_.content_every == 0) {
    return refusal(faults_.content_status);
  }
  if (faults_.item_every != 0 && store_.counts().items % faults_.item_every == 0) {
    return refusal(faults_.item_status);
  }
  return std::nullopt;
}

void BulkService::wait(std::unique_lock<std::mutex>& lock, bool hangs) {
  if (hangs) {
    ++totals_.hanging;
    changed_.wait(lock, [this, now = changes_] { return changes_ != now; });
  }
  if (faults_.delay_ms != 0) {
    changed_.wait_for(lock, std::chrono::milliseconds(faults_.delay_ms),
                      [this, now = changes_] { return changes_ != now; });
  }
}

bool BulkService::refused_as_whole(Answer& answer) {
  if (faults_.whole_every == 0 || totals_.bulks % faults_.whole_every != 0) {
    return false;
  }
  ++totals_.refused_bulks;
  answer.status = faults_.whole_status;
  answer.body =
      R"({"error":{"type":"rejected_execution_exception","reason":"asked for by the test"},"status":)" +
      std::to_string(faults_.whole_status) + '}';
  return true;
}

Answer BulkService::bulk(const std::string& index, std::size_t wire_bytes, std::string_view raw) {
  std::unique_lock lock(mutex_);
  ++totals_.bulks;
  totals_.wire_bytes += wire_bytes;
  totals_.body_bytes += raw.size();
  Answer answer;
  if (refused_as_whole(answer)) {
    return answer;
  }
  const bool hangs = faults_.hang_every != 0 && totals_.bulks % faults_.hang_every == 0;
  const bool lost = faults_.lost_every != 0 && totals_.bulks % faults_.lost_every == 0;
  wait(lock, hangs);
  test::StoreAnswer stored = store_.bulk(index, false, raw);
  answer.status = stored.status;
  answer.body = std::move(stored.body);
  answer.lost = lost || hangs;
  totals_.lost_answers += lost ? 1 : 0;
  return answer;
}

Answer BulkService::broken_body(std::size_t wire_bytes) {
  const std::lock_guard lock(mutex_);
  ++totals_.bulks;
  ++totals_.malformed;
  totals_.wire_bytes += wire_bytes;
  return {400,
          test::BulkStore::error_body(400, "illegal_argument_exception", "body does not inflate"),
          false};
}

Answer BulkService::look_up(const std::string& index, std::string_view body) {
  const std::lock_guard lock(mutex_);
  test::StoreAnswer answer = store_.look_up(index, body);
  return {answer.status, std::move(answer.body), false};
}

Answer BulkService::aliases(const std::string& alias) {
  const std::lock_guard lock(mutex_);
  if (!store_.has_alias(alias)) {
    store_.create_alias(alias, alias + "-000001");
  }
  test::StoreAnswer answer = store_.aliases(alias);
  return {answer.status, std::move(answer.body), false};
}

Totals BulkService::totals() {
  const std::lock_guard lock(mutex_);
  const test::BulkStore::Counts& counts = store_.counts();
  Totals all = totals_;
  all.items = counts.items;
  all.created = counts.created;
  all.duplicate = counts.conflicts;
  all.refused_items = counts.refused;
  all.malformed += counts.malformed;
  return all;
}

std::string BulkService::totals_json() {
  const Totals t = totals();
  const std::pair<const char*, std::uint64_t> fields[] = {{"bulks", t.bulks},
                                                          {"refused_bulks", t.refused_bulks},
                                                          {"lost_answers", t.lost_answers},
                                                          {"hanging", t.hanging},
                                                          {"items", t.items},
                                                          {"created", t.created},
                                                          {"duplicate", t.duplicate},
                                                          {"refused_items", t.refused_items},
                                                          {"malformed", t.malformed},
                                                          {"wire_bytes", t.wire_bytes},
                                                          {"body_bytes", t.body_bytes}};
  std::string out = "{";
  for (const auto& [name, value] : fields) {
    out += (out.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":" + std::to_string(value);
  }
  return out + "}\n";
}

std::string BulkService::ids() {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, index] : store_.indices()) {
    for (const auto& [id, unused] : index.documents) {
      out += name + ' ' + id + '\n';
    }
  }
  return out;
}

std::uint64_t BulkService::count(const std::string& index) {
  const std::lock_guard lock(mutex_);
  const auto known = store_.indices().find(index);
  return known == store_.indices().end() ? 0 : known->second.created;
}

}  // namespace auditship::bench
