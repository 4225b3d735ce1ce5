// Error, Result<T> and Status: how fallible functions answer. No exceptions of our own.
//
//   Result<Batch> read(FrameId id);
//   auto batch = log.read(id);
//   if (!batch) return batch.error().in("send frame 7");
//
// Values are owned. Not shared between threads.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace auditship {

// Small on purpose: callers branch on it, people read Error::message.
enum class Errc {
  io,             // the system refused; message has errno's words
  not_found,      // no such file, frame or key
  no_space,       // ENOSPC, EDQUOT or a limit of ours is reached: try again later
  corrupt,        // bytes on disk or on the wire are not what they should be
  newer_version,  // written by a newer release: left untouched
  invalid,        // wrong configuration or argument
  busy,           // locked by another process
  exhausted,      // no descriptor is free for it now: try again when others gave theirs back
  network,        // no answer from the other side
  refused,        // the other side said no
};

struct Error {
  Errc code = Errc::io;
  std::string message;

  // The same error with context in front: "open segment 42: Input/output error".
  [[nodiscard]] Error in(std::string_view context) const {
    return Error{code, std::string(context) + ": " + message};
  }
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {
  }  // NOLINT(google-explicit-constructor): return value;
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {
  }  // NOLINT(google-explicit-constructor): return error;

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Only when ok().
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // Only when !ok().
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error)
      : error_(std::move(error)),
        ok_(false) {}  // NOLINT(google-explicit-constructor): return error;

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  [[nodiscard]] const Error& error() const { return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

// A thing that cannot happen: says why on stderr and aborts. Start-up is recovery, so this is safe.
[[noreturn]] void check_failed(const char* why, const char* file, int line);

}  // namespace auditship

#define AUDITSHIP_CHECK(condition, why)                   \
  do {                                                    \
    if (!(condition)) [[unlikely]] {                      \
      ::auditship::check_failed(why, __FILE__, __LINE__); \
    }                                                     \
  } while (false)
