#include "bench/bulk_store.h"

#include <chrono>
#include <cstdlib>
#include <utility>

namespace auditship::bench {

namespace {

constexpr std::string_view kIdKey = R"("_id":")";
constexpr std::string_view kBad =
    R"({"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse"}}},)";

std::string_view id_in(std::string_view action) {
  const std::size_t key = action.find(kIdKey);
  if (key == std::string_view::npos || action.substr(0, 11) != R"({"create":{)") {
    return {};
  }
  const std::size_t start = key + kIdKey.size();
  return action.substr(start, action.find('"', start) - start);
}

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

std::string refusal(int status) {
  const char* type = status == 429 ? "rejected_execution_exception" : "mapper_parsing_exception";
  return R"({"create":{"status":)" + std::to_string(status) + R"(,"error":{"type":")" + type +
         R"(","reason":"asked for by the test"}}},)";
}

// The 503 and the 100 of "503@100".
void read_status(const std::string& text, int& status, std::uint64_t& every) {
  status = std::atoi(text.c_str());
  every = std::strtoull(text.substr(text.find('@') + 1).c_str(), nullptr, 10);
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return hash;
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

void BulkStore::set_faults(const Faults& faults) {
  const std::lock_guard lock(mutex_);
  faults_ = faults;
  ++changes_;
  changed_.notify_all();
}

// The status that a fault refuses this item with; 0: none does.
int BulkStore::refused_with(std::string_view id) const {
  if (faults_.content_every != 0 && fnv1a(id) % faults_.content_every == 0) {
    return faults_.content_status;
  }
  const bool nth = faults_.item_every != 0 && totals_.items % faults_.item_every == 0;
  return nth ? faults_.item_status : 0;
}

void BulkStore::take(const std::string& index, std::string_view action, std::string_view source,
                     std::string& items) {
  ++totals_.items;
  const std::string_view id = id_in(action);
  const bool sound =
      !id.empty() && source.size() > 1 && source.front() == '{' && source.back() == '}';
  if (!sound) {
    ++totals_.malformed;
    items += kBad;
    return;
  }
  if (const int status = refused_with(id); status != 0) {
    ++totals_.refused_items;
    items += refusal(status);
    return;
  }
  if (keep_ids_ && !documents_[index].emplace(std::string(id), true).second) {
    ++totals_.existed;
    items +=
        R"({"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"exists"}}},)";
    return;
  }
  ++totals_.created;
  ++counts_[index];
  items += R"({"create":{"status":201}},)";
}

void BulkStore::wait(std::unique_lock<std::mutex>& lock, bool hangs) {
  if (hangs) {
    ++totals_.hanging;
    changed_.wait(lock, [this, now = changes_] { return changes_ != now; });
  }
  if (faults_.delay_ms != 0) {
    changed_.wait_for(lock, std::chrono::milliseconds(faults_.delay_ms),
                      [this, now = changes_] { return changes_ != now; });
  }
}

bool BulkStore::refused_as_whole(Answer& answer) {
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

Answer BulkStore::bulk(const std::string& index, std::size_t wire_bytes, std::string_view raw) {
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
  if (raw.empty() || raw.back() != '\n') {
    ++totals_.malformed;
    answer.status = 400;
    answer.body =
        R"({"error":{"type":"illegal_argument_exception","reason":"The bulk request must be terminated by a newline [\\n]"},"status":400})";
    return answer;
  }
  const std::uint64_t created_before = totals_.created;
  const std::uint64_t items_before = totals_.items;
  std::string items;
  while (!raw.empty()) {
    const std::string_view action = next_line(raw);
    if (!action.empty()) {
      take(index, action, next_line(raw), items);
    }
  }
  if (!items.empty()) {
    items.pop_back();
  }
  const bool errors = totals_.created - created_before != totals_.items - items_before;
  answer.body = std::string(R"({"took":1,"errors":)") + (errors ? "true" : "false") +
                R"(,"items":[)" + items + "]}";
  answer.lost = lost || hangs;
  totals_.lost_answers += lost ? 1 : 0;
  return answer;
}

Answer BulkStore::broken_body(std::size_t wire_bytes) {
  const std::lock_guard lock(mutex_);
  ++totals_.bulks;
  ++totals_.malformed;
  totals_.wire_bytes += wire_bytes;
  return {
      400,
      R"({"error":{"type":"illegal_argument_exception","reason":"body does not inflate"},"status":400})",
      false};
}

std::string BulkStore::look_up(const std::string& index, std::string_view body) {
  const std::lock_guard lock(mutex_);
  std::string out = R"({"docs":[)";
  std::size_t at = body.find('[');
  while (at != std::string_view::npos) {
    const std::size_t start = body.find('"', at);
    const std::size_t end = start == std::string_view::npos ? start : body.find('"', start + 1);
    if (end == std::string_view::npos) {
      break;
    }
    const std::string id(body.substr(start + 1, end - start - 1));
    const auto known = documents_.find(index);
    const bool found = known != documents_.end() && known->second.count(id) != 0;
    out += (out.back() == '[' ? R"({"_id":")" : R"(,{"_id":")") + id +
           (found ? R"(","found":true})" : R"(","found":false})");
    at = end + 1;
  }
  return out + "]}";
}

Totals BulkStore::totals() {
  const std::lock_guard lock(mutex_);
  return totals_;
}

std::string BulkStore::totals_json() {
  const Totals t = totals();
  const std::pair<const char*, std::uint64_t> fields[] = {{"bulks", t.bulks},
                                                          {"refused_bulks", t.refused_bulks},
                                                          {"lost_answers", t.lost_answers},
                                                          {"hanging", t.hanging},
                                                          {"items", t.items},
                                                          {"created", t.created},
                                                          {"existed", t.existed},
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

std::string BulkStore::ids() {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [index, ids] : documents_) {
    for (const auto& [id, unused] : ids) {
      out += index + ' ' + id + '\n';
    }
  }
  return out;
}

std::uint64_t BulkStore::count(const std::string& index) {
  const std::lock_guard lock(mutex_);
  const auto known = counts_.find(index);
  return known == counts_.end() ? 0 : known->second;
}

}  // namespace auditship::bench
