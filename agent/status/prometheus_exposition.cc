#include "agent/status/prometheus_exposition.h"

#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "agent/base/encoding/terminal_text.h"
#include "agent/base/text.h"
#include "agent/status/numbers/metric_catalog.h"

namespace auditship::status {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Cuts the first part of text off, up to the separator.
std::string_view next_part(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return trim(part);
}

// What a label may hold: text, and newlines, which have an escape.
std::string label_text(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t end = text.find('\n');
    out += terminal_text(text.substr(0, end));
    if (end == std::string_view::npos) {
      return out;
    }
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

// Writes families of one format. A family's samples follow its head at once.
class Writer {
 public:
  explicit Writer(MetricsFormat format) : open_(format == MetricsFormat::openmetrics) {}

  // type: counter (its name ends in _total), gauge, info (its name ends in _info).
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    std::string_view shown = name;
    if (open_ && type == "counter") {
      shown.remove_suffix(std::string_view("_total").size());
    } else if (open_ && type == "info") {
      shown.remove_suffix(std::string_view("_info").size());
    }
    out_ += "# HELP ";
    out_ += shown;
    out_ += ' ';
    out_ += help;
    out_ += "\n# TYPE ";
    out_ += shown;
    out_ += ' ';
    out_ += type == "info" && !open_ ? "gauge" : type;
    out_ += '\n';
  }

  void sample(Labels labels, std::string_view value) {
    out_ += name_;
    char before = '{';
    for (const auto& [name, text] : labels) {
      out_ += before;
      before = ',';
      out_ += name;
      out_ += "=\"";
      escape(text);
      out_ += '"';
    }
    out_ += labels.size() > 0 ? "} " : " ";
    out_ += value;
    out_ += '\n';
  }
  void sample(Labels labels, std::uint64_t value) { sample(labels, std::to_string(value)); }
  void sample(Labels labels, double value) {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    sample(labels, std::isinf(value)
                       ? std::string_view(value < 0 ? "-Inf" : "+Inf")
                       : std::string_view(text, static_cast<std::size_t>(end - text)));
  }

  std::string finish() {
    out_ += open_ ? "# EOF\n" : "";
    return std::move(out_);
  }

 private:
  // Both formats know these three escapes and no other.
  void escape(std::string_view text) {
    for (const char c : label_text(text)) {
      if (c == '\\' || c == '"') {
        out_ += '\\';
      }
      out_ += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
    }
  }

  bool open_;
  std::string out_;
  std::string_view name_;
};

void write_streams(Writer& out, const numbers::AgentStatus& status) {
  std::string_view family;
  for (const numbers::MetricDefinition& metric : numbers::metric_definitions()) {
    if (family != metric.metric) {
      family = metric.metric;
      out.family(family, metric.type, metric.help);
    }
    for (const numbers::StreamStatus& stream : status.streams) {
      if (metric.result == nullptr) {
        out.sample({{"stream", stream.name}}, metric.of(stream.stats));
      } else {
        out.sample({{"stream", stream.name}, {"result", metric.result}}, metric.of(stream.stats));
      }
    }
  }
  for (const numbers::GaugeDefinition& gauge : numbers::gauge_definitions()) {
    out.family(gauge.metric, "gauge", gauge.help);
    for (const numbers::StreamStatus& stream : status.streams) {
      if (const auto value = gauge.of(stream.stats)) {
        out.sample({{"stream", stream.name}}, *value);
      }
    }
  }
}

// Counts by a name that comes from outside: two that look alike once they are plain are one sample.
template <typename CountsOf>
void write_counts(Writer& out, const numbers::AgentStatus& status, std::string_view label,
                  const CountsOf& counts_of) {
  for (const numbers::StreamStatus& stream : status.streams) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& [name, count] : counts_of(stream.stats)) {
      counts[label_text(name)] += count;
    }
    for (const auto& [name, count] : counts) {
      out.sample({{"stream", stream.name}, {label, name}}, count);
    }
  }
}

void write_rules(Writer& out, const numbers::AgentStatus& status) {
  const auto each = [&](auto write) {
    for (const numbers::StreamStatus& stream : status.streams) {
      if (!stream.rules.file.empty()) {
        write(stream.name, stream.rules);
      }
    }
  };
  out.family("auditship_rules_info", "info", "The rules in force, by the SHA-256 of their file.");
  each([&](const std::string& stream, const rules::RulesView& rules) {
    out.sample({{"stream", stream}, {"hash", rules.hash}}, std::uint64_t{1});
  });
  out.family("auditship_rules_loaded_total", "counter", "Rule files taken, the one at start too.");
  each([&](const std::string& stream, const rules::RulesView& rules) {
    out.sample({{"stream", stream}}, rules.loaded);
  });
  out.family("auditship_rules_refused_total", "counter", "Changed rule files that were refused.");
  each([&](const std::string& stream, const rules::RulesView& rules) {
    out.sample({{"stream", stream}}, rules.refused);
  });
  out.family("auditship_rules_broken", "gauge",
             "1 while the rule file is refused and older rules are in force.");
  each([&](const std::string& stream, const rules::RulesView& rules) {
    out.sample({{"stream", stream}}, std::uint64_t{!rules.problem.empty()});
  });
}

void write_process(Writer& out, const platform::ProcessStats& process, std::int64_t started_ns) {
  const auto one = [&](std::string_view name, std::string_view type, std::string_view help,
                       auto value) {
    out.family(name, type, help);
    out.sample({}, value);
  };
  const std::int64_t started_ms = started_ns / 1'000'000;
  one("process_cpu_seconds_total", "counter", "User and system CPU time.", process.cpu_seconds);
  one("process_resident_memory_bytes", "gauge", "Resident memory.", process.resident_bytes);
  one("process_virtual_memory_bytes", "gauge", "Virtual memory.", process.virtual_bytes);
  one("process_start_time_seconds", "gauge", "Start, in seconds since the epoch.",
      static_cast<double>(started_ms) / 1000);
  one("process_open_fds", "gauge", "Open file descriptors.", process.open_fds);
  one("process_max_fds", "gauge", "Limit of open file descriptors; 0 = none.", process.max_fds);
  one("process_threads", "gauge", "Threads.", process.threads);
}

}  // namespace

MetricsFormat wanted_format(std::string_view accept) {
  double open = 0;
  double text = 0;
  while (!accept.empty()) {
    std::string_view range = next_part(accept, ',');
    const std::string_view type = next_part(range, ';');
    double weight = 1;
    while (!range.empty()) {
      const std::string_view parameter = next_part(range, ';');
      if (parameter.starts_with("q=")) {
        weight = 0;  // stays so when it is no number
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
      }
    }
    if (type == "application/openmetrics-text") {
      open = std::max(open, weight);
    } else if (type == "text/plain" || type == "text/*" || type == "*/*") {
      text = std::max(text, weight);
    }
  }
  return open > 0 && open >= text ? MetricsFormat::openmetrics : MetricsFormat::prometheus;
}

const char* content_type(MetricsFormat format) {
  return format == MetricsFormat::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

std::string render_metrics(const numbers::AgentStatus& status, MetricsFormat format) {
  Writer out(format);
  out.family("auditship_build_info", "info", "The release that runs.");
  out.sample({{"version", status.version}}, std::uint64_t{1});
  out.family("auditship_ready", "gauge", "1 while the agent can make progress, as /readyz says.");
  out.sample({}, std::uint64_t{numbers::unready_reasons(status).empty()});
  write_streams(out, status);
  out.family("auditship_filtered_by_rule_total", "counter", "Records dropped, by rule.");
  write_counts(out, status, "rule",
               [](const pipeline::PipelineStats& v) { return v.read.by_rule; });
  out.family("auditship_failures_total", "counter",
             "Requests and documents not taken, by reason, of this run.");
  write_counts(out, status, "code",
               [](const pipeline::PipelineStats& v) { return v.delivery.failures; });
  out.family("auditship_retries_total", "counter",
             "Requests to be sent again, whole or in part, by class, of this run.");
  write_counts(out, status, "class",
               [](const pipeline::PipelineStats& v) { return v.delivery.retries; });
  write_rules(out, status);
  out.family("auditship_certificate_not_after_seconds", "gauge",
             "When the first certificate of a configured file ends, in seconds since the epoch.");
  for (const numbers::CertificateExpiry& expiry : status.certificates) {
    out.sample({{"use", expiry.use}, {"file", expiry.file}}, std::to_string(expiry.not_after));
  }
  if (status.process) {
    write_process(out, *status.process, status.started_ns);
  }
  return out.finish();
}

}  // namespace auditship::status
