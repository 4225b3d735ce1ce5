// SimFs: a file system in memory for tests, as forgiving as the worst real one.
//
// What was written is visible at once, but survives power_cut() for certain only when it was
// synced: bytes by File::sync, names by sync_dir of their directory. The rest survives in part, by
// chance. Making a directory is durable at once, and so is what the helpers for tests (put,
// hard_link, …) do. Any call can be made to fail, the disk can be full, inode numbers can be used
// again, bits can flip. Every call of Fs and File counts in calls(), so a test can try each of
// them. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "tests/support/sim_clock.h"

namespace auditship::test {

struct SimFault {
  Error error{Errc::io, "Input/output error"};
  bool short_write = false;  // a write writes half of its bytes before it fails
};

class SimFs final : public Fs {
 public:
  explicit SimFs(const Clock& clock);
  ~SimFs() override;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<FileStat> stat(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Status make_dirs(const std::string& directory) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_dir(const std::string& directory) override;
  Result<std::unique_ptr<File>> lock(const std::string& path) override;
  Result<std::uint64_t> free_bytes(const std::string& directory) override;

  // --- what the tests do to it: durable at once, never failing, not counted; paths must make sense
  // ---
  void put(const std::string& path,
           std::string_view bytes);  // replaces the content, keeps the inode
  void append(const std::string& path,
              std::string_view bytes);  // makes the file when it is missing
  void write(const std::string& path, std::uint64_t offset,
             std::string_view bytes);  // may leave a hole
  void truncate(const std::string& path, std::uint64_t size);
  [[nodiscard]] std::string get(const std::string& path) const;
  [[nodiscard]] bool exists(const std::string& path) const;
  void move(const std::string& from, const std::string& to);  // replaces `to`
  void unlink(const std::string& path);
  void hard_link(const std::string& from, const std::string& to);
  void symlink(const std::string& target, const std::string& path);  // replaces an older symlink
  void make_fifo(const std::string& path);
  void set_modified(const std::string& path, std::int64_t ns);
  // As a service manager covers what it hides: empty, and without any permission.
  void hide(const std::string& path);
  // From now on the first bytes of the file are on a bad part of the disk.
  void spoil(const std::string& path, std::uint64_t bytes);
  void flip_bit(const std::string& path, std::uint64_t byte, unsigned bit);
  [[nodiscard]] std::uint64_t inode_of(const std::string& path) const;
  [[nodiscard]] std::int64_t modified_of(const std::string& path) const;

  // --- faults ---
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  void fail_call(std::uint64_t n, SimFault fault = {}) {
    faults_[n] = std::move(fault);
  }                                                            // n counts from 1
  void fail_calls_from(std::uint64_t n, SimFault fault = {});  // until clear_faults or power_cut
  void clear_faults();
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }  // of all files together
  [[nodiscard]] std::uint64_t used_bytes() const;
  // Files that may be open to be followed at one time.
  void set_max_followed(std::uint64_t n) { max_followed_ = n; }
  [[nodiscard]] std::uint64_t refused_opens() const override { return refused_opens_; }
  void set_reuse_inodes(bool on) { reuse_inodes_ = on; }
  void set_tell_generation(bool on) { tell_generation_ = on; }
  // Fails the n-th call and everything after it, as if the process had died there: then power_cut
  // or restart.
  void crash_at(std::uint64_t n) { fail_calls_from(n, {Error{Errc::io, "crashed"}, true}); }
  // The process ended, the machine did not: open files and locks are gone, bytes and names are all
  // there.
  void restart();
  // The machine lost power: also loses what was not synced, or parts of it.
  void power_cut(Rng& rng);
  // Called before each call of Fs or File: to change the world in the middle of an operation. Not
  // re-entered.
  std::function<void(std::uint64_t call, std::string_view name)> on_call;

 private:
  friend class SimFile;
  struct Node;
  using NodePtr = std::shared_ptr<Node>;  // owned by the directories that name it and the files
                                          // that hold it open
  struct Place {
    NodePtr directory;
    std::string name;
  };

  std::optional<Error> enter(std::string_view call, bool* short_write = nullptr);
  NodePtr make_node(int kind);
  [[nodiscard]] NodePtr find(const std::string& path, bool follow = true) const;
  [[nodiscard]] NodePtr walk(const std::string& path, bool follow, int depth) const;
  [[nodiscard]] Place place(const std::string& path) const;
  void bind(const Place& at, NodePtr node, bool durable);
  void unbind(const Place& at, bool durable);
  void drop_link(const NodePtr& node);
  void release_if_gone(const NodePtr& node);
  [[nodiscard]] FileStat stat_of(const Node& node) const;
  Status write_node(Node& node, std::uint64_t offset, std::string_view bytes);
  NodePtr require(const std::string& path) const;
  void collect(const NodePtr& directory, std::set<NodePtr>& all) const;

  const Clock& clock_;
  NodePtr root_;
  std::uint64_t calls_ = 0, next_inode_ = 2, next_generation_ = 1, capacity_ = ~std::uint64_t{0};
  std::uint64_t max_followed_ = ~std::uint64_t{0}, followed_ = 0, refused_opens_ = 0;
  std::uint64_t epoch_ = 0;  // files opened in an earlier one are dead
  std::set<std::uint64_t> free_inodes_;
  std::map<std::uint64_t, SimFault> faults_;
  std::optional<std::pair<std::uint64_t, SimFault>> fault_from_;
  std::set<std::string> locks_;
  std::int64_t tick_ = 0;  // so that two changes at one time have different mtimes
  bool reuse_inodes_ = false, tell_generation_ = false, in_hook_ = false;
};

}  // namespace auditship::test
