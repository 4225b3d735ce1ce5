// Parts of SimWorld: a parser of lines, rules that drop noise, a dead-letter writer, and stand-ins
// that break a promise.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/encoding/binary_io.h"
#include "agent/delivery/dead_letters/dead_letter_writer.h"
#include "sinks/targeted_sink.h"
#include "tests/support/sim_world.h"

namespace auditship::test {

class SimParser final : public parsers::Parser {
 public:
  void parse(const event::RawLine& line, std::int64_t, event::Records& out) override {
    out.clear();
    event::Record& record = out.add();
    record.raw = line.text;
    record.add("message", line.text);
  }
};

// Every fifth line there is a document about all lines so far: wrong as soon as one of them was
// seen twice, late or never, or the state is not that of its position.
class SimDeriver final : public parsers::Deriver {
 public:
  static constexpr std::uint64_t kEvery = 5;

  static std::string message(std::uint64_t count, std::uint64_t sum) {
    return "derived " + std::to_string(count) + " " + std::to_string(sum);
  }
  static std::uint64_t next(std::uint64_t sum, std::string_view line) {
    return std::hash<std::string_view>{}(line) + 31 * sum;
  }

  [[nodiscard]] bool applies_to(const event::Record&) const override { return true; }
  void observe(event::Record& record, std::string_view id, parsers::DerivedRecords& out) override {
    sum_ = next(sum_, record.field("message"));
    if (++count_ % kEvery == 0) {
      event::Record& derived = out.add("sim", id);
      derived.add("message", derived.keep(message(count_, sum_)));
    }
  }
  [[nodiscard]] std::string state() const override {
    std::string out;
    put_u64(out, count_);
    put_u64(out, sum_);
    return out;
  }
  [[nodiscard]] std::size_t state_bytes() const override { return 16; }
  [[nodiscard]] bool restore(std::string_view state) override {
    WireReader in(state);
    count_ = state.empty() ? 0 : in.u64();
    sum_ = state.empty() ? 0 : in.u64();
    return in.ok();
  }

 private:
  std::uint64_t count_ = 0, sum_ = 0;
};

// The same rules, from files that differ.
inline filter::RuleSet sim_rules(std::uint8_t file) {
  filter::RuleSetSpec spec;
  spec.hash.fill(file);
  filter::RuleSpec rule;
  rule.name = "noise";
  rule.action = filter::RuleAction::drop;
  rule.match.fields = {{"message", {"*noise*"}}};
  spec.rules = {rule};
  auto rules = filter::RuleSet::build(spec);
  AUDITSHIP_CHECK(rules.ok(), "the rules of the simulation are good");
  return std::move(*rules);
}

inline bool is_rules_change(const std::string& document) {
  return document.find("\"event.action\":\"rules-changed\"") != std::string::npos;
}

// The value of a member as it is written; nothing in it is escaped.
inline std::string member_of(const std::string& document, const std::string& name) {
  const std::string key = "\"" + name + "\":";
  const std::size_t at = document.find(key);
  return at == std::string::npos
             ? std::string()
             : document.substr(at + key.size(), document.find_first_of(",}", at) - at - key.size());
}

// The value of "message" in a document of the simulation: nothing in it is escaped.
inline std::string message_of(const std::string& document) {
  const std::string key = "\"message\":\"";
  const std::size_t at = document.find(key);
  return at == std::string::npos
             ? document
             : document.substr(at + key.size(),
                               document.find('"', at + key.size()) - at - key.size());
}

class SimWorld::DeadLetters final : public delivery::dead_letters::DeadLetterWriter {
 public:
  DeadLetters(Fs& fs, const Clock& clock, std::string directory, bool forgetful)
      : fs_(fs), clock_(clock), directory_(std::move(directory)), forgetful_(forgetful) {}

  Status write(const std::vector<delivery::dead_letters::RejectedDocument>& rejected) override {
    if (forgetful_) {
      return {};  // as if written, not synced, and the next crash took it
    }
    if (!writer_) {
      delivery::dead_letters::DeadLetterStoreOptions options;
      options.directory = directory_;
      auto opened = delivery::dead_letters::DeadLetterStore::open(fs_, options);
      if (!opened) {
        return opened.error();
      }
      writer_ = std::make_unique<delivery::dead_letters::DeadLetterStoreWriter>(std::move(*opened),
                                                                                clock_);
    }
    return writer_->write(rejected);
  }

 private:
  Fs& fs_;
  const Clock& clock_;
  std::string directory_;
  bool forgetful_;
  std::unique_ptr<delivery::dead_letters::DeadLetterStoreWriter> writer_;
};

class SimWorld::FaultySink final : public sinks::Sink, public sinks::TargetedSink {
 public:
  FaultySink(std::unique_ptr<sinks::Sink> real, Broken broken)
      : real_(std::move(real)), broken_(broken) {}

  [[nodiscard]] sinks::TargetedSink* targets() override {
    return real_->targets() == nullptr ? nullptr : this;
  }
  void resolve(std::function<void(Result<std::string>)> done) override {
    real_->targets()->resolve(std::move(done));
  }
  void ship(const sinks::Shipment& shipment, std::function<void(event::Outcome)> done) override {
    sinks::Shipment sent = shipment;
    if (broken_ == Broken::retry_to_alias) {
      sent.index.clear();
    }
    if (broken_ != Broken::item_errors_ignored) {
      real_->ship(sent, std::move(done));
      return;
    }
    real_->ship(sent, [done = std::move(done)](event::Outcome outcome) {
      outcome.created += static_cast<std::uint32_t>(outcome.items.size());
      outcome.items.clear();
      done(std::move(outcome));
    });
  }
  void look_up(const std::string& first, const std::vector<std::string>& ids,
               std::function<void(Result<sinks::Presence>)> done) override {
    if (broken_ != Broken::look_up_skipped) {
      real_->targets()->look_up(first, ids, std::move(done));
      return;
    }
    real_->targets()->look_up(
        first, ids, [done = std::move(done), n = ids.size()](Result<sinks::Presence> found) {
          if (found) {
            found->found.assign(n, false);
          }
          done(std::move(found));
        });
  }

 private:
  std::unique_ptr<sinks::Sink> real_;
  Broken broken_;
};

// Passes all on to the real one; may ignore sync, and remembers the first content of the ack file.
class SimWorld::LooseFs final : public Fs {
 public:
  LooseFs(SimFs& real, bool no_sync) : real_(real), no_sync_(no_sync) {}

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    auto file = real_.open(path, mode);
    if (file && path.ends_with("/ack") && first_ack.empty() && real_.get(path).size() >= 8192) {
      first_ack = real_.get(path);
    }
    if (file && no_sync_ && mode != OpenMode::read && mode != OpenMode::follow) {
      return std::unique_ptr<File>(std::make_unique<Unsynced>(std::move(*file)));
    }
    return file;
  }
  Result<FileStat> stat(const std::string& path) override { return real_.stat(path); }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    if (logs_unlistable && directory == "/var/log") {
      return Error{Errc::io, directory + ": Permission denied"};
    }
    return real_.list(directory);
  }
  Status make_dirs(const std::string& directory) override { return real_.make_dirs(directory); }
  Status rename(const std::string& from, const std::string& to) override {
    return real_.rename(from, to);
  }
  Status remove(const std::string& path) override { return real_.remove(path); }
  Status sync_dir(const std::string& directory) override { return real_.sync_dir(directory); }
  Result<std::unique_ptr<File>> lock(const std::string& path) override { return real_.lock(path); }
  Result<std::uint64_t> free_bytes(const std::string& directory) override {
    return real_.free_bytes(directory);
  }

  [[nodiscard]] std::uint64_t refused_opens() const override { return real_.refused_opens(); }

  std::string first_ack;
  // The directory of the log cannot be listed now.
  bool logs_unlistable = false;

 private:
  class Unsynced final : public File {
   public:
    explicit Unsynced(std::unique_ptr<File> real) : real_(std::move(real)) {}
    Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) override {
      return real_->read_at(offset, into, size);
    }
    Status write_at(std::uint64_t offset, std::string_view bytes) override {
      return real_->write_at(offset, bytes);
    }
    Status truncate(std::uint64_t size) override { return real_->truncate(size); }
    Status sync() override { return {}; }
    Result<FileStat> stat() override { return real_->stat(); }
    Result<std::uint64_t> next_data(std::uint64_t offset) override {
      return real_->next_data(offset);
    }

   private:
    std::unique_ptr<File> real_;
  };

  SimFs& real_;
  bool no_sync_;
};

}  // namespace auditship::test
