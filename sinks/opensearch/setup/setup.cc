#include "sinks/opensearch/setup/setup.h"

#include <utility>

#include "sinks/opensearch/setup/setup_internal.h"

namespace auditship::sinks::opensearch::setup {
namespace {

constexpr std::size_t kMaxFile = 1 << 20;

struct Part {
  const char* name;
  const char* belongs_to;  // of --only
  void (*work)(SetupRun&);
};

// The order matters: an index takes templates and policies when it is made, not later.
constexpr Part kParts[] = {
    {"templates", "templates", set_up_templates},    {"lifecycle", "lifecycle", set_up_lifecycle},
    {"indices", "templates", set_up_indices},        {"mappings", "templates", check_mappings},
    {"dashboards", "dashboards", set_up_dashboards}, {"roles", "roles", set_up_roles},
};

std::string result_of(const SetupRun& run) {
  if (run.failures > 0) {
    return "FAILED (" + std::to_string(run.failures) + ")";
  }
  if (run.changes > 0) {
    return std::to_string(run.changes) + (run.options.dry_run ? " would change" : " changed");
  }
  if (run.warnings > 0) {
    return std::to_string(run.warnings) + " to look at";
  }
  return run.skipped > 0 ? "skipped" : "nothing to do";
}

bool finish_part(SetupRun& run, const char* name) {
  run.say(std::string(name) + ": " + result_of(run));
  const bool good = run.failures == 0;
  run.changes = run.failures = run.skipped = run.warnings = 0;
  return good;
}

}  // namespace

void SetupRun::fail(const std::string& what, const std::string& why) {
  ++failures;
  say("  " + what + ": FAILED: " + why);
}

std::optional<OrderedJson> SetupRun::file(const std::string& name) {
  const std::string path = join_path(options.conf_dir, name);
  auto text = fs.read_file(path, kMaxFile);
  auto tree = text ? parse_ordered_json(*text) : Result<OrderedJson>(text.error());
  if (!tree) {
    if (unreadable.insert(path).second) {
      fail(path, tree.error().message + "; --conf-dir names the directory of these files");
    } else {
      ++failures;
    }
    return std::nullopt;
  }
  return std::move(*tree);
}

bool run_setup(Fs& fs, const SetupOptions& options, std::vector<SetupTarget> targets,
               SetupClient& client, SetupClient* dashboards, const Say& say) {
  SetupRun run{fs, options, client, dashboards, say, std::move(targets), {}, 0, 0, 0, 0, {}};
  if (options.rollover) {
    roll_over(run);
    return finish_part(run, "rollover");
  }
  bool good = true;
  for (const Part& part : kParts) {
    if (options.only.empty() || options.only == part.belongs_to) {
      part.work(run);
      good = finish_part(run, part.name) && good;
    }
  }
  return good;
}

namespace {

void put_object(SetupRun& run, const SetupObject& object, const std::string& path, bool is_there,
                const std::vector<std::string>& changes) {
  const std::string body = dump_json(object.wanted);
  const std::string done = is_there ? "updated" : "created";
  if (run.options.dry_run) {
    run.say("  " + object.what + ": would be " + done);
    run.say("    PUT " + path);
    run.say("    " + body);
  } else {
    const auto put = run.client.ask("PUT", path, body);
    if (!put || put->status < 200 || put->status > 299) {
      run.fail(object.what, put ? "PUT " + path + " was " + say_answer(*put) : put.error().message);
      return;
    }
    run.say("  " + object.what + ": " + done);
  }
  for (const std::string& change : changes) {
    run.say("    " + change);
  }
  ++run.changes;
}

}  // namespace

void bring(SetupRun& run, const SetupObject& object) {
  const auto answer = run.client.ask("GET", object.get);
  if (!answer || (answer->status != 200 && answer->status != 404)) {
    run.fail(object.what,
             answer ? "GET " + object.get + " was " + say_answer(*answer) : answer.error().message);
    return;
  }
  if (answer->status == 404) {
    put_object(run, object, object.put, false, {});
    return;
  }
  const auto tree = parse_json(answer->body);
  const Json* there = tree ? object.pick(*tree) : nullptr;
  if (there == nullptr) {
    run.fail(object.what, "the answer to GET " + object.get + " is not understood");
    return;
  }
  const auto changes = json_changes(*there, Json(object.wanted), object.extra);
  if (changes.empty()) {
    run.say("  " + object.what + ": unchanged");
    return;
  }
  put_object(run, object, object.put + (object.query ? object.query(*tree) : std::string()), true,
             changes);
}

}  // namespace auditship::sinks::opensearch::setup
