// SimWorld: what must be true at the end.
#include <algorithm>

#include "agent/pipeline/pipeline.h"
#include "tests/support/sim_parts.h"
#include "tests/support/sim_world.h"

namespace auditship::test {
namespace {

constexpr const char* kData = "/data/app";

// Of a record without its first part, the other parts are one.
void take_rest(std::map<std::string, std::size_t>& there, const std::string& record) {
  const std::size_t text = record.find("F ") + 2;
  for (auto each = there.begin(); each != there.end(); ++each) {
    const std::string& rest = each->first;
    if (rest.size() < record.size() && rest.starts_with(record.substr(0, text)) &&
        record.ends_with(rest.substr(text))) {
      if (--each->second == 0) {
        there.erase(each);
      }
      return;
    }
  }
}

}  // namespace

std::string SimWorld::verdict() {
  std::string wrong = check_contents();
  return wrong.empty() ? check_sums() : wrong;
}

std::string SimWorld::copies_of(const std::string& line) const {
  std::string out;
  for (const auto& [name, index] : server_.indices()) {
    for (const auto& [id, document] : index.documents) {
      out += message_of(document) == line ? " in " + name + " as " + id : "";
    }
  }
  return out;
}

// Takes out of `there` what was derived. Lines that are read again after damage are not derived
// from once more, and none are from lines that vanished: then some may be missing, and those behind
// them differ.
std::string SimWorld::check_derived(std::map<std::string, std::size_t>& there) {
  const bool may_differ =
      plan_.bit_flips || plan_.hasty_rotation || plan_.log == SimPlan::Log::hasty_journal;
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  for (const std::string& line : writer_.written) {
    sum = SimDeriver::next(sum, line);
    const auto found = ++count % SimDeriver::kEvery == 0
                           ? there.find(SimDeriver::message(count, sum))
                           : there.end();
    const bool expected = count % SimDeriver::kEvery == 0;
    if (expected && !may_differ && (found == there.end() || found->second != 1)) {
      return "not derived once: " + SimDeriver::message(count, sum);
    }
    if (found != there.end()) {
      there.erase(found);
    }
  }
  if (may_differ) {
    std::erase_if(there, [](const auto& each) { return each.first.starts_with("derived "); });
  }
  return {};
}

// The changes of rules make a chain that leads to those in force, each told once, and all documents
// were let through by a link of it. A frame of them that damage cut off may have been sent before,
// and is not made again in the same way.
std::string SimWorld::check_rules(const std::vector<std::string>& changes,
                                  std::set<std::string> hashes) {
  if (plan_.bit_flips) {
    return {};
  }
  std::string chain;
  std::map<std::uint64_t, std::string> by_number;
  for (const std::string& document : changes) {
    chain += "\n" + document;
    const std::uint64_t number = std::stoull(member_of(document, "log.offset"));
    if (!by_number.emplace(number, document).second) {
      return "a change of rules is told twice" + chain;
    }
  }
  const std::string in_force = "\"" + sim_rules(rules_).hash_text() + "\"";
  std::string rules = by_number.empty()
                          ? in_force
                          : member_of(by_number.begin()->second, "agent.rules.previous_hash");
  hashes.erase(rules);
  std::uint64_t next = 1;
  for (const auto& [number, document] : by_number) {
    if (number != next++ || member_of(document, "agent.rules.previous_hash") != rules) {
      return "the changes of rules are no chain" + chain;
    }
    rules = member_of(document, "agent.rules.hash");
    hashes.erase(rules);
  }
  if (rules != in_force) {
    return "the last change does not lead to the rules in force, " + in_force + chain;
  }
  return hashes.empty() ? std::string() : "let through by unknown rules " + *hashes.begin() + chain;
}

bool SimWorld::is_beheaded(const std::string& record) const {
  return std::any_of(beheaded_.begin(), beheaded_.end(),
                     [&](const std::string& beginning) { return record.starts_with(beginning); });
}

std::string SimWorld::check_contents() {
  std::map<std::string, std::size_t> there;
  std::vector<std::string> changes;
  std::set<std::string> hashes;
  for (const auto& [name, index] : server_.indices()) {
    for (const auto& [id, document] : index.documents) {
      hashes.insert(member_of(document, "agent.rules.hash"));
      if (is_rules_change(document)) {
        changes.push_back(document);
      } else {
        ++there[message_of(document)];
      }
    }
  }
  std::map<std::string, std::set<std::string>> letters;  // one with the same id twice is one letter
  std::set<std::string> change_letters;
  auto scan = delivery::dead_letters::read_dead_letters(
      fs_, join_path(kData, "dead-letter"),
      [&](const delivery::dead_letters::DeadLetterEntry& letter) {
        if (!is_rules_change(letter.document)) {
          letters[message_of(letter.document)].insert(letter.id);
        } else if (change_letters.insert(letter.id).second) {
          changes.push_back(letter.document);
        }
        return true;
      });
  if (!scan) {
    return "dead letters cannot be read: " + scan.error().message;
  }
  for (const auto& [line, ids] : letters) {
    there[line] += ids.size();
  }
  if (std::string wrong = check_rules(changes, hashes); !wrong.empty()) {
    return wrong;
  }
  if (std::string wrong = check_derived(there); !wrong.empty()) {
    return wrong;
  }
  const pipeline::PipelineStats v = stream_->stats();
  // Damage took the position with it, and what the journal has removed since is a gap that is told.
  const bool vacuum_told = plan_.bit_flips && v.read.gaps > 0;
  std::string lost;
  for (const std::string& line : writer_.written) {
    const bool kept = line.find("noise") == std::string::npos;
    const auto found = there.find(line);
    const std::size_t times = found == there.end() ? 0 : found->second;
    if (times > 1) {
      return "twice: " + line + copies_of(line);
    }
    const bool beheaded = vacuum_told && is_beheaded(line);
    const bool excused =
        optional_.contains(line) || beheaded || (vacuum_told && vacuumed_.contains(line));
    if (kept && times == 0 && !excused) {
      lost += " " + std::to_string(&line - writer_.written.data());
    }
    if (!kept && times > 0) {
      return "not filtered: " + line;
    }
    if (found != there.end()) {
      there.erase(found);
    }
    if (beheaded) {
      take_rest(there, line);
    }
  }
  // Damage of the buffer together with a log file that cannot be told any more, or of frames that
  // made up for damage before: nobody can read that again, but it is counted.
  const bool told = v.read.gaps > 0 || v.read.reread > 0 || v.lost_documents > v.read.reread;
  const bool counted =
      plan_.bit_flips && told &&
      static_cast<std::uint64_t>(std::count(lost.begin(), lost.end(), ' ')) <= v.lost_documents;
  if (!lost.empty() && !counted) {
    return "lost lines:" + lost + " of " + std::to_string(writer_.written.size());
  }
  return there.empty() ? std::string() : "never written: " + there.begin()->first;
}

std::string SimWorld::check_sums() {
  const pipeline::PipelineStats v = stream_->stats();
  const std::uint64_t lines = v.read.lines - v.read.reread;
  const std::uint64_t written = writer_.written.size();
  if (v.read.documents + v.read.derived != v.delivered.accounted()) {
    return "documents made and settled differ";
  }
  // What vanished is not counted, but told.
  const bool all = lines <= written && lines + optional_.size() >= written &&
                   (lines == written || v.read.gaps > 0);
  if (!plan_.bit_flips &&
      (!all || v.read.reread > 0 || v.delivered.lost > 0 || v.delivered.unattributed > 0)) {
    return "lines counted: " + std::to_string(lines) + ", written: " + std::to_string(written) +
           ", read again: " + std::to_string(v.read.reread) +
           ", lost: " + std::to_string(v.delivered.lost) +
           ", unattributed: " + std::to_string(v.delivered.unattributed);
  }
  // A journal that is read anew from its beginning, because damage took the position, has a gap where it removed what was
  // delivered.
  if (v.read.gaps > 0 && v.lost_documents == 0 && optional_.empty() && vacuumed_.empty()) {
    return "a gap is counted where nothing vanished: " + std::to_string(v.read.gaps) + " gaps, " +
           std::to_string(v.read.gap_bytes) + " bytes, read again " +
           std::to_string(v.read.reread) + ", lines " + std::to_string(v.read.lines) + " of " +
           std::to_string(written);
  }
  return {};
}

std::string SimWorld::story() const {
  std::string out = "AUDITSHIP_SEED=" + std::to_string(seed_) + "\n";
  for (const std::string& event : events_) {
    out += "  " + event + "\n";
  }
  out += "log files:";
  const auto names = const_cast<SimFs&>(fs_).list("/var/log");
  for (const std::string& name : *names) {
    out += " " + name + " " + std::to_string(fs_.get("/var/log/" + name).size());
  }
  out += "\nthe agent said:\n";
  for (const LogCapture::Message& message : log_.messages) {
    out += "  " + message.code;
    for (const auto& [key, value] : message.values) {
      out += " " + key + "=" + value;
    }
    out += "\n";
  }
  return out;
}

}  // namespace auditship::test
