// Config: what conf/auditship.yaml says, typed and complete: defaults are filled in.
//
// load_config reads YAML, expands ${VAR} and ${VAR:-default}, refuses unknown keys, wrong types and
// impossible values with file, line, column, what was expected and the nearest valid key.
// Secrets are read from *_file by load_secrets, not kept in messages. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "parsers/auth_log/key_owners/key_owner_files.h"

namespace auditship::config {

enum class SinkType { file, opensearch };
enum class ParserType { kube_audit, auth_log };
enum class TargetStyle { alias, dated };

struct StreamConfig {
  std::string name;  // kubeaudit, authlog
  ParserType parser = ParserType::kube_audit;
  std::vector<std::string> paths;  // live files; globs allowed
  std::string target;              // write alias, or index name prefix of dated names
  std::string filters;             // rule file, ready to open; empty = keep everything
  std::uint64_t buffer_max_bytes = std::uint64_t{2} << 30;
  std::optional<unsigned> buffer_max_percent;  // of the file system, instead of bytes
};

struct FileSinkConfig {
  std::string directory;
  std::uint64_t max_file_bytes = 64 << 20;
  bool zstd = false;
};

struct OpenSearchConfig {
  std::vector<std::string> hosts;  // https://host:9200
  std::string username, password, password_file, bearer_token_file;
  std::string aws_region, aws_service = "es";  // region empty: requests are not signed
  std::string aws_access_key_file, aws_secret_key_file, aws_session_token_file;
  std::string ca_file, certificate_file, key_file, server_name;
  bool tls_verify = true;
  TargetStyle style = TargetStyle::alias;
  std::string dashboards_url;        // of OpenSearch Dashboards, for setup; empty: none
  std::string compression = "gzip";  // gzip, zstd, none
  std::chrono::milliseconds timeout{60000};
};

struct Config {
  std::string file;          // where it was read from
  std::string cluster_name;  // required
  std::string node_name;     // empty: NODE_NAME, else the host's name, frozen in data_dir
  std::string data_dir = "/var/lib/auditship";
  std::string time_zone;  // empty: the host's; IANA name or path of a zone file
  std::optional<std::chrono::seconds> backfill =
      std::chrono::hours(24 * 7);            // nullopt = all, 0 = none
  std::vector<std::string> trusted_proxies;  // CIDR
  std::uint64_t line_max_bytes = 16 << 20;
  std::uint64_t batch_max_bytes = 5 << 20;  // before compression
  std::chrono::milliseconds batch_max_age{1000};
  std::uint32_t batch_max_documents = 10000;
  std::uint64_t body_max_bytes = 256 << 10;  // of requestObject and responseObject, as JSON text
  bool slim_bodies = true;                   // without managedFields and last-applied-configuration
  bool redact = true;                        // credentials and secrets become [redacted]
  std::vector<std::string> redact_names;     // further names whose values are credentials
  bool keep_original = false;                // event.original on authlog documents
  bool session_start_documents = false;      // authlog: one when an SSH login begins, too
  std::string status_listen;   // IP:PORT for probes and scrapes beside the socket; empty: none
  bool status_events = false;  // status.listen shows the last events in words, too
  std::string log_level = "info";
  std::string log_format = "auto";  // auto, text, json
  std::vector<parsers::auth_log::key_owners::KeyOwnerSource>
      ssh_key_owners;  // whose SSH key is whose; empty: not asked
  std::vector<StreamConfig> streams;
  SinkType sink = SinkType::file;
  FileSinkConfig file_sink;
  OpenSearchConfig opensearch;
  std::vector<std::string> warnings;  // what run and check should say once at start
  // Secrets and certificates that cannot be read now: run collects, and delivers once they are
  // there; check fails.
  std::vector<std::string> missing;
};

struct Secrets {
  std::string password, bearer_token;                             // empty: not used
  std::string aws_access_key, aws_secret_key, aws_session_token;  // empty: not used
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Reads and validates a configuration file. Files that it refers to must exist, be readable and,
// for rule files, hold rules that can be used. Relative names are relative to the configuration
// file. Errors: not_found, io for the file itself; invalid with all problems, one
// "file:line:column: …" a line.
[[nodiscard]] Result<Config> load_config(Fs& fs, const std::string& path, const Environment& env);

// The same from text; path is for messages and for relative names.
[[nodiscard]] Result<Config> parse_config(Fs& fs, const std::string& path, std::string_view text,
                                          const Environment& env);

// Reads the secrets that opensearch names, from its files or from the configuration. Call it again
// when a file changes. Messages name files, never their content. Errors: not_found, io, invalid.
[[nodiscard]] Result<Secrets> load_secrets(Fs& fs, const OpenSearchConfig& opensearch);

// The configuration in effect as YAML, defaults filled in and secrets masked; load_config reads it.
[[nodiscard]] std::string render_effective(const Config& config);

// The default configuration, for commands that run without a file. cluster_name is "unnamed".
[[nodiscard]] Config default_config();

}  // namespace auditship::config
