#include "tests/support/sim_fs.h"

#include <algorithm>

#include "tests/support/sim_node.h"

namespace auditship::test {
namespace {

constexpr int kMaxSymlinks = 16;

Error not_found(const std::string& path) {
  return Error{Errc::not_found, path + ": No such file or directory"};
}
Error no_space() { return Error{Errc::no_space, "No space left on device"}; }

}  // namespace

class SimFile final : public File {
 public:
  SimFile(SimFs& fs, SimFs::NodePtr node, OpenMode mode, std::string lock = {})
      : fs_(fs), node_(std::move(node)), mode_(mode), epoch_(fs.epoch_), lock_(std::move(lock)) {
    ++node_->open_count;
    fs_.followed_ += mode == OpenMode::follow ? 1 : 0;
  }
  ~SimFile() override {
    if (epoch_ != fs_.epoch_) {
      return;
    }
    if (!lock_.empty()) {
      fs_.locks_.erase(lock_);
    }
    --node_->open_count;
    fs_.followed_ -= mode_ == OpenMode::follow ? 1 : 0;
    fs_.release_if_gone(node_);
  }

  Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) override {
    if (auto e = begin("read_at")) {
      return *e;
    }
    if (offset < node_->spoiled) {
      return Error{Errc::io, "Input/output error"};
    }
    return node_->content.read(offset, into, size);
  }
  Status write_at(std::uint64_t offset, std::string_view bytes) override {
    bool short_write = false;
    auto e = begin("write_at", &short_write);
    if (mode_ == OpenMode::read || mode_ == OpenMode::follow) {
      return Error{Errc::io, "Bad file descriptor"};
    }
    if (e && short_write) {
      (void)fs_.write_node(*node_, offset, bytes.substr(0, bytes.size() / 2));
    }
    return e ? Status(*e) : fs_.write_node(*node_, offset, bytes);
  }
  Status truncate(std::uint64_t size) override {
    if (auto e = begin("truncate")) {
      return *e;
    }
    node_->content.truncate(size);
    node_->unsynced.push_back({false, size, {}});
    node_->modified_ns = fs_.clock_.wall_ns() + ++fs_.tick_;
    return {};
  }
  Status sync() override {
    if (auto e = begin("sync")) {
      return *e;
    }
    node_->change_durably();
    return {};
  }
  Result<FileStat> stat() override {
    if (auto e = begin("fstat")) {
      return *e;
    }
    return fs_.stat_of(*node_);
  }
  Result<std::uint64_t> next_data(std::uint64_t offset) override {
    if (auto e = begin("next_data")) {
      return *e;
    }
    return node_->content.next_data(offset);
  }

 private:
  std::optional<Error> begin(std::string_view call, bool* short_write = nullptr) {
    if (epoch_ != fs_.epoch_) {
      return Error{Errc::io, "file of a process that has ended"};
    }
    return fs_.enter(call, short_write);
  }

  SimFs& fs_;
  SimFs::NodePtr node_;
  OpenMode mode_;
  std::uint64_t epoch_;
  std::string lock_;
};

SimFs::SimFs(const Clock& clock) : clock_(clock), root_(std::make_shared<Node>()) {
  root_->kind = kDirectory;
  root_->inode = 1;
  root_->links = 1;
}

SimFs::~SimFs() {
  ++epoch_;
  std::set<NodePtr> all;
  collect(
      root_,
      all);  // directories hold each other only downwards, but pending changes may hold them too
  for (const NodePtr& node : all) {
    node->names.clear();
    node->durable_names.clear();
    node->unsynced_names.clear();
  }
}

std::optional<Error> SimFs::enter(std::string_view call, bool* short_write) {
  ++calls_;
  if (on_call && !in_hook_) {
    in_hook_ = true;
    on_call(calls_, call);
    in_hook_ = false;
  }
  const SimFault* fault = nullptr;
  if (const auto at = faults_.find(calls_); at != faults_.end()) {
    fault = &at->second;
  } else if (fault_from_ && calls_ >= fault_from_->first) {
    fault = &fault_from_->second;
  }
  if (fault == nullptr) {
    return std::nullopt;
  }
  if (short_write != nullptr) {
    *short_write = fault->short_write;
  }
  return fault->error.in(call);
}

SimFs::NodePtr SimFs::make_node(int kind) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  if (reuse_inodes_ && !free_inodes_.empty()) {
    node->inode = *free_inodes_.begin();
    free_inodes_.erase(free_inodes_.begin());
  } else {
    node->inode = next_inode_++;
  }
  node->generation = next_generation_++;
  node->modified_ns = clock_.wall_ns() + ++tick_;
  return node;
}

SimFs::NodePtr SimFs::find(const std::string& path, bool follow) const {
  return walk(path, follow, 0);
}

SimFs::NodePtr SimFs::walk(const std::string& path, bool follow, int depth) const {
  NodePtr node = root_;
  std::string walked = "/";
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, slash - at);
    at = slash + 1;
    if (part.empty() || part == ".") {
      continue;
    }
    if (node->kind != kDirectory) {
      return nullptr;
    }
    const auto entry = node->names.find(part);
    if (entry == node->names.end()) {
      return nullptr;
    }
    node = entry->second;
    if (node->kind == kSymlink && (follow || at < path.size())) {
      const std::string& target = node->target;
      node =
          depth >= kMaxSymlinks
              ? nullptr
              : walk(target.starts_with('/') ? target : join_path(walked, target), true, depth + 1);
      if (!node) {
        return nullptr;
      }
    }
    walked = join_path(walked, part);
  }
  return node;
}

SimFs::Place SimFs::place(const std::string& path) const {
  const NodePtr directory =
      find(path.starts_with('/') ? directory_of(path) : "/" + directory_of(path));
  return {directory && directory->kind == kDirectory ? directory : nullptr,
          std::string(file_name_of(path))};
}

void SimFs::bind(const Place& at, NodePtr node, bool durable) {
  unbind(at, durable);
  ++node->links;
  at.directory->names[at.name] = node;
  if (durable) {
    at.directory->durable_names[at.name] = std::move(node);
  } else {
    at.directory->unsynced_names.push_back({{}, at.name, std::move(node)});
  }
}

void SimFs::unbind(const Place& at, bool durable) {
  const auto entry = at.directory->names.find(at.name);
  if (entry == at.directory->names.end()) {
    return;
  }
  const NodePtr node = entry->second;
  at.directory->names.erase(entry);
  if (durable) {
    at.directory->durable_names.erase(at.name);
  } else {
    at.directory->unsynced_names.push_back({at.name, {}, nullptr});
  }
  drop_link(node);
}

void SimFs::drop_link(const NodePtr& node) {
  --node->links;
  release_if_gone(node);
}

void SimFs::release_if_gone(const NodePtr& node) {
  if (node->links == 0 && node->open_count == 0 && node->inode != 0) {
    free_inodes_.insert(node->inode);
  }
}

FileStat SimFs::stat_of(const Node& node) const {
  FileStat out;
  out.device = 1;
  out.inode = node.inode;
  out.generation = tell_generation_ ? node.generation : 0;
  out.size = node.content.size();
  out.links = node.links;
  out.modified_ns = node.modified_ns;
  out.is_regular = node.kind == kFile;
  out.is_directory = node.kind == kDirectory;
  out.no_permissions = node.hidden;
  return out;
}

Result<std::unique_ptr<File>> SimFs::open(const std::string& path, OpenMode mode) {
  if (auto e = enter("open")) {
    return e->in(path);
  }
  NodePtr node = find(path);
  if (mode == OpenMode::create) {
    const Place at = place(path);
    if (node) {
      return Error{Errc::io, path + ": File exists"};
    }
    if (!at.directory) {
      return not_found(path);
    }
    if (used_bytes() >= capacity_) {
      return no_space().in(path);
    }
    node = make_node(kFile);
    bind(at, node, false);
  }
  if (!node) {
    return not_found(path);
  }
  if (node->kind != kFile) {
    return Error{Errc::invalid, path + ": not a regular file"};
  }
  if (mode == OpenMode::follow && followed_ >= max_followed_) {
    ++refused_opens_;
    return Error{Errc::exhausted, path + ": Too many open files"};
  }
  return std::unique_ptr<File>(std::make_unique<SimFile>(*this, node, mode));
}

Result<FileStat> SimFs::stat(const std::string& path) {
  if (auto e = enter("stat")) {
    return e->in(path);
  }
  const NodePtr node = find(path);
  return node ? Result<FileStat>(stat_of(*node)) : not_found(path);
}

Result<std::vector<std::string>> SimFs::list(const std::string& directory) {
  if (auto e = enter("list")) {
    return e->in(directory);
  }
  const NodePtr node = find(directory);
  if (!node || node->kind != kDirectory) {
    return not_found(directory);
  }
  std::vector<std::string> names;
  for (const auto& [name, entry] : node->names) {
    names.push_back(name);
  }
  return names;
}

Status SimFs::make_dirs(const std::string& directory) {
  if (auto e = enter("make_dirs")) {
    return e->in(directory);
  }
  for (std::size_t at = 1; at <= directory.size(); ++at) {
    if (at != directory.size() && directory[at] != '/') {
      continue;
    }
    const std::string part = directory.substr(0, at);
    if (const NodePtr there = find(part); there && there->kind != kDirectory) {
      return Error{Errc::io, part + ": Not a directory"};
    } else if (!there) {
      bind(place(part), make_node(kDirectory), true);
    }
  }
  return {};
}

Status SimFs::rename(const std::string& from, const std::string& to) {
  if (auto e = enter("rename")) {
    return e->in(from);
  }
  const Place source = place(from);
  const Place target = place(to);
  const NodePtr node = find(from, false);
  if (!node || !target.directory) {
    return not_found(from);
  }
  if (const auto old = target.directory->names.find(target.name);
      old != target.directory->names.end()) {
    if (old->second == node) {
      return {};
    }
    drop_link(old->second);
  }
  source.directory->names.erase(source.name);
  target.directory->names[target.name] = node;
  if (source.directory == target.directory) {  // one change: a crash never shows half of it
    target.directory->unsynced_names.push_back({source.name, target.name, node});
  } else {
    source.directory->unsynced_names.push_back({source.name, {}, nullptr});
    target.directory->unsynced_names.push_back({{}, target.name, node});
  }
  return {};
}

Status SimFs::remove(const std::string& path) {
  if (auto e = enter("remove")) {
    return e->in(path);
  }
  if (!find(path, false)) {
    return not_found(path);
  }
  unbind(place(path), false);
  return {};
}

Status SimFs::sync_dir(const std::string& directory) {
  if (auto e = enter("sync_dir")) {
    return e->in(directory);
  }
  const NodePtr node = find(directory);
  if (!node || node->kind != kDirectory) {
    return not_found(directory);
  }
  node->durable_names = node->names;
  node->unsynced_names.clear();
  return {};
}

Result<std::unique_ptr<File>> SimFs::lock(const std::string& path) {
  if (auto e = enter("lock")) {
    return e->in(path);
  }
  const Place at = place(path);
  if (!at.directory) {
    return not_found(path);
  }
  if (locks_.contains(path)) {
    return Error{Errc::busy, path + ": Resource temporarily unavailable"};
  }
  NodePtr node = find(path);
  if (!node) {
    node = make_node(kFile);
    bind(at, node, true);
  }
  locks_.insert(path);
  return std::unique_ptr<File>(std::make_unique<SimFile>(*this, node, OpenMode::write, path));
}

Result<std::uint64_t> SimFs::free_bytes(const std::string& directory) {
  if (auto e = enter("free_bytes")) {
    return e->in(directory);
  }
  const std::uint64_t used = used_bytes();
  return capacity_ > used ? capacity_ - used : 0;
}

Status SimFs::write_node(Node& node, std::uint64_t offset, std::string_view bytes) {
  const std::uint64_t end = offset + bytes.size();
  const std::uint64_t growth = end > node.content.size() ? end - node.content.size() : 0;
  const std::uint64_t used = growth == 0 || capacity_ == ~std::uint64_t{0} ? 0 : used_bytes();
  const std::uint64_t free = capacity_ > used ? capacity_ - used : 0;
  const bool full = growth > free;
  if (full) {
    bytes = bytes.substr(0, bytes.size() - static_cast<std::size_t>(std::min<std::uint64_t>(
                                               growth - free, bytes.size())));
  }
  if (!bytes.empty()) {
    node.content.write(offset, bytes);
    node.unsynced.push_back({true, offset, std::string(bytes)});
    node.modified_ns = clock_.wall_ns() + ++tick_;
  }
  return full ? Status(no_space()) : Status();
}

void SimFs::collect(const NodePtr& directory, std::set<NodePtr>& all) const {
  std::vector<NodePtr> todo{directory};
  while (!todo.empty()) {
    const NodePtr node = todo.back();
    todo.pop_back();
    if (!all.insert(node).second) {
      continue;
    }
    for (const auto& [name, entry] : node->names) {
      todo.push_back(entry);
    }
    for (const auto& [name, entry] : node->durable_names) {
      todo.push_back(entry);
    }
    for (const auto& change : node->unsynced_names) {
      if (change.node) {
        todo.push_back(change.node);
      }
    }
  }
}

std::uint64_t SimFs::used_bytes() const {
  std::set<NodePtr> all;
  collect(root_, all);
  std::uint64_t used = 0;
  for (const NodePtr& node : all) {
    used += node->links > 0 ? node->content.size() : 0;
  }
  return used;
}

}  // namespace auditship::test
