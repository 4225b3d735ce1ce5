#include "sinks/opensearch/protocol/index_lookup.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"

namespace auditship::sinks::opensearch::protocol {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMaxIndices = 100'000;

// The 7 of "kubeaudit-2026.11.23-000007", if it ends like that.
std::optional<std::uint64_t> rollover_number(std::string_view index) {
  const std::size_t dash = index.rfind('-');
  if (dash == std::string_view::npos || index.size() - dash - 1 != 6) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const char* end = index.data() + index.size();
  const auto [at, error] = std::from_chars(index.data() + dash + 1, end, number);
  return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

Error not_understood(const char* what) {
  return Error{Errc::corrupt, std::string("the answer to ") + what + " is not understood"};
}

// What the aliases of all indices say of one alias.
struct AliasFound {
  AliasTarget target;
  bool said_no = false;  // an index says that it is not the one to write to
};

// Adds what the aliases of one index say. False: there are too many.
bool add_index(std::string_view index, const object& aliases, std::string_view alias,
               AliasFound& found) {
  for (const auto [name, properties] : aliases) {
    if (name != alias) {
      continue;
    }
    if (found.target.indices.size() == kMaxIndices) {
      return false;
    }
    found.target.indices.emplace_back(index);
    bool writes = false;
    const bool said = properties["is_write_index"].get(writes) == simdjson::SUCCESS;
    found.said_no |= said && !writes;
    if (writes) {
      found.target.write_index = index;
    }
  }
  return true;
}

}  // namespace

Result<AliasTarget> read_alias(std::string_view body, std::string_view alias) {
  simdjson::dom::parser parser;
  object root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) {
    return not_understood("_alias");
  }
  AliasFound found;
  for (const auto [index, value] : root) {
    object aliases;
    if (value["aliases"].get(aliases) != simdjson::SUCCESS) {
      return not_understood("_alias");
    }
    if (index == alias) {
      return Error{Errc::refused,
                   "\"" + std::string(alias) +
                       "\" is an index, not an alias: it was made before the alias was set up"};
    }
    if (!add_index(index, aliases, alias, found)) {
      return not_understood("_alias");
    }
  }
  AliasTarget& target = found.target;
  if (target.indices.empty()) {
    return Error{Errc::not_found, "there is no alias \"" + std::string(alias) + "\": run setup"};
  }
  if (target.write_index.empty() && target.indices.size() == 1 && !found.said_no) {
    target.write_index = target.indices.front();  // one index alone needs no flag
  }
  if (target.write_index.empty()) {
    return Error{Errc::invalid, "alias \"" + std::string(alias) + "\" has no write index"};
  }
  std::sort(target.indices.begin(), target.indices.end());
  return std::move(target);
}

std::vector<std::string> indices_since(const std::string& first,
                                       const std::vector<std::string>& indices) {
  const auto from = rollover_number(first);
  std::vector<std::string> since;
  if (!first.empty()) {
    since.push_back(first);
  }
  for (const std::string& index : indices) {
    const auto number = rollover_number(index);
    if (index != first && (!from || !number || *number >= *from)) {
      since.push_back(index);
    }
  }
  return since;
}

std::string mget_body(const std::vector<std::string>& ids) {
  std::string body = "{\"ids\":[";
  for (const std::string& id : ids) {
    append_json_string(body, id);
    body += ',';
  }
  if (body.back() == ',') {
    body.pop_back();
  }
  body += "]}";
  return body;
}

Result<std::vector<bool>> read_mget(std::string_view body, const std::vector<std::string>& ids) {
  simdjson::dom::parser parser;
  element root;
  simdjson::dom::array docs;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      root["docs"].get(docs) != simdjson::SUCCESS || docs.size() != ids.size()) {
    return not_understood("_mget");
  }
  std::vector<bool> found;
  found.reserve(ids.size());
  for (const element doc : docs) {
    std::string_view id;
    if (doc["_id"].get(id) != simdjson::SUCCESS || id != ids[found.size()]) {
      return not_understood("_mget");
    }
    bool is_there = false;
    if (doc["found"].get(is_there) != simdjson::SUCCESS) {
      std::string_view type;
      if (doc["error"]["type"].get(type) != simdjson::SUCCESS) {
        return not_understood("_mget");
      }
      if (type != "index_not_found_exception") {
        return Error{Errc::refused, "ids cannot be looked up: " + std::string(type.substr(0, 200))};
      }
    }
    found.push_back(is_there);
  }
  return found;
}

std::string url_segment(std::string_view name) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : name) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      append_hex(out, &c, 1);
    }
  }
  return out;
}

}  // namespace auditship::sinks::opensearch::protocol
