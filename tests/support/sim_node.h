// The inside of SimFs: one file, directory or link, as it is now and as it is on the platter. Only
// for sim_fs*.cc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/sim_content.h"
#include "tests/support/sim_fs.h"

namespace auditship::test {

enum Kind : int { kFile, kDirectory, kSymlink, kFifo };

struct SimFs::Node {
  int kind = kFile;
  std::uint64_t inode = 0, generation = 0, links = 0, open_count = 0;
  std::int64_t modified_ns = 0;
  bool hidden = false;
  std::uint64_t spoiled = 0;  // of the first bytes: reads there fail

  SimContent content, durable;
  struct Change {
    bool is_write;
    std::uint64_t offset;  // or the new size
    std::string bytes;
  };
  std::vector<Change> unsynced;

  std::map<std::string, NodePtr> names, durable_names;
  struct NameChange {
    std::string gone;  // empty: none
    std::string name;  // empty: none
    NodePtr node;
  };
  std::vector<NameChange> unsynced_names;
  std::string target;

  void change_durably() {
    durable = content;
    unsynced.clear();
  }
};

}  // namespace auditship::test
