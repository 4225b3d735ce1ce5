// AuthLogFactory: makes the parsers and derivers of one stream of auth.log, and keeps the table of key owners
// that they share up to date.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "parsers/auth_log/auth_log_parser.h"
#include "parsers/auth_log/config.h"
#include "parsers/auth_log/key_owners/key_owner_files.h"
#include "parsers/auth_log/key_owners/key_owners.h"

namespace auditship::parsers::auth_log {

// The file of a zone's name; empty: the host's.
[[nodiscard]] std::string zone_file_of(const std::string& time_zone);

class AuthLogFactory final : public ParserFactory {
 public:
  // Errors: not_found, io, invalid of the zone's file or of a source of key owners.
  [[nodiscard]] static Result<std::unique_ptr<AuthLogFactory>> make(const AuthLogConfig& config,
                                                                    ParserServices services);

  [[nodiscard]] std::unique_ptr<Parser> make_parser() const override;
  [[nodiscard]] bool derives() const override { return true; }
  [[nodiscard]] std::unique_ptr<Deriver> make_deriver() const override;
  std::optional<TimePoint> renew(TimePoint now) override;
  void reload() override;

 private:
  enum class Warnings : std::uint8_t { said, to_say };

  AuthLogFactory(const AuthLogConfig& config, ParserServices services);
  Status load_owners(Warnings warnings);

  ParserServices services_;
  AuthLogOptions options_;
  bool start_documents_;
  std::vector<key_owners::KeyOwnerSource> sources_;
  // Owners: this, which puts new tables in, and the parsers.
  std::shared_ptr<key_owners::KeyOwnerTable> owners_;
  std::uint64_t signature_ = 0;
  TimePoint look_at_{};
};

}  // namespace auditship::parsers::auth_log
