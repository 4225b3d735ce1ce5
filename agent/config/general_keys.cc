// The keys that belong to no input, parser or sink.
#include <algorithm>

#include "agent/base/net/ip_address.h"
#include "agent/config/config_internal.h"

namespace auditship::config {
namespace {

using std::chrono::milliseconds;
using C = Config;
using S = StreamConfig;

constexpr std::uint64_t kKiB = 1 << 10, kMiB = 1 << 20, kTiB = std::uint64_t{1} << 40;

std::optional<std::string> name_problem(const std::string& name) {
  const bool plain = !name.empty() && name.size() <= 256 && name.front() != ' ' &&
                     name.back() != ' ' &&
                     name.find_first_of(std::string_view("\0\t\r\n", 4)) == std::string::npos;
  return plain ? std::nullopt
               : std::optional<std::string>("expected a name of 1 to 256 bytes on one line");
}

std::optional<std::string> optional_name_problem(const std::string& name) {
  return name.empty() ? std::nullopt : name_problem(name);
}

std::optional<std::string> directory_problem(const std::string& path) {
  return path.empty() || path.front() != '/'
             ? std::optional<std::string>("expected an absolute path")
             : std::nullopt;
}

// Without a slash at its end, so that it can be cut off a path.
std::optional<std::string> host_root_problem(std::string& path) {
  while (path.ends_with('/')) {
    path.pop_back();
  }
  return path.empty() ? std::nullopt : directory_problem(path);
}

// Names are refused: which address would answer is not for a resolver to say.
bool is_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return false;
  }
  const std::string_view port = text.substr(colon + 1);
  std::uint32_t number = 0;
  for (const char c : port) {
    number = c >= '0' && c <= '9' && number < 100'000 ? number * 10 + static_cast<unsigned>(c - '0')
                                                      : 100'000;
  }
  std::string_view address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  return !port.empty() && number >= 1 && number <= 65535 && is_ip_address(address);
}

std::optional<std::string> listen_problem(const std::string& address) {
  return address.empty() || is_listen_address(address)
             ? std::nullopt
             : std::optional<std::string>("expected IP:PORT, as 127.0.0.1:9464 or [::1]:9464");
}

std::optional<std::string> target_problem(const std::string& name) {
  const bool good = !name.empty() && name.size() <= 200 && name.front() != '-' &&
                    name.front() != '_' && name.front() != '.' && name.front() != '+' &&
                    std::all_of(name.begin(), name.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                             c == '_' || c == '.' || c == '+';
                    });
  return good ? std::nullopt
              : std::optional<std::string>(
                    "expected an index or alias name: lower-case letters, digits, - _ . and +");
}

const yaml::Schema<BatchConfig>& batch_schema() {
  using B = BatchConfig;
  static const yaml::Schema<B> kSchema({
      yaml::size_key(
          "max_bytes", &B::max_bytes, {64 * kKiB, 64 * kMiB},
          "A batch is what is sent at once, by whichever limit comes first. Before compression."),
      yaml::duration_key("min_age", &B::min_age, {milliseconds(10), std::chrono::minutes(1)},
                         "How long a batch of 30 documents or more is open."),
      yaml::duration_key(
          "max_age", &B::max_age, {milliseconds(10), std::chrono::minutes(10)},
          "How long one of fewer is: 10,000 quiet nodes are then not 10,000 bulks a second."),
      yaml::boolean_key("prompt", &B::prompt,
                        "A login, or what a guard of the rules covers, does not wait for more: at "
                        "most once in `min_age`."),
      yaml::number_key("max_documents", &B::max_documents, 1, 100'000, "In a batch."),
  });
  return kSchema;
}

// The same key at the top level and in a stream.
template <typename T>
yaml::Key<T> documents_key() {
  using event::DocumentForm;
  return yaml::choice_key(
      "documents", &T::documents, {{"lean", DocumentForm::lean}, {"full", DocumentForm::full}},
      "`lean`: each fact once, as the mapping of `auditship setup` answers its other names. "
      "`full`: "
      "with those names, for consumers that have no mapping (see [fields.md](fields.md)).");
}

yaml::Schema<C> status_keys() {
  return yaml::Schema<C>({
      yaml::text_key("listen", &C::status_listen, "`IP:PORT`",
                     "Answers what the socket in `data_dir` does: `/` (a page for people), "
                     "`/metrics`, `/healthz`, "
                     "`/readyz`, `/status`, `/status.json`; whoever reaches it can read them.",
                     listen_problem),
      yaml::boolean_key("events", &C::status_events,
                        "Show the last events there, too: who did what. The socket, which is "
                        "root's, always shows "
                        "them."),
  });
}

yaml::Schema<C> log_keys() {
  return yaml::Schema<C>({
      yaml::choice_key("level", &C::log_level,
                       {{"debug", "debug"}, {"info", "info"}, {"warn", "warn"}, {"error", "error"}},
                       "Of the messages of auditship itself, see [log-codes.md](log-codes.md)."),
      yaml::choice_key("format", &C::log_format,
                       {{"auto", "auto"}, {"text", "text"}, {"json", "json"}},
                       "`auto`: text on a terminal and in the journal, JSON elsewhere."),
  });
}

void read_filters(yaml::YamlMap& map, yaml::ReadContext& context, S& stream) {
  std::string filters;
  if (!map.text("filters", filters)) {
    return;
  }
  if (filters == "none") {
    stream.filters = "none";
    return;
  }
  yaml::read_file_name(map, "filters", context, yaml::FileNeeded::now, stream.filters);
}

void read_buffer(yaml::YamlMap& map, yaml::ReadContext& /*context*/, S& stream) {
  const yaml::YamlNode* node = map.get("buffer_max");
  if (node == nullptr) {
    return;
  }
  if (node->kind != yaml::YamlNode::Kind::scalar || !node->text.ends_with('%')) {
    map.size("buffer_max", 16 * kMiB, kTiB, stream.buffer_max_bytes);
    stream.buffer_max_percent.reset();
    return;
  }
  const std::string digits = node->text.substr(0, node->text.size() - 1);
  unsigned percent = 0;
  for (const char c : digits) {
    percent = c >= '0' && c <= '9' && percent <= 100 ? percent * 10 + static_cast<unsigned>(c - '0')
                                                     : 1000;
  }
  if (digits.empty() || percent < 1 || percent > 90) {
    map.add_problem("buffer_max",
                    "expected a size, as 2GiB, or a share of the disk from 1% to 90%");
  } else {
    stream.buffer_max_percent = percent;
  }
}

std::string buffer_text(const S& stream) {
  return stream.buffer_max_percent ? std::to_string(*stream.buffer_max_percent) + "%"
                                   : yaml::size_text(stream.buffer_max_bytes);
}

}  // namespace

const yaml::Schema<Config>& general_schema() {
  static const yaml::Schema<C> kSchema({
      yaml::section_key(
          "cluster",
          yaml::Schema<C>(
              {yaml::text_key("name", &C::cluster_name, "text",
                              "Goes into every document; no audit event carries it.", name_problem)
                   .with_default("required")})),
      yaml::section_key("node",
                        yaml::Schema<C>({yaml::text_key("name", &C::node_name, "text",
                                                        "Fixed in `data_dir` at the first start.",
                                                        optional_name_problem)
                                             .with_default("`NODE_NAME`, else the host's name")})),
      yaml::text_key("data_dir", &C::data_dir, "absolute path",
                     "The buffer, and what must survive a restart.", directory_problem),
      yaml::text_key("host_root", &C::host_root, "absolute path",
                     "Where this process sees the files of the host, as a container's mount. "
                     "`paths` have it; the paths that documents and their ids say do not.",
                     host_root_problem),
      documents_key<C>(),
      yaml::nested_key("batch", &C::batch, batch_schema()),
      yaml::section_key("status", status_keys()),
      yaml::section_key("log", log_keys()),
  });
  return kSchema;
}

const yaml::Schema<StreamConfig>& stream_schema() {
  static const yaml::Schema<S> kSchema({
      yaml::text_key("target", &S::target, "text", "Write alias, or prefix of dated index names.",
                     target_problem)
          .with_default("the stream's name"),
      yaml::Key<S>{"filters",
                   "file, or `none`",
                   "A rule file, or an audit Policy of a kube-apiserver; `none` keeps everything.",
                   read_filters,
                   [](yaml::YamlWriter& out, const S& stream) {
                     out.text("filters", stream.filters.empty() ? "none" : stream.filters);
                   },
                   {}}
          .with_default("by parser: `filters/RULES.yaml` beside this file"),
      yaml::Key<S>{"buffer_max", "size, 16MiB to 1TiB, or 1% to 90%",
                   "On disk while the sink does not answer; a percentage is of the disk.",
                   read_buffer,
                   [](yaml::YamlWriter& out, const S& stream) {
                     out.plain("buffer_max", buffer_text(stream));
                   },
                   buffer_text},
      documents_key<S>(),
      yaml::nested_key("batch", &S::batch, batch_schema()),
  });
  return kSchema;
}

}  // namespace auditship::config
