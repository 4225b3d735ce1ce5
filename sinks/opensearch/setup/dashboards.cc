// Saved objects of OpenSearch Dashboards, by its saved objects API (_bulk_get, _import).
// Not run against a live Dashboards: the requests are those of its documentation.
#include <algorithm>

#include "sinks/opensearch/setup/setup_internal.h"

namespace auditship::sinks::opensearch::setup {
namespace {

constexpr std::size_t kMaxFile = 16 << 20;
constexpr std::string_view kBoundary = "auditship-saved-objects-7f3c";

// One saved object a line; nullopt: it is said what is wrong.
std::optional<std::vector<OrderedJson>> read_objects(SetupRun& run, const std::string& name,
                                                     const std::string& text) {
  std::vector<OrderedJson> objects;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (line.empty()) {
      continue;
    }
    auto object = parse_ordered_json(line);
    if (!object || !object->contains("id") || !object->contains("type")) {
      run.fail(name, "line " + std::to_string(objects.size() + 1) + " is no saved object");
      return std::nullopt;
    }
    objects.push_back(std::move(*object));
  }
  return objects;
}

std::string bulk_get_body(const std::vector<OrderedJson>& objects) {
  OrderedJson list = OrderedJson::array();
  for (const OrderedJson& object : objects) {
    list.push_back({{"type", *find_member(object, "type")}, {"id", *find_member(object, "id")}});
  }
  return dump_json(list);
}

// What would change, one line each; objects come back in the order asked.
std::vector<std::string> changes_of(const std::vector<OrderedJson>& objects, const Json* there) {
  const auto& known = items_of(there);
  std::vector<std::string> changes;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string name =
        text_of(*find_member(objects[i], "type")) + ' ' + text_of(*find_member(objects[i], "id"));
    if (i >= known.size() || known[i].contains("error") || !known[i].contains("attributes")) {
      changes.push_back("+ " + printable(name));
      continue;
    }
    Json wanted = Json::object();
    if (const OrderedJson* attributes = find_member(objects[i], "attributes")) {
      wanted["attributes"] = Json(*attributes);
    }
    for (const std::string& change : json_changes(known[i], wanted, ExtraMembers::are_defaults)) {
      changes.push_back(printable(name) + ' ' + change);
    }
  }
  return changes;
}

void import(SetupRun& run, const std::string& name, const std::string& text) {
  std::string body = "--" + std::string(kBoundary) +
                     "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
                     "\"\r\nContent-Type: application/ndjson\r\n\r\n" + text + "\r\n--" +
                     std::string(kBoundary) + "--\r\n";
  const auto answer =
      run.dashboards->ask("POST", "/api/saved_objects/_import?overwrite=true", body,
                          "multipart/form-data; boundary=" + std::string(kBoundary));
  if (!answer || answer->status != 200) {
    run.fail(name, answer ? "importing it was " + say_answer(*answer) : answer.error().message);
    return;
  }
  const auto tree = parse_json(answer->body);
  const Json* success = tree ? find_member(*tree, "success") : nullptr;
  if (success == nullptr || text_of(*success) != "true") {
    run.fail(name, "not imported: " + printable(answer->body));
    return;
  }
  ++run.changes;
  run.say("  " + name + ": imported");
}

void bring_objects(SetupRun& run, const std::string& name) {
  const auto text =
      run.fs.read_file(join_path(run.options.conf_dir, "dashboards/" + name), kMaxFile);
  if (!text) {
    run.fail(name, text.error().message);
    return;
  }
  const auto objects = read_objects(run, name, *text);
  if (!objects) {
    return;
  }
  const auto answer =
      run.dashboards->ask("POST", "/api/saved_objects/_bulk_get", bulk_get_body(*objects));
  if (!answer || answer->status != 200) {
    run.fail(name, answer ? "reading the saved objects was " + say_answer(*answer)
                          : answer.error().message);
    return;
  }
  const auto tree = parse_json(answer->body);
  const auto changes = changes_of(*objects, tree ? find_member(*tree, "saved_objects") : nullptr);
  if (changes.empty()) {
    run.say("  " + name + ": unchanged");
    return;
  }
  for (const std::string& change : changes) {
    run.say("    " + change);
  }
  if (run.options.dry_run) {
    ++run.changes;
    run.say("  " + name + ": would be imported");
    run.say("    POST /api/saved_objects/_import?overwrite=true");
    return;
  }
  import(run, name, *text);
}

}  // namespace

void set_up_dashboards(SetupRun& run) {
  const std::string directory = join_path(run.options.conf_dir, "dashboards");
  if (run.dashboards == nullptr) {
    ++run.skipped;
    run.say("  no sink.opensearch.dashboards_url: import " + directory +
            "/*.ndjson by hand, in the order of their names (Dashboards Management, "
            "Saved objects)");
    return;
  }
  auto names = run.fs.list(directory);
  if (!names) {
    run.fail(directory, names.error().message + "; --conf-dir names its parent");
    return;
  }
  std::sort(names->begin(), names->end());  // a file may refer to objects of those before it
  for (const std::string& name : *names) {
    if (name.ends_with(".ndjson")) {
      bring_objects(run, name);
    }
  }
}

}  // namespace auditship::sinks::opensearch::setup
