// Any text as configuration and as rule file: refused or read, never a crash, a hang or wild
// memory. Rules that load are asked about two events, and a configuration that loads must render
// and load again.
#include <cstdint>
#include <cstdlib>

#include "agent/app/registered_types.h"
#include "agent/config/config.h"
#include "agent/rules/rule_file.h"

namespace {

using namespace auditship;  // NOLINT(google-build-using-namespace): one short program

// Has no file: whatever a configuration refers to is missing.
class NoFiles final : public Fs {
 public:
  Result<std::unique_ptr<File>> open(const std::string&, OpenMode) override { return missing(); }
  Result<FileStat> stat(const std::string&) override { return missing(); }
  Result<std::vector<std::string>> list(const std::string&) override { return missing(); }
  Status make_dirs(const std::string&) override { return missing(); }
  Status rename(const std::string&, const std::string&) override { return missing(); }
  Status remove(const std::string&) override { return missing(); }
  Status sync_dir(const std::string&) override { return missing(); }
  Result<std::unique_ptr<File>> lock(const std::string&) override { return missing(); }
  Result<std::uint64_t> free_bytes(const std::string&) override { return missing(); }

 private:
  static Error missing() { return Error{Errc::not_found, "no such file"}; }
};

void ask(const rules::RuleFile& file) {
  event::Record record;
  record.kube.present = record.kube.has_user = record.kube.has_object_ref = true;
  record.kube.stage = "ResponseComplete";
  record.kube.user = "system:kube-proxy";
  record.kube.verb = "get";
  record.kube.resource = "pods";
  record.kube.source_ip = "192.0.2.1";
  record.kube.user_agent = "kubectl/v1.31.0 (linux/amd64) kubernetes/abcdef";
  record.time_known = true;
  (void)file.rules.judge(record);
  record.clear();
  record.add("user.name", "root");
  (void)file.rules.judge(record);
  (void)rules::run_rule_tests(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto file = rules::parse_rule_file("fuzz.yaml", text)) {
    ask(*file);
  }
  NoFiles fs;
  const auto config =
      config::parse_config(fs, app::registered_types(), "/fuzz.yaml", text,
                           [](const std::string&) { return std::optional<std::string>("x"); });
  if (config) {
    const std::string again = config::render_effective(*config);
    const auto second = config::parse_config(fs, app::registered_types(), "/fuzz.yaml", again,
                                             [](const std::string&) { return std::nullopt; });
    if (!second || config::render_effective(*second) != again) {
      std::abort();  // what check shows would not be what run does
    }
  }
  return 0;
}
