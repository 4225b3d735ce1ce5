#include "agent/rules/rule_watcher.h"

namespace auditship::rules {

Result<RuleFile> RuleWatcher::load() {
  // Before the reading: what is written meanwhile is seen as a change.
  read_ = last_ = look();
  auto file = load_rule_file(fs_, view_.file);
  if (!file) {
    ++view_.refused;
    view_.problem = file.error().message;
    return file;
  }
  ++view_.loaded;
  view_.problem.clear();
  view_.hash = file->rules.hash_text();
  return file;
}

bool RuleWatcher::changed() {
  const Look now = look();
  const bool steady = same(now, last_);
  last_ = now;
  return steady && !same(now, read_);
}

RuleWatcher::Look RuleWatcher::look() {
  auto stat = fs_.stat(view_.file);
  return stat ? Look(*stat) : std::nullopt;
}

bool RuleWatcher::same(const Look& a, const Look& b) {
  if (!a || !b) {
    return a.has_value() == b.has_value();
  }
  return a->same_file(*b) && a->size == b->size && a->modified_ns == b->modified_ns;
}

}  // namespace auditship::rules
