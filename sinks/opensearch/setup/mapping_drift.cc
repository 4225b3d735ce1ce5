// The mapping drift check: what the index that is written now takes and finds, against our
// templates.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sinks/opensearch/protocol/index_lookup.h"
#include "sinks/opensearch/setup/setup_internal.h"

namespace auditship::sinks::opensearch::setup {
namespace {

constexpr std::size_t kMaxLines = 20;  // of one kind that are printed

enum class Family { object, words, number, date, ip, boolean, alias, other };

struct Field {
  Family family = Family::other;
  std::string type;
  bool ignores_long = true, ignores_malformed = false, has_keyword = false, disabled = false;
  // Of an alias: another field.
  std::string path;
  std::set<std::string> copy_to;
};
using Fields = std::map<std::string, Field>;  // ordered: an object comes before what is in it

Family family_of(std::string_view type) {
  static const std::map<std::string_view, Family> kFamilies = {{"object", Family::object},
                                                               {"nested", Family::object},
                                                               {"flat_object", Family::object},
                                                               {"text", Family::words},
                                                               {"keyword", Family::words},
                                                               {"wildcard", Family::words},
                                                               {"match_only_text", Family::words},
                                                               {"byte", Family::number},
                                                               {"short", Family::number},
                                                               {"integer", Family::number},
                                                               {"long", Family::number},
                                                               {"unsigned_long", Family::number},
                                                               {"float", Family::number},
                                                               {"double", Family::number},
                                                               {"half_float", Family::number},
                                                               {"scaled_float", Family::number},
                                                               {"date", Family::date},
                                                               {"date_nanos", Family::date},
                                                               {"ip", Family::ip},
                                                               {"boolean", Family::boolean},
                                                               {"alias", Family::alias}};
  const auto found = kFamilies.find(type);
  return found == kFamilies.end() ? Family::other : found->second;
}

std::string value_of(const Json& from, std::string_view key, std::string_view otherwise) {
  const Json* value = find_member(from, key);
  return value == nullptr ? std::string(otherwise) : text_of(*value);
}

Field read_field(const Json& from) {
  Field field;
  field.type = value_of(from, "type", "object");
  field.family = family_of(field.type);
  field.ignores_malformed = value_of(from, "ignore_malformed", "false") == "true";
  field.disabled = value_of(from, "enabled", "true") == "false";
  field.ignores_long = field.type != "keyword" || from.contains("ignore_above");
  field.path = value_of(from, "path", "");
  if (const Json* targets = find_member(from, "copy_to")) {
    for (const Json& target : items_of(targets)) {
      field.copy_to.insert(text_of(target));
    }
    if (targets->is_string()) {
      field.copy_to.insert(text_of(*targets));
    }
  }
  if (const Json* keyword = find_path(from, {"fields", "keyword"})) {
    field.has_keyword = true;
    field.ignores_long = field.ignores_long && keyword->contains("ignore_above");
  }
  return field;
}

// Dots in a name make objects, as they do in the server.
void add_objects_above(const std::string& path, Fields& fields) {
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    Field object;
    object.family = Family::object;
    object.type = "object";
    fields.try_emplace(path.substr(0, dot), object);
  }
}

void read_fields(const Json& mapping, const std::string& prefix, Fields& fields) {
  for (const auto& [name, field] : members_of(find_member(mapping, "properties"))) {
    const std::string path = prefix + name;
    add_objects_above(path, fields);
    fields.insert_or_assign(path, read_field(field));
    read_fields(field, path + '.', fields);
  }
}

class Comparison {
 public:
  Comparison(const Fields& live, std::string dynamic) : live_(live), dynamic_(std::move(dynamic)) {}

  void field(const std::string& path, const Field& wanted) {
    if (!in_conflict_.empty() && path.starts_with(in_conflict_)) {
      return;  // said about the object already
    }
    const auto found = live_.find(path);
    if (wanted.family == Family::alias) {
      alias(path, wanted, found == live_.end() ? nullptr : &found->second);
      return;
    }
    if (found == live_.end()) {
      absent(path, wanted);
      return;
    }
    const Field& live = found->second;
    const std::string types = path + ": " + live.type + ", expected " + wanted.type;
    copies(path, live, wanted);
    if (live.disabled && !wanted.disabled) {
      drift_.missing.push_back(path + ": switched off in the index");
      in_conflict_ = path + '.';
    } else if ((live.family == Family::object) != (wanted.family == Family::object)) {
      drift_.rejected.push_back(types);
      in_conflict_ = path + '.';
    } else if (!live.ignores_long) {
      drift_.rejected.push_back(path + ": no ignore_above, values over 32766 bytes are refused");
    } else if (live.family != wanted.family) {
      // Words take anything, but cannot be compared as numbers, times or addresses.
      const bool takes = live.family == Family::words || live.ignores_malformed;
      (takes ? drift_.missing : drift_.rejected).push_back(types);
    } else if (wanted.has_keyword && !live.has_keyword) {
      drift_.missing.push_back(path + ".keyword: dashboards that count by it stay empty");
    }
  }

  MappingDrift take() { return std::move(drift_); }

 private:
  // Documents do not have it, so they are taken; but nothing answers to the name.
  void alias(const std::string& path, const Field& wanted, const Field* live) {
    if (live == nullptr || live->family != Family::alias || live->path != wanted.path) {
      unanswered(path + ": " + (live == nullptr ? "not in the mapping" : live->type) +
                 ", expected an alias of " + wanted.path);
    }
  }

  void copies(const std::string& path, const Field& live, const Field& wanted) {
    for (const std::string& target : wanted.copy_to) {
      if (!live.copy_to.contains(target)) {
        unanswered(target + ": not filled from " + path);
      }
    }
  }

  void unanswered(std::string what) {
    drift_.missing.push_back(std::move(what));
    drift_.lacks_names = true;
  }

  void absent(const std::string& path, const Field& wanted) {
    if (wanted.family == Family::object && !wanted.disabled) {
      return;  // its fields are said
    }
    copies(path, Field(), wanted);
    if (dynamic_ == "strict") {
      drift_.rejected.push_back(path + ": not in the mapping, which is strict");
    } else {
      drift_.missing.push_back(path + ": not in the mapping");
    }
  }

  const Fields& live_;
  std::string dynamic_;
  std::string in_conflict_;
  MappingDrift drift_;
};

// The index that is written now; "": none yet. Errors: network, refused, corrupt, invalid.
Result<std::string> write_index(SetupRun& run, const SetupTarget& target) {
  const auto answer = run.client.ask("GET", "/" + protocol::url_segment(target.name) + "*/_alias");
  if (!answer) {
    return answer.error();
  }
  if (answer->status != 200 && answer->status != 404) {
    return Error{Errc::refused, "reading the alias was " + say_answer(*answer)};
  }
  const std::string_view body = answer->status == 404 ? std::string_view("{}") : answer->body;
  if (run.aliases()) {
    auto alias = protocol::read_alias(body, target.name);
    if (!alias) {
      return alias.error().code == Errc::not_found ? Result<std::string>(std::string())
                                                   : alias.error();
    }
    return alias->write_index;
  }
  const auto tree = parse_json(body);
  std::string newest;
  for (const auto& [name, value] : members_of(tree ? &*tree : nullptr)) {
    newest = name.starts_with(target.name + "-") ? std::max(newest, name) : newest;
  }
  return newest;
}

void say_lines(SetupRun& run, const char* what, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < std::min(lines.size(), kMaxLines); ++i) {
    run.say(std::string("    ") + what + ' ' + printable(lines[i]));
  }
  if (lines.size() > kMaxLines) {
    run.say("    ... and " + std::to_string(lines.size() - kMaxLines) + " more");
  }
}

void tell_drift(SetupRun& run, const SetupTarget& target, const std::string& index,
                const MappingDrift& drift) {
  const std::string what = "index " + printable(index);
  const std::string cure =
      run.aliases() ? "; a new index takes the templates: POST /" + target.name + "/_rollover"
                    : "; the next day's index takes the templates";
  if (!drift.rejected.empty()) {
    run.fail(what, "its mapping refuses documents" + cure);
  } else if (!drift.missing.empty()) {
    ++run.warnings;
    run.say("  " + what + ": takes all documents, but not every field can be searched" + cure);
  } else {
    run.say("  " + what + ": as the templates");
  }
  say_lines(run, "refuses", drift.rejected);
  say_lines(run, "lacks", drift.missing);
}

// The live mapping of an index against the wanted one. nullopt: it is said why.
std::optional<MappingDrift> drift_of(SetupRun& run, const std::string& what,
                                     const std::string& index, const Json& wanted) {
  const auto answer = run.client.ask("GET", "/" + protocol::url_segment(index) + "/_mapping");
  if (!answer || answer->status != 200) {
    run.fail(what,
             answer ? "reading its mapping was " + say_answer(*answer) : answer.error().message);
    return std::nullopt;
  }
  const auto tree = parse_json(answer->body);
  const Json* live = tree ? find_path(*tree, {index, "mappings"}) : nullptr;
  if (live == nullptr) {
    run.fail(what, "the answer to GET _mapping is not understood");
    return std::nullopt;
  }
  return compare_mappings(*live, wanted);
}

// Whether an index that is made now would answer to all names: another template may win over ours.
bool new_index_would_do(SetupRun& run, const std::string& index, const Json& wanted) {
  const auto answer =
      run.client.ask("POST", "/_index_template/_simulate_index/" + protocol::url_segment(index));
  if (!answer || answer->status != 200) {
    return false;
  }
  const auto tree = parse_json(answer->body);
  const Json* mappings = tree ? find_path(*tree, {"template", "mappings"}) : nullptr;
  return mappings != nullptr && !compare_mappings(*mappings, wanted).lacks_names;
}

// Lean documents are taken by an older mapping, but are not found in it by all their names. Empty: nothing was done, or it
// failed, which is said; else the new write index.
std::string roll_over_old_mapping(SetupRun& run, const SetupTarget& target,
                                  const std::string& index, const Json& wanted) {
  const std::string what = "alias " + target.name;
  const std::string path = "/" + protocol::url_segment(target.name) + "/_rollover";
  if (run.options.dry_run) {
    run.say("  " + what + ": would be rolled over, as " + printable(index) +
            " does not answer to all names of documents");
    run.say("    POST " + path);
    ++run.changes;
    return {};
  }
  if (!new_index_would_do(run, index, wanted)) {
    return {};
  }
  const auto answer = run.client.ask("POST", path);
  if (!answer || answer->status != 200) {
    run.fail(what,
             answer ? "POST " + path + " was " + say_answer(*answer) : answer.error().message);
    return {};
  }
  const auto tree = parse_json(answer->body);
  const Json* made = tree ? find_member(*tree, "new_index") : nullptr;
  if (made == nullptr || text_of(*made).empty()) {
    run.fail(what, "the answer to _rollover is not understood");
    return {};
  }
  ++run.changes;
  run.say("  " + what + ": rolled over to " + printable(text_of(*made)) + ", as " +
          printable(index) + " does not answer to all names of documents");
  return text_of(*made);
}

void check_mapping(SetupRun& run, const SetupTarget& target) {
  const auto common = run.file("component_templates/auditship-common.json");
  const auto own = run.file("component_templates/auditship-" + target.kind + ".json");
  if (!common || !own) {
    return;
  }
  const auto index = write_index(run, target);
  const std::string what = "index of " + target.name;
  if (!index) {
    run.fail(what, printable(index.error().message));
    return;
  }
  if (index->empty()) {
    run.say("  " + what + ": not there yet");
    return;
  }
  const Json wanted = merge_mappings({*common, *own});
  std::string written = *index;
  auto drift = drift_of(run, what, written, wanted);
  if (drift && drift->lacks_names && drift->rejected.empty() && run.aliases()) {
    const std::string made = roll_over_old_mapping(run, target, written, wanted);
    if (!made.empty()) {
      written = made;
      drift = drift_of(run, what, written, wanted);
    }
  }
  if (drift) {
    tell_drift(run, target, written, *drift);
  }
}

// into: an object.
void merge(Json& into, const OrderedJson& from) {
  for (const auto& [key, value] : members_of(&from)) {
    Json* there = find_member(into, key);
    if (there != nullptr && there->is_object()) {
      merge(*there, value);
    } else {
      into[key] = Json(value);
    }
  }
}

}  // namespace

Json merge_mappings(const std::vector<OrderedJson>& component_templates) {
  Json merged = Json::object();
  for (const OrderedJson& component : component_templates) {
    if (const OrderedJson* mappings = find_path(component, {"template", "mappings"})) {
      merge(merged, *mappings);
    }
  }
  return merged;
}

MappingDrift compare_mappings(const Json& live, const Json& wanted) {
  Fields live_fields, wanted_fields;
  read_fields(live, {}, live_fields);
  read_fields(wanted, {}, wanted_fields);
  const std::string dynamic = value_of(live, "dynamic", "true");
  Comparison comparison(live_fields, dynamic);
  for (const auto& [path, field] : wanted_fields) {
    comparison.field(path, field);
  }
  MappingDrift drift = comparison.take();
  if (dynamic == "true") {
    drift.missing.emplace_back(
        "\"dynamic\": false: new fields are mapped until the field limit refuses documents");
  }
  return drift;
}

void check_mappings(SetupRun& run) {
  for (const SetupTarget& target : run.targets) {
    check_mapping(run, target);
  }
}

}  // namespace auditship::sinks::opensearch::setup
