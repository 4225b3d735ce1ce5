// The parts of run_setup. Internal to setup*.cc.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sinks/opensearch/setup/json_tree.h"
#include "sinks/opensearch/setup/setup.h"

namespace auditship::sinks::opensearch::setup {

enum class Ism { present, absent };

// What one run knows and has found.
struct SetupRun {
  Fs& fs;
  const SetupOptions& options;
  SetupClient& client;
  SetupClient* dashboards;
  const Say& say;
  std::vector<SetupTarget> targets;
  std::optional<Ism> ism;
  unsigned changes = 0, failures = 0, skipped = 0, warnings = 0;  // of the part at work
  std::set<std::string> unreadable;  // files that were complained about

  [[nodiscard]] bool aliases() const { return options.style == TargetStyle::alias; }
  void fail(const std::string& what, const std::string& why);
  // Reads CONF_DIR/name. nullopt: it is said why.
  std::optional<OrderedJson> file(const std::string& name);
};

// One object of the server that has a name.
struct SetupObject {
  // "component template auditship-common".
  std::string what;
  // Paths.
  std::string get, put;
  OrderedJson wanted;
  ExtraMembers extra = ExtraMembers::differ;
  // What the path of the PUT needs when the object is there already.
  std::function<std::string(const Json& answer)> query;
  // The object in the answer to GET; nullptr: the answer is not understood.
  std::function<const Json*(const Json& answer)> pick;
};

// Puts the object if it is missing or differs.
void bring(SetupRun& run, const SetupObject& object);

// Whether the ISM API is there, asked once. nullopt: not known; it is said why.
std::optional<Ism> ask_ism(SetupRun& run);

void set_up_templates(SetupRun& run);
void set_up_lifecycle(SetupRun& run);
void set_up_indices(SetupRun& run);
void check_mappings(SetupRun& run);
void set_up_dashboards(SetupRun& run);
void set_up_roles(SetupRun& run);
void roll_over(SetupRun& run);

// --- mappings -----------------------------------------------------------------------------------

struct MappingDrift {
  // Documents are or may be refused because of these.
  std::vector<std::string> rejected;
  // What cannot be searched as it should be.
  std::vector<std::string> missing;
  // Some of these are names that documents do not have: aliases, and fields that are filled from others.
  bool lacks_names = false;
};
// live: {"dynamic":…,"properties":…} of an index; wanted: the same as the templates have it.
[[nodiscard]] MappingDrift compare_mappings(const Json& live, const Json& wanted);

// The mappings of component templates on top of each other.
[[nodiscard]] Json merge_mappings(const std::vector<OrderedJson>& component_templates);

}  // namespace auditship::sinks::opensearch::setup
