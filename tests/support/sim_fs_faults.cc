// SimFs: what tests do to it, and what restarts and power cuts do.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/support/sim_node.h"

namespace auditship::test {

void SimFs::fail_calls_from(std::uint64_t n, SimFault fault) {
  fault_from_ = {n, std::move(fault)};
}

void SimFs::clear_faults() {
  faults_.clear();
  fault_from_.reset();
}

SimFs::NodePtr SimFs::require(const std::string& path) const {
  NodePtr node = find(path);
  if (!node) {
    std::cerr << "SimFs: the test names a file that is not there: " << path << "\n";
    std::abort();
  }
  return node;
}

void SimFs::put(const std::string& path, std::string_view bytes) {
  if (!find(path)) {
    bind(place(path), make_node(kFile), true);
  }
  truncate(path, 0);
  append(path, bytes);
}

void SimFs::append(const std::string& path, std::string_view bytes) {
  const NodePtr node = find(path);
  write(path, node ? node->content.size() : 0, bytes);
}

void SimFs::write(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  NodePtr node = find(path);
  if (!node) {
    node = make_node(kFile);
    bind(place(path), node, true);
  }
  node->content.write(offset, bytes);
  node->change_durably();
  node->modified_ns = clock_.wall_ns() + ++tick_;
}

void SimFs::truncate(const std::string& path, std::uint64_t size) {
  const NodePtr node = require(path);
  node->content.truncate(size);
  node->change_durably();
  node->modified_ns = clock_.wall_ns() + ++tick_;
}

std::string SimFs::get(const std::string& path) const {
  const NodePtr node = require(path);
  std::string bytes(static_cast<std::size_t>(node->content.size()), '\0');
  node->content.read(0, bytes.data(), bytes.size());
  return bytes;
}

bool SimFs::exists(const std::string& path) const { return find(path) != nullptr; }

void SimFs::move(const std::string& from, const std::string& to) {
  const NodePtr node = find(from, false);
  if (!node) {
    (void)require(from);
  }
  ++node->links;  // kept while it has no name
  unbind(place(from), true);
  bind(place(to), node, true);
  --node->links;
}

void SimFs::unlink(const std::string& path) { unbind(place(path), true); }

void SimFs::hard_link(const std::string& from, const std::string& to) {
  bind(place(to), require(from), true);
}

void SimFs::symlink(const std::string& target, const std::string& path) {
  const NodePtr node = make_node(kSymlink);
  node->target = target;
  bind(place(path), node, true);
}

void SimFs::make_fifo(const std::string& path) { bind(place(path), make_node(kFifo), true); }

void SimFs::set_modified(const std::string& path, std::int64_t ns) {
  require(path)->modified_ns = ns;
}

void SimFs::spoil(const std::string& path, std::uint64_t bytes) { require(path)->spoiled = bytes; }

void SimFs::hide(const std::string& path) {
  const NodePtr node = require(path);
  node->hidden = true;
  node->content = {};
  node->names.clear();
}

void SimFs::flip_bit(const std::string& path, std::uint64_t byte, unsigned bit) {
  const NodePtr node = require(path);
  char value = 0;
  if (node->content.read(byte, &value, 1) == 1) {
    value = static_cast<char>(static_cast<unsigned char>(value) ^ (1u << (bit % 8)));
    node->content.write(byte, std::string_view(&value, 1));
    node->change_durably();
  }
}

std::uint64_t SimFs::inode_of(const std::string& path) const { return require(path)->inode; }

std::int64_t SimFs::modified_of(const std::string& path) const {
  return require(path)->modified_ns;
}

void SimFs::restart() {
  ++epoch_;
  followed_ = 0;
  locks_.clear();
  clear_faults();
  std::set<NodePtr> all;
  collect(root_, all);
  for (const NodePtr& node : all) {
    node->open_count = 0;
    release_if_gone(node);
  }
}

namespace {

// Which of n unsynced changes survive: the first few of them, or any.
std::vector<bool> survivors(std::size_t n, Rng& rng) {
  std::vector<bool> alive(n, false);
  const bool in_order = rng.next() % 2 == 0;
  const std::size_t first = static_cast<std::size_t>(rng.next() % (n + 1));
  for (std::size_t i = 0; i < n; ++i) {
    alive[i] = in_order ? i < first : rng.next() % 2 == 0;
  }
  return alive;
}

}  // namespace

void SimFs::power_cut(Rng& rng) {
  restart();
  std::set<NodePtr> all;
  collect(root_, all);
  std::vector<NodePtr> nodes(all.begin(), all.end());
  // By inode, as pointers differ from run to run and chance must not.
  std::sort(nodes.begin(), nodes.end(),
            [](const NodePtr& a, const NodePtr& b) { return a->generation < b->generation; });
  for (const NodePtr& node : nodes) {
    const std::vector<bool> alive = survivors(node->unsynced.size(), rng);
    for (std::size_t i = 0; i < alive.size(); ++i) {
      const Node::Change& change = node->unsynced[i];
      if (!change.is_write) {
        if (alive[i]) {
          node->durable.truncate(change.offset);
        }
        continue;
      }
      // A lost write may still have made the file longer; a torn one ends at any byte.
      const std::uint64_t fate = rng.next() % 4;
      const std::size_t kept =
          !alive[i] ? 0
          : fate == 0
              ? static_cast<std::size_t>(rng.next() % std::max<std::size_t>(change.bytes.size(), 1))
              : change.bytes.size();
      node->durable.write(change.offset, std::string_view(change.bytes).substr(0, kept));
      if (kept < change.bytes.size() && fate == 1) {
        node->durable.truncate(std::max(node->durable.size(), change.offset + change.bytes.size()));
      }
    }
    node->content = node->durable;
    node->unsynced.clear();

    const std::vector<bool> named = survivors(node->unsynced_names.size(), rng);
    for (std::size_t i = 0; i < named.size(); ++i) {
      const Node::NameChange& change = node->unsynced_names[i];
      if (!named[i]) {
        continue;
      }
      if (!change.gone.empty()) {
        node->durable_names.erase(change.gone);
      }
      if (!change.name.empty()) {
        node->durable_names[change.name] = change.node;
      }
    }
    node->names = node->durable_names;
    node->unsynced_names.clear();
  }
  for (const NodePtr& node : nodes) {
    node->links = node == root_ ? 1 : 0;
  }
  for (const NodePtr& node : nodes) {
    for (const auto& [name, entry] : node->names) {
      ++entry->links;
    }
  }
  for (const NodePtr& node : nodes) {
    release_if_gone(node);
  }
}

}  // namespace auditship::test
