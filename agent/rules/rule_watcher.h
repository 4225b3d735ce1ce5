// RuleWatcher: one rule file, when to read it again, and what became of each reading.
//
//   RuleWatcher watch(fs, path);
//   auto rules = watch.load();
//   … every few seconds: if (watch.changed()) rules = watch.load();
//
// Looks at the file through symbolic links, so that the swap of a Kubernetes ConfigMap shows. A
// file that is still being written is not read: it must look the same twice. fs must outlive it.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/filesystem.h"
#include "agent/rules/rule_file.h"

namespace auditship::rules {

struct RulesView {
  // Empty: no rules, all is kept.
  std::string file;
  // SHA-256 of the rules in force, in hex.
  std::string hash;
  // Readings, the first one too.
  std::uint64_t loaded = 0, refused = 0;
  // Why the newest file was refused; empty: it is in force.
  std::string problem;
};

class RuleWatcher {
 public:
  RuleWatcher(Fs& fs, std::string file) : fs_(fs) { view_.file = std::move(file); }

  // Reads the file. Errors: as load_rule_file; the rules in force stay what they were.
  Result<RuleFile> load();
  // Whether the file is another than the one that was read last, and has been so since the last
  // call. A file that is gone counts as another.
  [[nodiscard]] bool changed();
  [[nodiscard]] const RulesView& view() const { return view_; }

 private:
  // What a stat says; absent: there is no file, or it cannot be asked.
  using Look = std::optional<FileStat>;
  [[nodiscard]] Look look();
  [[nodiscard]] static bool same(const Look& a, const Look& b);

  Fs& fs_;
  RulesView view_;
  Look read_, last_;
};

}  // namespace auditship::rules
