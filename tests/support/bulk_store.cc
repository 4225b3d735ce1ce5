#include "tests/support/bulk_store.h"

#include <algorithm>
#include <vector>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"

namespace auditship::test {

namespace {

constexpr std::size_t kMostIdBytes = 512;

std::string item_answer(int status, std::string_view type = {}, std::string_view reason = {}) {
  std::string out = "{\"create\":{\"status\":" + std::to_string(status);
  if (!type.empty()) {
    out += ",\"error\":{\"type\":";
    append_json_string(out, type);
    out += ",\"reason\":";
    append_json_string(out, reason);
    out += '}';
  }
  return out + "}}";
}

StoreAnswer error(int status, std::string_view type, std::string_view reason) {
  return StoreAnswer{status, BulkStore::error_body(status, type, reason)};
}

// Takes one line off text.
bool next_line(std::string_view& text, std::string_view& line) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    return false;
  }
  line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

struct Item {
  std::string index, id;
  std::string_view document;
};

// The items of a body, or the answer to a body that has none.
std::optional<StoreAnswer> read_items(const std::string& target, std::string_view body,
                                      std::vector<Item>& items) {
  simdjson::dom::parser parser;
  std::string_view line;
  while (next_line(body, line)) {
    simdjson::dom::object create;
    std::string_view id;
    std::string_view document;
    const std::string action(line);
    if (parser.parse(action)["create"].get(create) != simdjson::SUCCESS ||
        create["_id"].get(id) != simdjson::SUCCESS || id.empty()) {
      return error(400, "json_parse_exception", "action line");
    }
    if (id.size() > kMostIdBytes) {
      return error(400, "action_request_validation_exception",
                   "id is too long, must be no longer than 512 bytes");
    }
    Item item{target, std::string(id), {}};
    if (std::string_view own; create["_index"].get(own) == simdjson::SUCCESS) {
      item.index = own;
    }
    if (!next_line(body, document)) {
      break;  // a body cut behind an action line: the item is not there
    }
    item.document = document;
    items.push_back(std::move(item));
  }
  return std::nullopt;
}

}  // namespace

std::string BulkStore::error_body(int status, std::string_view type, std::string_view reason) {
  std::string out = "{\"error\":{\"type\":";
  append_json_string(out, type);
  out += ",\"reason\":";
  append_json_string(out, reason);
  out += "},\"status\":" + std::to_string(status) + "}";
  return out;
}

std::uint64_t BulkStore::hash_of(std::string_view id) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return hash ^ hash >> 32U;
}

void BulkStore::create_index(const std::string& name) {
  indices_.try_emplace(name).first->second.number = next_index_++;
}

void BulkStore::create_alias(const std::string& alias, const std::string& write_index) {
  create_index(write_index);
  aliases_[alias].indices.insert(write_index);
  aliases_[alias].write_index = write_index;
}

void BulkStore::delete_index(const std::string& name) {
  indices_.erase(name);
  for (auto& [alias, target] : aliases_) {
    target.indices.erase(name);
    if (target.write_index == name) {
      target.write_index.clear();
    }
  }
}

std::size_t BulkStore::copies(const std::string& id) const {
  return static_cast<std::size_t>(
      std::count_if(indices_.begin(), indices_.end(),
                    [&id](const auto& entry) { return entry.second.documents.contains(id); }));
}

std::size_t BulkStore::documents() const {
  std::size_t sum = 0;
  for (const auto& [name, index] : indices_) {
    sum += index.documents.size();
  }
  return sum;
}

StoreAnswer BulkStore::aliases(std::string_view pattern) const {
  std::string out = "{";
  for (const auto& [name, index] : indices_) {
    std::string carried;
    for (const auto& [alias, target] : aliases_) {
      if (target.indices.contains(name) && alias.starts_with(pattern)) {
        append_json_string(carried, alias);
        carried += target.write_index == name ? ":{\"is_write_index\":true},"
                                              : ":{\"is_write_index\":false},";
      }
    }
    if (!carried.empty() || name.starts_with(pattern)) {
      carried.resize(carried.empty() ? 0 : carried.size() - 1);
      append_json_string(out, name);
      out += ":{\"aliases\":{" + carried + "}},";
    }
  }
  if (out.back() == ',') {
    out.pop_back();
  }
  return StoreAnswer{200, out + "}"};
}

StoreAnswer BulkStore::look_up(const std::string& name, std::string_view body) const {
  simdjson::dom::parser parser;
  simdjson::dom::array ids;
  if (parser.parse(std::string(body))["ids"].get(ids) != simdjson::SUCCESS) {
    return error(400, "parse_exception", "unexpected");
  }
  const auto found = indices_.find(name);
  std::string out = "{\"docs\":[";
  for (const simdjson::dom::element element : ids) {
    std::string_view id;
    if (element.get(id) != simdjson::SUCCESS) {
      return error(400, "parse_exception", "unexpected");
    }
    out += "{\"_id\":";
    append_json_string(out, id);
    if (found == indices_.end()) {
      out += R"(,"error":{"type":"index_not_found_exception"}},)";
    } else if (found->second.closed) {
      out += R"(,"error":{"type":"index_closed_exception"}},)";
    } else {
      out += found->second.documents.contains(std::string(id)) ? ",\"found\":true},"
                                                               : ",\"found\":false},";
    }
  }
  if (out.back() == ',') {
    out.pop_back();
  }
  return StoreAnswer{200, out + "]}"};
}

StoreAnswer BulkStore::bulk(const std::string& target, bool require_alias, std::string_view body) {
  if (body.empty() || body.back() != '\n') {
    ++counts_.malformed;
    return error(400, "illegal_argument_exception",
                 "The bulk request must be terminated by a newline [\\n]");
  }
  std::vector<Item> items;
  if (auto bad = read_items(target, body, items)) {
    ++counts_.malformed;
    return *bad;
  }
  const std::uint64_t created_before = counts_.created;
  std::string answers;
  for (const Item& item : items) {
    answers += create_item(item.index, require_alias, item.id, item.document);
    answers += ',';
  }
  if (!answers.empty()) {
    answers.pop_back();
  }
  const bool errors = counts_.created - created_before != items.size();
  // What the sink's filter_path leaves of the answer.
  return StoreAnswer{200, std::string(R"({"errors":)") + (errors ? "true" : "false") +
                              R"(,"items":[)" + answers + "]}"};
}

std::pair<StoredIndex*, ItemRefusal> BulkStore::find_index(const std::string& target,
                                                           bool require_alias) {
  std::string name = target;
  if (const auto alias = aliases_.find(target); alias != aliases_.end()) {
    name = alias->second.write_index;
    if (name.empty()) {
      return {nullptr,
              {400, "illegal_argument_exception",
               "no write index is defined for alias [" + target + "]"}};
    }
  } else if (require_alias) {
    return {nullptr,
            {404, "index_not_found_exception",
             "no such index [" + target + "] and [require_alias] request flag is [true]"}};
  }
  if (!indices_.contains(name)) {
    if (!auto_create) {
      return {nullptr, {404, "index_not_found_exception", "no such index [" + name + "]"}};
    }
    create_index(name);
  }
  StoredIndex& index = indices_.at(name);
  if (index.closed) {
    return {nullptr, {400, "index_closed_exception", "closed"}};
  }
  if (index.write_block) {
    return {nullptr,
            {403, "cluster_block_exception",
             "index [" + name + "] blocked by: [FORBIDDEN/8/index write (api)];"}};
  }
  return {&index, {}};
}

bool BulkStore::is_document(std::string_view text) const {
  if (keep_ != Keep::documents) {
    return text.size() > 1 && text.front() == '{' && text.back() == '}';
  }
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  return parser.parse(std::string(text)).get(object) == simdjson::SUCCESS;
}

std::string BulkStore::create_item(const std::string& target, bool require_alias,
                                   const std::string& id, std::string_view document) {
  const auto refuse = [this](const ItemRefusal& why) {
    ++counts_.refused;
    return item_answer(why.status, why.type, why.reason);
  };
  ++counts_.items;
  const auto [index, why] = find_index(target, require_alias);
  if (index == nullptr) {
    return refuse(why);
  }
  if (const auto busy =
          refuse_under_pressure ? refuse_under_pressure(id, document) : std::nullopt) {
    return refuse(*busy);
  }
  if (index->documents.contains(id)) {
    ++counts_.conflicts;
    return item_answer(
        409, "version_conflict_engine_exception",
        "[" + id + "]: version conflict, document already exists (current version [1])");
  }
  if (!is_document(document)) {
    ++counts_.malformed;
    return refuse({400, "mapper_parsing_exception", "failed to parse"});
  }
  if (const auto bad = refuse_content ? refuse_content(id, document) : std::nullopt) {
    return refuse(*bad);
  }
  if (keep_ != Keep::nothing) {
    index->documents.emplace(id, keep_ == Keep::documents ? std::string(document) : std::string());
  }
  ++index->created;
  ++counts_.created;
  return item_answer(201);
}

}  // namespace auditship::test
