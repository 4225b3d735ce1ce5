// Index State Management policies, and rollover without them.
//
// The requests follow the documentation of OpenSearch 2.x and 3.x, "ISM API" and "Policies"
// (docs.opensearch.org, im-plugin/ism/api and im-plugin/ism/policies): PUT creates; an update needs
// if_seq_no and if_primary_term of the policy that GET shows; GET of a missing policy is 404.
#include <algorithm>

#include "sinks/opensearch/protocol/index_lookup.h"
#include "sinks/opensearch/setup/setup_internal.h"

namespace auditship::sinks::opensearch::setup {
namespace {

std::string policy_path(const SetupTarget& target) {
  return "/_plugins/_ism/policies/" + protocol::url_segment("auditship-" + target.name);
}

// _seq_no and _primary_term as the parameters that guard an update; only digits go into the path.
std::string update_query(const Json& answer) {
  const auto number = [&](const char* key) {
    const Json* value = find_member(answer, key);
    return value != nullptr && value->is_number_unsigned() ? text_of(*value) : std::string("0");
  };
  return "?if_seq_no=" + number("_seq_no") + "&if_primary_term=" + number("_primary_term");
}

// Dated indices are not rolled over: only their deletion is left.
void drop_rollover(OrderedJson& policy) {
  OrderedJson* states = find_member(policy, "states");
  if (states == nullptr) {
    return;
  }
  for (OrderedJson& state : *states) {
    OrderedJson* actions = find_member(state, "actions");
    auto* list = actions == nullptr ? nullptr : actions->get_ptr<OrderedJson::array_t*>();
    if (list != nullptr) {
      std::erase_if(*list, [](const OrderedJson& action) { return action.contains("rollover"); });
    }
  }
}

void adapt_patterns(OrderedJson& policy, const SetupTarget& target) {
  OrderedJson* templates = find_member(policy, "ism_template");
  if (templates == nullptr) {
    return;
  }
  for (OrderedJson& one : *templates) {
    set_member(one, "index_patterns", OrderedJson::array({target.name + "*"}));
  }
}

void bring_policy(SetupRun& run, const SetupTarget& target) {
  auto wanted = run.file("lifecycle/auditship-" + target.kind + ".json");
  OrderedJson* policy = wanted ? find_member(*wanted, "policy") : nullptr;
  if (policy == nullptr) {
    return;
  }
  adapt_patterns(*policy, target);
  if (!run.aliases()) {
    drop_rollover(*policy);
  }
  const unsigned before = run.changes;
  bring(run, SetupObject{"policy auditship-" + target.name, policy_path(target),
                         policy_path(target), std::move(*wanted), ExtraMembers::are_defaults,
                         update_query, [](const Json& answer) -> const Json* {
                           return answer.contains("policy") ? &answer : nullptr;
                         }});
  if (run.changes > before) {
    // Not done here: a policy deletes, and indices of others may bear such names.
    run.say("    it holds for indices made from now on; for older ones: POST /_plugins/_ism/add/" +
            target.name + "* {\"policy_id\":\"auditship-" + target.name + "\"}");
  }
}

// The conditions of the first rollover action, in the words of the _rollover API.
OrderedJson rollover_conditions(const OrderedJson& file) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"min_size", "max_size"}, {"min_index_age", "max_age"}, {"min_doc_count", "max_docs"}};
  OrderedJson conditions = OrderedJson::object();
  for (const OrderedJson& state : items_of(find_path(file, {"policy", "states"}))) {
    for (const OrderedJson& action : items_of(find_member(state, "actions"))) {
      for (const auto& [ours, theirs] : kNames) {
        if (const OrderedJson* value = find_path(action, {"rollover", ours})) {
          set_member(conditions, theirs, *value);
        }
      }
    }
  }
  return conditions;
}

void say_rollover(SetupRun& run, const SetupTarget& target, const std::string& body) {
  const auto tree = parse_json(body);
  const auto text = [&](const char* key) {
    const Json* value = tree ? find_member(*tree, key) : nullptr;
    return value == nullptr ? std::string() : printable(text_of(*value));
  };
  const std::string what = "alias " + target.name;
  if (text("old_index").empty()) {
    run.fail(what, "the answer to _rollover is not understood");
    return;
  }
  if (text("rolled_over") == "true") {
    ++run.changes;
    run.say("  " + what + ": rolled over from " + text("old_index") + " to " + text("new_index"));
    return;
  }
  std::string due = "not due";
  for (const auto& [name, met] : members_of(find_member(*tree, "conditions"))) {
    if (text_of(met) == "true" && run.options.dry_run) {
      due = "due";
    }
  }
  run.changes += due == "due" ? 1 : 0;
  run.say("  " + what + ": " + due + ", " + text("old_index") + " stays");
}

}  // namespace

std::optional<Ism> ask_ism(SetupRun& run) {
  if (run.ism || run.targets.empty()) {
    return run.ism.value_or(Ism::absent);
  }
  const std::string path = policy_path(run.targets.front());
  const auto answer = run.client.ask("GET", path);
  if (!answer) {
    run.fail("ISM", answer.error().message);
    return std::nullopt;
  }
  if (is_no_handler(*answer)) {
    run.ism = Ism::absent;
  } else if (answer->status == 200 || answer->status == 404 || answer->status == 403) {
    run.ism = Ism::present;  // 403: the API is there, this user may not ask it
  } else {
    run.fail("ISM", "GET " + path + " was " + say_answer(*answer));
    return std::nullopt;
  }
  return run.ism;
}

void set_up_lifecycle(SetupRun& run) {
  const auto ism = ask_ism(run);
  if (!ism) {
    return;
  }
  if (*ism == Ism::absent) {
    ++run.skipped;
    run.say(
        "  this cluster has no Index State Management: no policies, and nothing deletes old "
        "indices. For rollover run `auditship setup --rollover` from a timer");
    return;
  }
  for (const SetupTarget& target : run.targets) {
    bring_policy(run, target);
  }
}

void roll_over(SetupRun& run) {
  if (!run.aliases()) {
    run.say("  dated indices are not rolled over");
    ++run.skipped;
    return;
  }
  for (const SetupTarget& target : run.targets) {
    const auto file = run.file("lifecycle/auditship-" + target.kind + ".json");
    if (!file) {
      continue;
    }
    const std::string what = "alias " + target.name;
    const OrderedJson conditions = rollover_conditions(*file);
    if (conditions.empty()) {
      // Without conditions _rollover acts at once, each time.
      run.fail(what, "its lifecycle file has no rollover conditions");
      continue;
    }
    const std::string body = dump_json(OrderedJson{{"conditions", conditions}});
    const std::string path = "/" + protocol::url_segment(target.name) + "/_rollover" +
                             (run.options.dry_run ? "?dry_run=true" : "");
    if (run.options.dry_run) {
      run.say("    POST " + path);
      run.say("    " + body);
    }
    const auto answer = run.client.ask("POST", path, body);
    if (!answer || answer->status != 200) {
      run.fail(what,
               answer ? "POST " + path + " was " + say_answer(*answer) : answer.error().message);
      continue;
    }
    say_rollover(run, target, answer->body);
  }
}

}  // namespace auditship::sinks::opensearch::setup
