// Component and index templates, and the indices that the write aliases begin with.
#include "sinks/opensearch/protocol/index_lookup.h"
#include "sinks/opensearch/setup/setup_internal.h"

namespace auditship::sinks::opensearch::setup {
namespace {

constexpr std::string_view kRolloverAlias = "index.plugins.index_state_management.rollover_alias";

// In the answer to GET of one template: the member of the only item of list. nullptr: it has
// another shape.
const Json* only_template(const Json& answer, std::string_view list, std::string_view member) {
  const auto& items = items_of(find_member(answer, list));
  return items.size() == 1 ? find_member(items.front(), member) : nullptr;
}

void bring_component(SetupRun& run, const std::string& name) {
  auto wanted = run.file("component_templates/" + name + ".json");
  if (!wanted) {
    return;
  }
  const std::string path = "/_component_template/" + name;
  bring(run, SetupObject{"component template " + name,
                         path,
                         path,
                         std::move(*wanted),
                         ExtraMembers::differ,
                         {},
                         [](const Json& answer) {
                           return only_template(answer, "component_templates",
                                                "component_template");
                         }});
}

// The setting is unknown, and refused, where there is no ISM; with ISM rollover fails without it.
void adapt_rollover_alias(OrderedJson& wanted, const SetupTarget& target, bool used) {
  OrderedJson* body = find_member(wanted, "template");
  OrderedJson* settings = body == nullptr ? nullptr : find_member(*body, "settings");
  if (settings == nullptr) {
    return;
  }
  if (used) {
    set_member(*settings, kRolloverAlias, target.name);
  } else {
    remove_member(*settings, kRolloverAlias);
  }
}

void bring_index_template(SetupRun& run, const SetupTarget& target, Ism ism) {
  auto wanted = run.file("index_templates/auditship-" + target.kind + ".json");
  if (!wanted) {
    return;
  }
  set_member(*wanted, "index_patterns", OrderedJson::array({target.name + "*"}));
  adapt_rollover_alias(*wanted, target, ism == Ism::present && run.aliases());
  const std::string name = "auditship-" + target.name;
  const std::string path = "/_index_template/" + protocol::url_segment(name);
  bring(run, SetupObject{"index template " + name,
                         path,
                         path,
                         std::move(*wanted),
                         ExtraMembers::differ,
                         {},
                         [](const Json& answer) {
                           return only_template(answer, "index_templates", "index_template");
                         }});
}

void create_first_index(SetupRun& run, const SetupTarget& target) {
  const std::string path = "/" + protocol::url_segment("<" + target.name + "-{now/d}-000001>");
  const std::string body =
      dump_json(OrderedJson{{"aliases", {{target.name, {{"is_write_index", true}}}}}});
  const std::string what = "alias " + target.name;
  if (run.options.dry_run) {
    run.say("  " + what + ": would be created with its first index");
    run.say("    PUT " + path);
    run.say("    " + body);
    ++run.changes;
    return;
  }
  const auto put = run.client.ask("PUT", path, body);
  if (!put || put->status != 200) {
    run.fail(what, put ? "PUT " + path + " was " + say_answer(*put) : put.error().message);
    return;
  }
  ++run.changes;
  run.say("  " + what + ": created with its first index");
}

}  // namespace

void set_up_templates(SetupRun& run) {
  const auto ism = ask_ism(run);
  if (!ism) {
    return;
  }
  bring_component(run, "auditship-settings");
  bring_component(run, "auditship-common");
  std::set<std::string> kinds;
  for (const SetupTarget& target : run.targets) {
    if (kinds.insert(target.kind).second) {
      bring_component(run, "auditship-" + target.kind);
    }
  }
  if (run.failures > 0) {
    return;  // an index template with an old or missing component would be worse than none
  }
  for (const SetupTarget& target : run.targets) {
    bring_index_template(run, target, *ism);
  }
}

void set_up_indices(SetupRun& run) {
  if (!run.aliases()) {
    run.say("  dated indices are made by the first document of a day");
    ++run.skipped;
    return;
  }
  for (const SetupTarget& target : run.targets) {
    const std::string what = "alias " + target.name;
    const auto answer =
        run.client.ask("GET", "/" + protocol::url_segment(target.name) + "*/_alias");
    if (!answer || (answer->status != 200 && answer->status != 404)) {
      run.fail(what, answer ? "reading it was " + say_answer(*answer) : answer.error().message);
      continue;
    }
    const auto alias =
        protocol::read_alias(answer->status == 404 ? "{}" : answer->body, target.name);
    if (alias) {
      run.say("  " + what + ": writes to " + printable(alias->write_index));
    } else if (alias.error().code == Errc::not_found) {
      create_first_index(run, target);
    } else {
      run.fail(what, printable(alias.error().message) +
                         "; repair it with POST /_aliases, setup does not move data");
    }
  }
}

}  // namespace auditship::sinks::opensearch::setup
