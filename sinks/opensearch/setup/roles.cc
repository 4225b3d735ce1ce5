// Roles of the security plug-in: what the agent ships with, and what setup itself needs.
#include "sinks/opensearch/protocol/index_lookup.h"
#include "sinks/opensearch/setup/setup_internal.h"

namespace auditship::sinks::opensearch::setup {
namespace {

// The role is for the configured targets, whatever the file names.
void adapt_patterns(const SetupRun& run, OrderedJson& role) {
  OrderedJson patterns = OrderedJson::array();
  for (const SetupTarget& target : run.targets) {
    patterns.push_back(target.name + "*");
  }
  if (OrderedJson* permissions = find_member(role, "index_permissions")) {
    for (OrderedJson& permission : *permissions) {
      set_member(permission, "index_patterns", patterns);
    }
  }
}

void bring_role(SetupRun& run, const std::string& name) {
  auto wanted = run.file("roles/" + name + ".json");
  if (!wanted) {
    return;
  }
  adapt_patterns(run, *wanted);
  const std::string path = "/_plugins/_security/api/roles/" + name;
  bring(run, SetupObject{"role " + name,
                         path,
                         path,
                         std::move(*wanted),
                         ExtraMembers::are_defaults,
                         {},
                         [name](const Json& answer) { return find_member(answer, name); }});
}

}  // namespace

void set_up_roles(SetupRun& run) {
  const std::string probe = "/_plugins/_security/api/roles/auditship-setup";
  const auto answer = run.client.ask("GET", probe);
  if (!answer) {
    run.fail("roles", answer.error().message);
    return;
  }
  if (is_no_handler(*answer)) {
    ++run.skipped;
    run.say("  this cluster has no security plug-in: no roles");
    return;
  }
  if (answer->status == 403 && run.options.only.empty()) {
    // Who may change roles may do everything: the role auditship-setup does not include it.
    ++run.skipped;
    run.say(
        "  roles are an administrator's: auditship setup --only roles --username ADMIN "
        "--password-file FILE");
    return;
  }
  bring_role(run, run.aliases() ? "auditship-shipper" : "auditship-shipper-dated");
  bring_role(run, "auditship-setup");
  if (run.changes > 0) {
    run.say("    map users to them: PUT /_plugins/_security/api/rolesmapping/ROLE {\"users\":[…]}");
  }
}

}  // namespace auditship::sinks::opensearch::setup
