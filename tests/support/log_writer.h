// LogWriter writes numbered lines to a log file on a SimFs, rotates it in every way that is seen in
// the field, and keeps what was written, so that a test knows what must be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/compression/codec.h"
#include "tests/support/pack_file.h"
#include "tests/support/sim_fs.h"

namespace auditship::test {

class LogWriter {
 public:
  LogWriter(SimFs& fs, SimClock& clock, std::string path)
      : fs_(fs), clock_(clock), path_(std::move(path)) {}

  // A constant first line of each new generation; empty: none.
  void set_header(std::string header) { header_ = std::move(header); }

  // Appends a line; a header first where a file begins. Returns the line without its newline.
  std::string line(std::string_view text = {}) {
    begin();
    std::string bytes = text.empty() ? "line " + std::to_string(++number_) : std::string(text);
    fs_.append(path_, bytes + "\n");
    written.push_back(bytes);
    clock_.advance(std::chrono::milliseconds(1));
    return bytes;
  }
  void lines(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      line();
    }
  }
  // A piece of a line without a newline; end_line writes the rest.
  void piece(std::string_view text) {
    begin();
    fs_.append(path_, text);
  }

  // Ends the line that piece() began; whole: all of it.
  void line_end(const std::string& whole) {
    const std::string now = fs_.get(path_);
    const std::size_t begun =
        now.size() - (now.rfind('\n') == std::string::npos ? 0 : now.rfind('\n') + 1);
    fs_.append(path_, whole.substr(begun) + "\n");
    written.push_back(whole);
  }

  // logrotate: path.N becomes path.N+1, path becomes path.1; the next line makes a new file.
  void rotate_numbers(std::size_t keep, Codec codec = Codec::none, bool delay_compress = false) {
    clock_.advance(std::chrono::seconds(2));
    shift_numbers(keep);
    if (fs_.exists(path_)) {
      fs_.move(path_, path_ + ".1");
    }
    const std::string older = path_ + (delay_compress ? ".2" : ".1");
    if (codec != Codec::none && fs_.exists(older)) {
      compress(older, codec);
    }
  }
  // kube-apiserver: path becomes STEM-<time>EXT. Returns the backup's path.
  std::string rotate_stamp();
  // cp path path.1, then truncate.
  void copytruncate() {
    clock_.advance(std::chrono::seconds(2));
    shift_numbers(90);
    fs_.put(path_ + ".1", fs_.get(path_));
    fs_.truncate(path_, 0);
  }
  // Keeps the time, as gzip does, and removes the plain file.
  void compress(const std::string& path, Codec codec) {
    const std::int64_t modified_ns = fs_.modified_of(path);
    const std::string to = path + suffix_of(codec);
    fs_.put(to, pack_file(codec, fs_.get(path)));
    fs_.set_modified(to, modified_ns);
    fs_.unlink(path);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  std::vector<std::string> written;  // every complete line, headers too, in order

 private:
  // path.N becomes path.N+1, compressed or not; the one with number keep goes.
  void shift_numbers(std::size_t keep) {
    for (std::size_t n = keep + 1; n-- > 1;) {
      for (const char* suffix : {"", ".gz", ".zst", ".xz", ".bz2"}) {
        const std::string from = path_ + "." + std::to_string(n) + suffix;
        if (!fs_.exists(from)) {
          continue;
        }
        if (n == keep) {
          fs_.unlink(from);
        } else {
          fs_.move(from, path_ + "." + std::to_string(n + 1) + suffix);
        }
      }
    }
  }

  void begin() {
    if (!header_.empty() && (!fs_.exists(path_) || fs_.get(path_).empty())) {
      fs_.append(path_, header_ + "\n");
      written.push_back(header_);
    }
  }

  SimFs& fs_;
  SimClock& clock_;
  std::string path_, header_;
  std::uint64_t number_ = 0, stamps_ = 0;
};

inline std::string LogWriter::rotate_stamp() {
  clock_.advance(std::chrono::seconds(2));
  const std::uint64_t n = ++stamps_;
  std::string stamp = "-2026-11-23T10-00-00.000";
  const std::string count = std::to_string(100000 + n);  // minutes and milliseconds: always later
  stamp.replace(15, 2, count.substr(1, 2));
  stamp.replace(stamp.size() - 3, 3, count.substr(3, 3));
  const std::size_t dot = path_.rfind('.');
  const bool has_dot = dot != std::string::npos && dot > path_.rfind('/');
  const std::string to = has_dot ? path_.substr(0, dot) + stamp + path_.substr(dot) : path_ + stamp;
  fs_.move(path_, to);
  return to;
}

}  // namespace auditship::test
