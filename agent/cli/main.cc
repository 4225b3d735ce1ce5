// The command line: what there is, with which options and examples. The work is done in cli_*.cc.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include "agent/base/version.h"
#include "agent/cli/commands.h"

namespace auditship::cli {
namespace {

constexpr char kRunExamples[] =
    "Examples:\n"
    "  auditship run --config /etc/auditship/auditship.yaml\n"
    "  auditship run --once --config auditship.yaml     ship what is there, print a summary, exit";
constexpr char kParseExamples[] =
    "Examples:\n"
    "  auditship parse --stream authlog /var/log/auth.log\n"
    "  auditship parse --stream kubeaudit --pretty audit.log\n"
    "  auditship parse --stream authlog --time-zone Europe/Stockholm --reference-time "
    "2026-11-23T12:00:00Z old-auth.log";
constexpr char kCheckExamples[] =
    "Examples:\n"
    "  auditship check --config auditship.yaml\n"
    "  auditship check --online --config auditship.yaml     also asks the sink";
constexpr char kExplainExamples[] =
    "Examples:\n"
    "  auditship explain --config auditship.yaml --stream kubeaudit audit.log audit.log.1.gz\n"
    "  auditship explain --rules new.yaml --stream kubeaudit audit.log\n"
    "  auditship explain --rules old.yaml --diff new.yaml --stream kubeaudit audit.log\n"
    "  auditship explain --rules audit-policy.yaml --stream kubeaudit --decisions audit.log\n"
    "  zcat old.gz | auditship explain --rules r.yaml --stream authlog --json -";

constexpr char kSetupExamples[] =
    "Examples:\n"
    "  auditship setup --config auditship.yaml --dry-run     what would be sent and changed\n"
    "  auditship setup --config auditship.yaml --username admin --password-file admin.pw\n"
    "  auditship setup --config auditship.yaml --rollover";

// The arguments of all subcommands: CLI11 writes into them while it parses.
struct Commands {
  RunArguments run;
  ParseArguments parse;
  CheckArguments check;
  StatusArguments status;
  KeysArguments keys;
  BufferArguments buffer;
  DeadLetterArguments dead;
  ReconcileArguments reconcile;
  ExplainArguments explain;
  SetupArguments setup;
  int code = 0;
};

void add_run(CLI::App& app, Commands& commands) {
  auto& run = commands.run;
  CLI::App* run_app =
      app.add_subcommand("run", "Ship until SIGTERM or SIGINT, which drain what was read and exit");
  run_app->add_option("--config", run.config, "Configuration file")->required()->type_name("FILE");
  run_app->add_flag(
      "--once", run.once,
      "Read all inputs to their end, wait for acknowledgement, print a summary, exit");
  run_app->footer(kRunExamples);
  run_app->callback([&commands] { commands.code = run_command(commands.run); });
}

void add_parse(CLI::App& app, Commands& commands) {
  auto& parse = commands.parse;
  CLI::App* parse_app = app.add_subcommand(
      "parse", "Print the documents that lines become: no filter, no state, nothing is shipped");
  parse_app
      ->add_option("--stream", parse.stream,
                   "Stream whose parser to use: kubeaudit, authlog or one of the configuration")
      ->required()
      ->type_name("NAME");
  parse_app->add_option("--config", parse.config, "Configuration file (default: built-in defaults)")
      ->type_name("FILE");
  parse_app->add_flag("--pretty", parse.pretty,
                      "One readable line each: when, who, did what, to what, from where, outcome");
  parse_app->add_flag("--full", parse.full,
                      "With the names that the mapping answers, as documents: full writes them");
  parse_app
      ->add_option("--time-zone", parse.time_zone,
                   "Zone of stamps that have none, e.g. Europe/Stockholm")
      ->type_name("ZONE");
  parse_app
      ->add_option("--reference-time", parse.reference_time,
                   "The \"now\" that gives RFC 3164 stamps their year, RFC 3339")
      ->type_name("TIME");
  parse_app->add_option("FILE", parse.files,
                        "Log files, also .gz and .zst (default: standard input)");
  parse_app->footer(kParseExamples);
  parse_app->callback([&commands] { commands.code = parse_command(commands.parse); });
}

void add_check(CLI::App& app, Commands& commands) {
  auto& check = commands.check;
  CLI::App* check_app = app.add_subcommand(
      "check", "Validate the configuration as run does, and tell which inputs are readable");
  check_app->add_option("--config", check.config, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str();
  check_app->add_flag("--online", check.online,
                      "Also ask the sink whether it would take documents");
  check_app->add_flag("--effective", check.effective,
                      "Print the configuration in effect, secrets masked");
  check_app->footer(kCheckExamples);
  check_app->callback([&commands] { commands.code = check_command(commands.check); });
}

void add_status(CLI::App& app, Commands& commands) {
  auto& status = commands.status;
  CLI::App* status_app = app.add_subcommand(
      "status", "What the agent is doing: from the running one, or from its data directory");
  status_app
      ->add_option("--config", status.config, "Configuration file that names the data directory")
      ->type_name("FILE");
  status_app->add_option("--data-dir", status.data_dir, "Data directory")->type_name("DIR");
  status_app->add_flag("--json", status.json, "For scripts");
  status_app->add_flag("--watch", status.watch, "Show it again every 2 s, until interrupted");
  status_app->footer(
      "Examples:\n  auditship status\n  auditship status --watch\n  auditship status --json "
      "--data-dir /var/lib/auditship");
  status_app->callback([&commands] { commands.code = status_command(commands.status); });
}

void add_keys(CLI::App& app, Commands& commands) {
  CLI::App* keys_app = app.add_subcommand(
      "keys", "List the SSH keys that `ssh_key_owners` knows: whose they are and what they open");
  keys_app->add_option("--config", commands.keys.config, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str();
  keys_app->add_flag("--json", commands.keys.json, "A JSON object a key");
  keys_app->footer("Examples:\n  auditship keys\n  auditship keys --json | jq -r .owner");
  keys_app->callback([&commands] { commands.code = keys_command(commands.keys); });
}

void add_buffer(CLI::App& app, Commands& commands) {
  auto& buffer = commands.buffer;
  CLI::App* buffer_app = app.add_subcommand(
      "buffer",
      "Look into the buffer of a data directory, also while the agent runs; changes nothing");
  buffer_app->require_subcommand(1);
  buffer_app->footer(
      "Examples:\n  auditship buffer ls --data-dir /var/lib/auditship\n  auditship buffer show 42 "
      "--stream kubeaudit\n  auditship buffer verify");
  const auto add_buffer = [&](const char* name, const char* what) {
    CLI::App* sub = buffer_app->add_subcommand(name, what);
    sub->add_option("--config", buffer.config, "Configuration file that names the data directory")
        ->type_name("FILE");
    sub->add_option("--data-dir", buffer.data_dir, "Data directory")->type_name("DIR");
    sub->add_option("--stream", buffer.stream, "Only this stream")->type_name("NAME");
    sub->callback([&commands, name] {
      commands.buffer.action = name;
      commands.code = buffer_command(commands.buffer);
    });
    return sub;
  };
  add_buffer("ls", "List segments and frames");
  add_buffer("show", "Print the bulk lines of one frame")
      ->add_option("FRAME", buffer.frame, "Number of the frame")
      ->required();
  add_buffer("verify", "Check every byte; exit 1 if anything is damaged");
}

void add_dead_letter(CLI::App& app, Commands& commands) {
  auto& dead = commands.dead;
  CLI::App* dead_app =
      app.add_subcommand("dead-letter", "Documents that the server refused for their content");
  dead_app->require_subcommand(1);
  dead_app->footer(
      "Examples:\n  auditship dead-letter ls\n  auditship dead-letter show --reason "
      "mapper_parsing_exception\n"
      "  auditship dead-letter replay --config /etc/auditship/auditship.yaml     with the agent "
      "stopped");
  const auto add_dead = [&](const char* name, const char* what) {
    CLI::App* sub = dead_app->add_subcommand(name, what);
    const bool replay = std::string_view(name) == "replay";
    auto* config =
        sub->add_option("--config", dead.config, "Configuration file")->type_name("FILE");
    if (replay) {
      config->description(std::string("Configuration file, default ") + kInstalledConfig);
    } else {
      sub->add_option("--data-dir", dead.data_dir, "Data directory")->type_name("DIR");
    }
    sub->add_option("--stream", dead.stream, "Only this stream")->type_name("NAME");
    sub->add_option("--reason", dead.reason,
                    "Only letters whose error type or reason contains this")
        ->type_name("TEXT");
    sub->callback([&commands, name] {
      commands.dead.action = name;
      commands.code = dead_letter_command(commands.dead);
    });
  };
  add_dead("ls", "Count them by error");
  add_dead("show", "Print them as NDJSON");
  add_dead("replay", "Send them again under the same ids, and take out what is settled");
}

void add_reconcile(CLI::App& app, Commands& commands) {
  auto& reconcile = commands.reconcile;
  CLI::App* reconcile_app = app.add_subcommand(
      "reconcile", "Ask OpenSearch by id whether each kept line of these log files is there, once");
  reconcile_app->add_option("--config", reconcile.config, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str();
  reconcile_app->add_option("--stream", reconcile.stream, "Stream that the files belong to")
      ->required()
      ->type_name("NAME");
  reconcile_app
      ->add_option("--path", reconcile.path,
                   "Path that the agent read the files under, if they lie somewhere else now")
      ->type_name("PATH");
  reconcile_app->add_option("FILE", reconcile.files, "Log files, also .gz and .zst")->required();
  reconcile_app->footer(
      "Example:\n  auditship reconcile --config auditship.yaml --stream authlog /var/log/auth.log "
      "/var/log/auth.log.1");
  reconcile_app->callback([&commands] { commands.code = reconcile_command(commands.reconcile); });
}

void add_explain(CLI::App& app, Commands& commands) {
  auto& explain = commands.explain;
  CLI::App* explain_app = app.add_subcommand(
      "explain", "What filter rules would drop from existing logs, and why; nothing is shipped");
  explain_app->add_option("--stream", explain.stream, "Stream that the files belong to")
      ->required()
      ->type_name("NAME");
  explain_app->add_option("--config", explain.config, "Configuration file")->type_name("FILE");
  explain_app
      ->add_option("--rules", explain.rules,
                   "Rule file or audit Policy (YAML or JSON), instead of the configured one")
      ->type_name("FILE");
  auto* diff = explain_app
                   ->add_option("--diff", explain.other,
                                "Another one: only what one of the two keeps and the other drops")
                   ->type_name("FILE");
  auto* json = explain_app->add_flag("--json", explain.json, "For scripts");
  explain_app
      ->add_flag("--decisions", explain.decisions,
                 "One JSON object for each line of the input, in order, instead of the report")
      ->excludes(diff)
      ->excludes(json);
  explain_app
      ->add_option("FILE", explain.files, "Log files, also .gz and .zst; - is standard input")
      ->required();
  explain_app->footer(kExplainExamples);
  explain_app->callback([&commands] { commands.code = explain_command(commands.explain); });
}

void add_setup(CLI::App& app, Commands& commands) {
  auto& setup = commands.setup;
  CLI::App* setup_app = app.add_subcommand(
      "setup",
      "Bring templates, lifecycle, write aliases, dashboards and roles of OpenSearch to "
      "what conf/opensearch says; repeating it changes nothing");
  setup_app->add_option("--config", setup.config, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str();
  setup_app->add_flag("--dry-run", setup.dry_run,
                      "Only tell the requests and what they would change");
  auto* only = setup_app->add_option("--only", setup.only, "Only this part")
                   ->check(CLI::IsMember({"templates", "lifecycle", "dashboards", "roles"}))
                   ->type_name("PART");
  setup_app
      ->add_flag("--rollover", setup.rollover,
                 "Only roll write aliases over that are due: for a timer where there is no ISM")
      ->excludes(only);
  setup_app
      ->add_option("--conf-dir", setup.conf_dir,
                   "The JSON files (default: opensearch beside the configuration file, else "
                   "/usr/share/auditship/opensearch)")
      ->type_name("DIR");
  auto* user = setup_app->add_option("--username", setup.username, "Another user than the sink's")
                   ->type_name("NAME");
  auto* password =
      setup_app->add_option("--password-file", setup.password_file, "The password of that user")
          ->type_name("FILE");
  user->needs(password);
  password->needs(user);
  setup_app->footer(kSetupExamples);
  setup_app->callback([&commands] { commands.code = setup_command(commands.setup); });
}

void add_version(CLI::App& app, Commands&) {
  CLI::App* version_app = app.add_subcommand("version", "Print the version");
  version_app->footer("Example:\n  auditship version");
  version_app->callback([] { std::printf("auditship %s\n", kVersion); });
}

int command_line(int argc, char** argv) {
  CLI::App app(
      "Ships audit evidence off every node: kube-apiserver audit log and auth.log to OpenSearch, "
      "each line exactly once.",
      "auditship");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("auditship ") + kVersion);
  Commands commands;
  for (const auto add : {add_run, add_parse, add_check, add_status, add_buffer, add_dead_letter,
                         add_reconcile, add_keys, add_explain, add_setup, add_version}) {
    add(app, commands);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int said = app.exit(error);
    return said == 0 ? 0 : kExitUsage;
  }
  return commands.code;
}

// Each log and each rotated file that waits takes a descriptor; poll() and not select() is used, so
// nothing speaks against what the system allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

// A core would hold passwords and events. One byte and not none: the kernel looks at a limit of
// none for files only, at one byte also where cores are piped to a program (its fs/coredump.c).
void forbid_core_dumps() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_CORE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max = std::min<rlim_t>(limit.rlim_max, 1);
    (void)::setrlimit(RLIMIT_CORE, &limit);
  }
}

}  // namespace
}  // namespace auditship::cli

int main(int argc, char** argv) {
  auditship::cli::raise_descriptor_limit();
  auditship::cli::forbid_core_dumps();
  try {
    return auditship::cli::command_line(argc, argv);
  } catch (const std::exception& error) {  // of a library: we throw nothing
    std::fprintf(stderr, "auditship: %s\n", error.what());
    return auditship::cli::kExitFailed;
  }
}
