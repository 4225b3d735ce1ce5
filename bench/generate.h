// Lines that look like a busy cluster's: audit events as kube-apiserver writes them, and auth.log.
//
// Deterministic: the same seed gives the same bytes. Audit events are 0.8–3 KB mostly, one in 25 is
// 2–30 KB with bodies, one in 10,000 above 500 KB. auth.log lines average about 118 bytes.
// Each call appends one line with its newline. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "bench/random.h"

namespace auditship::bench {

class AuditLines {
 public:
  explicit AuditLines(std::uint64_t seed) : random_(seed) {}
  void append(std::string& out);

 private:
  struct Request;
  [[nodiscard]] Request request();
  void append_request(std::string& out, const Request& request);
  void append_answer(std::string& out, const Request& request);

  Random random_;
  std::uint64_t count_ = 0;
  std::int64_t now_us_ = 1'795'400'000'000'000;  // 2026-11-23T02:13:20Z
};

class AuthLines {
 public:
  explicit AuthLines(std::uint64_t seed) : random_(seed) {}
  void append(std::string& out);

 private:
  struct Actor;
  void scene();  // fills waiting_ with the lines of one login, attack, sudo call or cron job
  void key_login(const Actor& who);
  void guessing(const Actor& who);
  void password_login(const Actor& who);
  void sudo(const Actor& who);
  void cron(const Actor& who);
  void line(const std::string& ident, std::uint64_t pid, const std::string& message);

  Random random_;
  std::int64_t now_us_ = 1'795'400'000'000'000;
  std::string waiting_;
  std::size_t at_ = 0;
};

}  // namespace auditship::bench
