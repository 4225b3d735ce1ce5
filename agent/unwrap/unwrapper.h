// Unwrapper takes off what a container runtime wraps around each line that a program writes to its standard output or
// error, so that a log written there is as good as a file:
//
//   {"log":"TEXT\n","stream":"stdout","time":"2026-11-28T19:00:00.123456789Z"}      docker's json-file
//   2026-11-28T19:00:00.123456789Z stdout F TEXT                                     CRI: containerd, CRI-O, podman
//
//   const Unwrapped record = unwrapper.open(line.text);
//   parse(record.text)                                                              // the line itself, if not wrapped
//
// Runtimes split long lines, at 16 KiB mostly: all parts but the last are Kind::part (CRI: P; docker: no \n at the end).
// RecordJoiner puts them together. What only looks like a wrapper is none: then the text is the line. Views are into the
// line or into the Unwrapper, until its next call. Memory: proportional to the line only while it is used. Not
// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace auditship::unwrap {

struct Unwrapped {
  enum class Kind : std::uint8_t {
    // text is the line.
    not_wrapped,
    // A record, or the last part of one.
    record,
    // The record goes on in the next line of the same stream.
    part,
  };
  Kind kind = Kind::not_wrapped;
  std::string_view text;
  // Of a line that was cut: its last bytes.
  std::string_view tail;
  // "stdout" or "stderr".
  std::string_view stream;
  // RFC 3339, as the runtime wrote it. Empty where the line was cut before it.
  std::string_view time;

  [[nodiscard]] bool wrapped() const { return kind != Kind::not_wrapped; }
};

class Unwrapper {
 public:
  // Of a whole line.
  [[nodiscard]] Unwrapped open(std::string_view line) {
    return may_be_wrapped(line) ? open_wrapped(line)
                                : Unwrapped{Unwrapped::Kind::not_wrapped, line, {}, {}, {}};
  }
  // Of a line over the limit, of which only the first and the last bytes are known.
  [[nodiscard]] Unwrapped open_cut(std::string_view head, std::string_view tail);

 private:
  static bool may_be_wrapped(std::string_view line) {
    constexpr std::string_view kDocker = R"({"log":")";
    constexpr std::size_t kShortestTime = 20;
    if (line.size() <= kShortestTime) {
      return false;
    }
    return line[0] == '{'
               ? line.substr(0, kDocker.size()) == kDocker
               : line[10] == 'T' && line.substr(0, kLongestTime + 4).find(" std", kShortestTime) !=
                                        std::string_view::npos;
  }
  Unwrapped open_wrapped(std::string_view line);
  Unwrapped open_docker(std::string_view line);

  static constexpr std::size_t kLongestTime = 36;
  std::string text_, tail_;
};

}  // namespace auditship::unwrap
