// SimWorld: one node with a log (a file that rotates, or a journal), the real pipeline on it (FileSource, RuleSet, SegmentLog,
// Delivery, OpenSearchSink, DeadLetters), and a cluster. A seed makes a history of writes and
// faults of all kinds; at the end the world calms down and an oracle compares what the cluster and
// the dead letters hold with what was written.
//
//   SimWorld world(seed);
//   std::string wrong = world.live();     // empty: exactly once, and the sums hold
//
// Variants break one promise on purpose, to see that the oracle notices.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/delivery/dead_letters/dead_letter_store.h"
#include "agent/input/source.h"
#include "agent/pipeline/pipeline_fwd.h"
#include "agent/pipeline/pipeline_settings.h"
#include "sinks/opensearch/opensearch_sink.h"
#include "tests/support/fake_opensearch.h"
#include "tests/support/log_capture.h"
#include "tests/support/log_writer.h"
#include "tests/support/memory_journal.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship::test {

enum class Broken {
  nothing,
  retry_to_alias,         // requests go to the write alias instead of the fixed index
  sync_ignored,           // the file system says synced and did nothing
  dead_letters_unsynced,  // dead letters are reported safe, and lost at the next crash
  item_errors_ignored,    // `200 errors:true` is taken for success
  look_up_skipped,        // documents of a blocked index are taken to be nowhere
  ack_rolled_back,        // settled numbers and targets of a restart are those of long ago
};

struct SimPlan {
  std::size_t events = 24;
  // Also damage the buffer: documents may then be delivered late, never lost.
  bool bit_flips = false;
  // Where the lines come from: a log file that rotates, a journal that removes entries which were
  // read, or one that removes any.
  enum class Log { file, journal, hasty_journal } log = Log::file;
  // A container runtime writes the log: many records come in parts, those of stdout and stderr in
  // turn, and anything may happen between two of them.
  bool parts = false;
  // Rotation keeps two files only, also while the agent is down or its buffer is full: what vanishes
  // unread has to be told.
  bool hasty_rotation = false;
  Broken broken = Broken::nothing;
};

class SimWorld {
 public:
  explicit SimWorld(std::uint64_t seed, SimPlan plan = {});
  ~SimWorld();

  // One history and the calm after it. What is wrong in words, or nothing.
  std::string live();
  // The log of the agent and the events, for a failing seed.
  [[nodiscard]] std::string story() const;

 private:
  static constexpr const char* kLog = "/var/log/app.log";

  class DeadLetters;
  class FaultySink;
  class LooseFs;

  void start_agent();
  void stop_agent();
  void crash();
  void run_for(Duration time);
  bool run_until_calm();
  void event();
  void write_lines();
  void add_line(const std::string& text);
  void add_part(std::size_t stream, const std::string& text, bool last);
  void end_parts();
  void rotate();
  void vacuum();
  void copytruncate();
  void rotate_hastily();
  void outage_with_rotations();
  void trouble_listing();
  void trouble_disk();
  void trouble_server();
  void flip_buffer_bit();
  void make_peace();
  void note(const std::string& what);
  [[nodiscard]] pipeline::PipelineSettings settings() const;
  [[nodiscard]] std::unique_ptr<input::SourceDiscovery> make_input();
  [[nodiscard]] std::unique_ptr<input::SourceDiscovery> make_plain_input();
  std::string verdict();
  std::string check_contents();
  [[nodiscard]] bool is_beheaded(const std::string& record) const;
  std::string check_derived(std::map<std::string, std::size_t>& there);
  std::string check_rules(const std::vector<std::string>& changes, std::set<std::string> hashes);
  [[nodiscard]] std::string copies_of(const std::string& line) const;
  std::string check_sums();

  std::uint64_t seed_;
  SimPlan plan_;
  SimRng rng_, server_rng_, agent_rng_;
  SimClock clock_;
  SimFs fs_;
  std::unique_ptr<LooseFs> agent_fs_;
  FakeOpenSearch server_;
  LogWriter writer_;
  MemoryJournal journal_;
  LogCapture log_;
  std::deque<std::function<void()>> tasks_;
  std::unique_ptr<sinks::http::HttpTransport> link_;
  std::unique_ptr<DeadLetters> dead_letters_;
  std::unique_ptr<pipeline::Pipeline> stream_;
  TimePoint step_at_{};
  std::vector<std::string> events_;
  std::set<std::string> optional_;    // lines that vanished before anybody could read them
  std::vector<std::string> blocked_;  // indices that are closed or blocked now
  std::string piece_;                 // an unfinished line in the log
  std::array<std::string, 2> begun_;  // records of stdout and stderr whose last part is to come
  std::uint64_t parts_ = 0;           // records that came in parts
  std::uint64_t style_ = 0;           // of rotation
  Codec codec_ = Codec::none;         // of rotated files
  bool delay_compress_ = false;
  std::set<std::string> vacuumed_;  // entries that the journal has removed
  std::set<std::string> beheaded_;  // beginnings of records whose first part it has removed
  std::uint8_t rules_ = 1;          // which rule file is in force
  std::uint64_t indices_ = 1;
  std::uint64_t buffer_bytes_ = 1 << 20;
  bool dead_ = false;  // the process has crashed and waits for its end
  std::string violation_;
};

}  // namespace auditship::test
