// Random histories of one log file: a writer, every kind of rotation, and a FileSource that is restarted
// from its own checkpoint at random moments. At the end every line has been read exactly once, with
// an id of its own.
//
// What is lost by nature is kept out: copytruncate is done while the writer rests, and a rotation
// never deletes what the FileSource has not read, but where a line may vanish (a file that waits is
// emptied): it is read, or a gap is told that is as large. Nor are constant headers mixed with copytruncate, or
// with inode numbers that are used again without a birth time: a generation of nothing but the
// header can then not be told from the one before it. AUDITSHIP_LONG=1 runs 20,000 histories;
// AUDITSHIP_SEED=n repeats one.
#include <cstdlib>
#include <iostream>
#include <map>

#include "agent/base/compression/unpacker.h"
#include "tests/support/catch.h"
#include "tests/support/file_source_rig.h"

using namespace auditship;
using namespace auditship::test;

namespace {

class History {
 public:
  explicit History(std::uint64_t seed)
      : rng_(seed), rig_(rng_.one_in(3) ? "/var/log/k/audit.log" : "/var/log/app") {
    const bool reuse = rng_.one_in(2);
    const bool tell = rng_.one_in(2);
    rig_.fs.set_reuse_inodes(reuse);
    rig_.fs.set_tell_generation(tell);
    rig_.options.line_max_bytes = 64;
    rig_.options.cut_tail_bytes = 16;
    stamps_ = rng_.one_in(2);
    codec_ = rng_.one_in(2) ? Codec::none : any_codec();
    delay_compress_ = rng_.one_in(2);
    copytruncate_ = !stamps_ && rng_.one_in(3);
    header_ = !copytruncate_ && (tell || !reuse) && rng_.one_in(3);
    if (header_) {
      rig_.writer.set_header("# constant header");
    }
    symlink_ = !copytruncate_ && !header_ && rng_.one_in(6);
    if (symlink_) {
      codec_ = Codec::none;
      (void)rig_.fs.make_dirs(directory_of(rig_.writer.path()) + "/targets");
      retarget();
    }
    rig_.fs.on_call = [this](std::uint64_t call, std::string_view name) {
      if (name == "list" && rig_.clock.now() < unlistable_until_) {
        rig_.fs.fail_call(call, {Error{Errc::io, "Permission denied"}, false});
      }
    };
  }

  // Empty when all is well.
  std::string run() {
    rig_.start();
    const std::uint64_t steps = 20 + rng_.below(60);
    for (std::uint64_t i = 0; i < steps; ++i) {
      step();
    }
    if (!rig_.source) {
      rig_.start();
    }
    finish_piece();
    unlistable_until_ = {};
    rig_.drain();
    // Restart once more: nothing may come again.
    rig_.restart();
    rig_.drain();
    return verdict();
  }

  // What the FileSource said and read, for the person who looks into a failure.
  void describe() const {
    for (const auto& message : rig_.log.messages) {
      std::cerr << message.code << " " << message.value("file") << message.value("copy") << "\n";
    }
    for (const auto& got : rig_.got) {
      std::cerr << int{got.begin.file.first_line[0]} << "." << got.begin.file.collision_index
                << " +" << got.begin.offset << " " << got.text.substr(0, 30) << "\n";
    }
  }

 private:
  void step() {
    const std::uint64_t what = rng_.below(12);
    if (std::getenv("AUDITSHIP_SEED") != nullptr) {
      std::cerr << "step " << what << " written " << rig_.writer.written.size() << " read "
                << rig_.got.size() << (rig_.source ? "" : " down") << "\n";
    }
    switch (what) {
      case 0:
      case 1:
      case 2:
        return write();
      case 3:
      case 4:
        return poll();
      case 5:
        return rotate();
      case 6:
        if (rig_.source) {
          rig_.save();
          saved_ = rig_.got.size();
        }
        return;
      case 7:
        if (!rig_.source) {
          if (rng_.one_in(2)) {
            move_elsewhere();
          }
          rig_.start();
        } else if (rng_.one_in(2)) {
          crash();
        }
        return;
      case 8:
        if (rig_.source) {
          rig_.drain();
        }
        return;
      case 9:
        // Once, and for less time than a directory is waited for that never could be listed.
        if (unlistable_until_ == TimePoint{} && rng_.one_in(3)) {
          unlistable_until_ = rig_.clock.now() + std::chrono::milliseconds(rng_.below(4000));
        }
        return;
      case 10:
        return rng_.one_in(2) ? move_back() : empty_one_that_waits();
      default:
        rig_.clock.advance(std::chrono::milliseconds(rng_.below(3000)));
    }
  }

  // A symlink that means another file from now on.
  void retarget() {
    const std::string to =
        directory_of(rig_.writer.path()) + "/targets/" + std::to_string(100 + ++targets_) + ".log";
    rig_.clock.advance(std::chrono::seconds(2));
    rig_.fs.put(to, "");
    rig_.fs.symlink(to, rig_.writer.path());
  }

  // A target that comes and goes between two looks bears no name that is looked for.
  void look() {
    for (int i = 0; rig_.source && i < 2; ++i) {
      rig_.clock.advance(std::chrono::milliseconds(5100));
      rig_.poll(1);
    }
  }

  [[nodiscard]] bool all_is_read() const {
    return rig_.source && rig_.got.size() + vanished_.size() >= rig_.writer.written.size();
  }

  // `mv app.log.1 app.log`, when both were read: the writer goes on in the older one.
  void move_back() {
    const std::string back = rig_.writer.path() + ".1";
    if (stamps_ || copytruncate_ || header_ || symlink_ || !rig_.source || !rig_.fs.exists(back) ||
        !rig_.fs.exists(rig_.writer.path()) || !rig_.fs.stat(back)->is_regular) {
      return;
    }
    finish_piece();
    rig_.drain();
    // A generation of one line is known by its inode only: the line may be a constant header. When it was moved back,
    // grew and was packed, its line comes again, under another id.
    const std::string bytes = rig_.fs.get(back);
    const bool one_line = bytes.find_first_not_of("\r\n", bytes.find('\n')) == std::string::npos;
    if (!all_is_read() || !bytes.ends_with('\n') || one_line) {
      return;
    }
    rig_.save();
    saved_ = rig_.got.size();
    const bool down = rng_.one_in(2);
    if (down) {
      rig_.stop();
    }
    rig_.fs.move(back, rig_.writer.path());
    gaps_may_be_told_ = true;  // nobody knows whether the one that is gone had more
    if (rng_.one_in(2)) {
      write();
    }
    if (down) {
      rig_.start();
    }
    rig_.drain();
  }

  // `: > app.log.1`, of a file that the FileSource has seen but not read.
  void empty_one_that_waits() {
    const std::string waits = rig_.writer.path() + ".1";
    if (stamps_ || copytruncate_ || symlink_ || header_ || codec_ != Codec::none || !rig_.source ||
        rig_.clock.now() < unlistable_until_ || !piece_.empty()) {
      return;
    }
    rig_.drain();
    if (!all_is_read()) {
      return;
    }
    for (int i = 0; i < 2; ++i) {
      write();
      finish_piece();
      rotate();
    }
    write();
    finish_piece();
    rig_.clock.advance(std::chrono::seconds(2));
    rig_.poll(1);
    rig_.clock.advance(std::chrono::seconds(2));
    rig_.poll(1);
    if (!rig_.fs.exists(waits)) {
      return;
    }
    const std::string bytes = rig_.fs.get(waits);
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
      std::string line = bytes.substr(at, end - at);
      if (line.ends_with('\r')) {
        line.pop_back();
      }
      vanished_.insert(shape(line));
      at = end + 1;
    }
    rig_.fs.truncate(waits, 0);
    rig_.drain();
    // What was read but not kept is nowhere any more, and nobody could know.
    rig_.save();
    saved_ = rig_.got.size();
  }

  void write() {
    finish_piece();
    const std::uint64_t n = 1 + rng_.below(6);
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::uint64_t kind = rng_.below(20);
      if (kind == 0) {
        rig_.writer.line("long " + std::to_string(++count_) +
                         std::string(60 + rng_.below(9000), 'x'));
      } else if (kind == 1) {
        rig_.writer.piece("\n");
      } else if (kind == 2) {
        rig_.writer.piece("\r\n");
      } else {
        rig_.writer.line("entry " + std::to_string(++count_));
      }
    }
    if (rng_.one_in(5)) {
      piece_ = "piece " + std::to_string(++count_);
      rig_.writer.piece(piece_);
    }
  }

  void finish_piece() {
    if (!piece_.empty()) {
      rig_.writer.piece(" end\n");
      rig_.writer.written.push_back(piece_ + " end");
      piece_.clear();
    }
  }

  void poll() {
    if (rig_.source) {
      rig_.poll(1 + rng_.below(200));
      rig_.clock.advance(std::chrono::milliseconds(rng_.below(400)));
    }
  }

  void rotate() {
    if (!rig_.fs.exists(rig_.writer.path()) || rig_.fs.stat(rig_.writer.path())->size == 0) {
      return;
    }
    finish_piece();
    if (symlink_) {
      // Of a log of which nothing was read nobody knows what it was.
      if (rig_.saved && rig_.saved->pos.offset > 0) {
        look();
        retarget();
      }
    } else if (copytruncate_) {
      // A file that is truncated before it has a key, or twice between two looks, is beyond any
      // reader.
      if (rig_.source) {
        rig_.poll(1 << 20);
      }
      rig_.writer.copytruncate();
      if (codec_ != Codec::none && rng_.one_in(2)) {
        rig_.writer.compress(rig_.writer.path() + ".1", codec_);
      }
      if (rig_.source) {
        rig_.drain();
      }
    } else if (stamps_) {
      const std::string backup = rig_.writer.rotate_stamp();
      if (codec_ != Codec::none) {
        rig_.writer.compress(backup, codec_);
      }
    } else {
      rig_.writer.rotate_numbers(90, codec_, delay_compress_);
    }
  }

  Codec any_codec() {
    static constexpr Codec kCodecs[] = {Codec::gzip, Codec::zstd, Codec::xz, Codec::bzip2};
    const Codec codec = kCodecs[rng_.below(4)];
    return can_unpack(codec) ? codec : Codec::gzip;
  }

  // The log gets a name that no rotation has, while nobody looks. Not with a constant header: when
  // nothing else was read, another generation with a usual name is taken for it.
  void move_elsewhere() {
    const std::string& path = rig_.writer.path();
    if (!rig_.saved || !rig_.fs.exists(path) || rig_.fs.inode_of(path) != rig_.saved->inode ||
        rig_.saved->pos.offset == 0 || !piece_.empty() || header_ || symlink_) {
      return;
    }
    // An inode number may have been used again: of another file nobody could know that it moved. No two files begin with
    // the same line, unless that is empty.
    const std::string bytes = rig_.fs.get(path);
    if (bytes.starts_with('\n') || bytes.starts_with("\r\n") ||
        Sha256().of(bytes.substr(0, bytes.find('\n'))) != rig_.saved->pos.file.first_line) {
      return;
    }
    const std::string to =
        directory_of(path) + (rng_.one_in(2) ? "/moved." : "/old/@") + std::to_string(++moved_);
    (void)rig_.fs.make_dirs(directory_of(path) + "/old");
    rig_.fs.move(path, to);
    if (codec_ != Codec::none && rng_.one_in(2)) {
      rig_.writer.compress(to, codec_);
    }
    write();
  }

  // Everything since the last save is forgotten, as frames that were never synced are.
  void crash() {
    rig_.source.reset();
    rig_.fs.restart();
    rig_.got.resize(saved_);
  }

  std::string verdict() {
    std::map<std::string, std::size_t> wanted;
    for (const std::string& line : rig_.writer.written) {
      ++wanted[shape(line)];
    }
    std::map<std::string, std::size_t> got;
    std::set<input::file::generations::FilePosition> places;
    for (const auto& line : rig_.got) {
      ++got[line.text];
      if (!places.insert(line.begin).second) {
        return "two lines at one place: " + line.text;
      }
    }
    std::uint64_t missing = 0;
    for (const auto& [text, n] : wanted) {
      if (got[text] < n && n - got[text] <= vanished_.count(text)) {
        missing += (n - got[text]) * (text.size() + 1);
      } else if (got[text] != n) {
        return "'" + text.substr(0, 40) + "' was written " + std::to_string(n) +
               " times and read " + std::to_string(got[text]) + " times";
      }
    }
    for (const auto& [text, n] : got) {
      if (n != 0 && !wanted.contains(text)) {
        return "'" + text.substr(0, 40) + "' was never written";
      }
    }
    if (missing > told_bytes()) {
      return "lines of " + std::to_string(missing) + " bytes vanished, and a gap of " +
             std::to_string(told_bytes()) + " was told";
    }
    if (missing == 0 && !gaps_may_be_told_ && rig_.source->progress().lost_ranges > 0) {
      return "a gap was counted";
    }
    return {};
  }

  // Of all gaps that were told, in all runs.
  std::uint64_t told_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& message : rig_.log.messages) {
      if (message.code == "truncated-unread") {
        bytes += std::strtoull(message.value("bytes").c_str(), nullptr, 10);
      }
    }
    return bytes;
  }

  static std::string shape(const std::string& line) {
    return line.size() <= 64 ? line : line.substr(0, 48) + line.substr(line.size() - 16);
  }

  SimRng rng_;
  FileSourceRig rig_;
  bool stamps_ = false, delay_compress_ = false, copytruncate_ = false, header_ = false;
  Codec codec_ = Codec::none;
  bool symlink_ = false, gaps_may_be_told_ = false;
  TimePoint unlistable_until_{};
  std::multiset<std::string> vanished_;
  std::uint64_t count_ = 0, moved_ = 0, targets_ = 0;
  std::size_t saved_ = 0;  // lines read at the last save
  std::string piece_;
};

}  // namespace

TEST_CASE("every line is read exactly once, whatever the history", "[file_source][sim]") {
  std::uint64_t first = 1;
  std::uint64_t count = std::getenv("AUDITSHIP_LONG") != nullptr ? 20000 : 2000;
  if (const char* seed = std::getenv("AUDITSHIP_SEED")) {
    first = std::strtoull(seed, nullptr, 10);
    count = 1;
  }
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    History history(seed);
    const std::string wrong = history.run();
    if (!wrong.empty()) {
      history.describe();
      std::cerr << "failing history: AUDITSHIP_SEED=" << seed << "\n";
      FAIL("seed " << seed << ": " << wrong);
    }
  }
  SUCCEED();
}
