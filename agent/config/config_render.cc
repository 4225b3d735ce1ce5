#include "agent/base/json_writer.h"
#include "agent/config/config.h"

namespace auditship::config {
namespace {

constexpr std::string_view kMask = "********";

// Lines "key: value" at an indentation; texts as JSON strings, which are YAML too.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void open(std::string_view key) {
    begin(key);
    out_ += '\n';
    indent_ += 2;
  }
  void close() { indent_ -= 2; }
  void text(std::string_view key, std::string_view value) {
    begin(key);
    out_ += ' ';
    quote(value);
    out_ += '\n';
  }
  void text_if(std::string_view key, std::string_view value) {
    if (!value.empty()) {
      text(key, value);
    }
  }
  void plain(std::string_view key, std::string_view value) {
    begin(key);
    out_ += ' ';
    out_ += value;
    out_ += '\n';
  }
  void number(std::string_view key, std::uint64_t value) { plain(key, std::to_string(value)); }
  void flag(std::string_view key, bool value) { plain(key, value ? "true" : "false"); }
  void list(std::string_view key, const std::vector<std::string>& values) {
    begin(key);
    out_ += values.empty() ? " []\n" : "\n";
    for (const std::string& value : values) {
      out_.append(indent_ + 2, ' ');
      out_ += "- ";
      quote(value);
      out_ += '\n';
    }
  }

 private:
  // $ before { is doubled, so that the text is read back as it is.
  void quote(std::string_view value) {
    std::string escaped;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '$' && i + 1 < value.size() && value[i + 1] == '{') {
        escaped += '$';
      }
      escaped += value[i];
    }
    append_json_string(out_, escaped);
  }
  void begin(std::string_view key) {
    out_.append(indent_, ' ');
    out_ += key;
    out_ += ':';
  }

  std::string& out_;
  std::size_t indent_ = 0;
};

void write_key_owners(Writer& out, const Config& config) {
  if (config.ssh_key_owners.empty()) {
    return;
  }
  out.open("ssh_key_owners");
  for (const parsers::auth_log::key_owners::KeyOwnerSource& source : config.ssh_key_owners) {
    switch (source.kind) {
      case parsers::auth_log::key_owners::KeyOwnerSource::Kind::authorized_keys:
        out.text("- authorized_keys", source.path);
        out.text("  passwd", source.passwd);
        break;
      case parsers::auth_log::key_owners::KeyOwnerSource::Kind::map:
        out.text("- map", source.path);
        break;
      case parsers::auth_log::key_owners::KeyOwnerSource::Kind::ca_keys:
        out.text("- ca_keys", source.path);
        break;
    }
  }
  out.close();
}

void write_streams(Writer& out, const Config& config) {
  out.open("streams");
  for (const std::string_view builtin : {"kubeaudit", "authlog"}) {
    bool on = false;
    for (const StreamConfig& stream : config.streams) {
      on = on || stream.name == builtin;
    }
    if (!on) {
      out.plain(builtin, "{enabled: false}");
    }
  }
  for (const StreamConfig& stream : config.streams) {
    out.open(stream.name);
    out.text("parser", stream.parser == ParserType::kube_audit ? "kube_audit" : "auth_log");
    out.list("paths", stream.paths);
    out.text("target", stream.target);
    out.text("filters", stream.filters.empty() ? "none" : stream.filters);
    if (stream.buffer_max_percent) {
      out.text("buffer_max", std::to_string(*stream.buffer_max_percent) + "%");
    } else {
      out.number("buffer_max", stream.buffer_max_bytes);
    }
    out.close();
  }
  out.close();
}

void write_opensearch(Writer& out, const OpenSearchConfig& sink) {
  out.open("opensearch");
  out.list("hosts", sink.hosts);
  out.text_if("username", sink.username);
  out.text_if("password", sink.password.empty() ? "" : kMask);
  out.text_if("password_file", sink.password_file);
  out.text_if("bearer_token_file", sink.bearer_token_file);
  if (!sink.aws_region.empty()) {
    out.open("aws_sigv4");
    out.text("region", sink.aws_region);
    out.text("service", sink.aws_service);
    out.text("access_key_file", sink.aws_access_key_file);
    out.text("secret_key_file", sink.aws_secret_key_file);
    out.text_if("session_token_file", sink.aws_session_token_file);
    out.close();
  }
  out.open("tls");
  out.text_if("ca_file", sink.ca_file);
  out.text_if("certificate_file", sink.certificate_file);
  out.text_if("key_file", sink.key_file);
  out.text_if("server_name", sink.server_name);
  out.flag("verify", sink.tls_verify);
  out.close();
  out.text_if("dashboards_url", sink.dashboards_url);
  out.text("target_style", sink.style == TargetStyle::alias ? "alias" : "dated");
  out.text("compression", sink.compression);
  out.plain("timeout", std::to_string(sink.timeout.count()) + "ms");
  out.close();
}

void write_sink(Writer& out, const Config& config) {
  out.open("sink");
  out.text("type", config.sink == SinkType::file ? "file" : "opensearch");
  out.open("file");
  out.text("directory", config.file_sink.directory);
  out.number("max_file", config.file_sink.max_file_bytes);
  out.text("compression", config.file_sink.zstd ? "zstd" : "none");
  out.close();
  if (!config.opensearch.hosts.empty()) {
    write_opensearch(out, config.opensearch);
  }
  out.close();
}

}  // namespace

std::string render_effective(const Config& config) {
  std::string text;
  Writer out(text);
  out.number("version", 1);
  out.open("cluster");
  out.text("name", config.cluster_name);
  out.close();
  if (!config.node_name.empty()) {
    out.open("node");
    out.text("name", config.node_name);
    out.close();
  }
  out.text("data_dir", config.data_dir);
  out.text_if("time_zone", config.time_zone);
  out.plain("backfill", config.backfill ? std::to_string(config.backfill->count()) + "s" : "all");
  out.list("trusted_proxies", config.trusted_proxies);
  out.number("line_max", config.line_max_bytes);
  out.open("bodies");
  out.number("max", config.body_max_bytes);
  out.flag("slim", config.slim_bodies);
  out.close();
  out.open("redaction");
  out.flag("enabled", config.redact);
  out.list("names", config.redact_names);
  out.close();
  out.open("batch");
  out.number("max_bytes", config.batch_max_bytes);
  out.plain("max_age", std::to_string(config.batch_max_age.count()) + "ms");
  out.number("max_documents", config.batch_max_documents);
  out.close();
  out.flag("keep_original", config.keep_original);
  out.flag("session_start_documents", config.session_start_documents);
  if (!config.status_listen.empty()) {
    out.open("status");
    out.text("listen", config.status_listen);
    out.flag("events", config.status_events);
    out.close();
  }
  out.open("log");
  out.text("level", config.log_level);
  out.text("format", config.log_format);
  out.close();
  write_key_owners(out, config);
  write_streams(out, config);
  write_sink(out, config);
  return text;
}

}  // namespace auditship::config
