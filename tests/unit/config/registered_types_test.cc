// An input, a format and a destination that are only registered, as a new one would be: nothing else knows them.
#include "agent/app/registered_types.h"

#include "agent/config/config.h"
#include "agent/config/key_tables.h"
#include "parsers/registry.h"
#include "sinks/framing/line_framing.h"
#include "sinks/registry.h"
#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship {
namespace {

extern const parsers::ParserType kPlain;
extern const sinks::SinkType kBucket;
extern const input::InputType kQueue;

class PlainConfig final : public yaml::SectionOf<PlainConfig, parsers::ParserConfig> {
 public:
  std::string separator = ",";
  bool keep_original = false;

  static const yaml::Schema<PlainConfig>& schema() {
    static const yaml::Schema<PlainConfig> kSchema({
        yaml::text_key("separator", &PlainConfig::separator, "text", "Between the fields."),
        yaml::boolean_key("keep_original", &PlainConfig::keep_original, "The whole line, too."),
    });
    return kSchema;
  }
  [[nodiscard]] const parsers::ParserType& type() const override { return kPlain; }
  [[nodiscard]] Result<std::unique_ptr<parsers::ParserFactory>> make_factory(
      const parsers::ParserServices& /*services*/) const override {
    return Error{Errc::invalid, "none is made here"};
  }
};

constexpr std::string_view kPlainPaths[] = {"/var/log/plain.log"};

const parsers::ParserType kPlain{
    .name = "plain",
    .summary = "plain lines",
    .default_stream = "plainlog",
    .default_paths = kPlainPaths,
    .rules = "plain",
    .templates = "plain",
    .cluster_scoped = false,
    .make_config =
        [] { return std::unique_ptr<parsers::ParserConfig>(std::make_unique<PlainConfig>()); },
    .list_keys = nullptr,
};

extern const parsers::ParserType kBare;

// A format that has nothing but its name.
class BareConfig final : public yaml::SectionOf<BareConfig, parsers::ParserConfig> {
 public:
  static const yaml::Schema<BareConfig>& schema() {
    static const yaml::Schema<BareConfig> kSchema(std::vector<yaml::Key<BareConfig>>{});
    return kSchema;
  }
  [[nodiscard]] const parsers::ParserType& type() const override { return kBare; }
  [[nodiscard]] Result<std::unique_ptr<parsers::ParserFactory>> make_factory(
      const parsers::ParserServices& /*services*/) const override {
    return Error{Errc::invalid, "none is made here"};
  }
};

const parsers::ParserType kBare{
    .name = "bare",
    .summary = "bare lines",
    .make_config =
        [] { return std::unique_ptr<parsers::ParserConfig>(std::make_unique<BareConfig>()); },
};

class BucketConfig final : public yaml::SectionOf<BucketConfig, sinks::SinkConfig> {
 public:
  std::string bucket, key;

  static const yaml::Schema<BucketConfig>& schema() {
    static const yaml::Schema<BucketConfig> kSchema(
        {
            yaml::text_key("bucket", &BucketConfig::bucket, "text", "Its name."),
            yaml::secret_key("key", &BucketConfig::key, "Its key."),
        },
        [](yaml::YamlMap& map, yaml::ReadContext&, BucketConfig& config) {
          if (config.bucket.empty()) {
            map.add_problem("bucket", "expected the name of a bucket");
          }
        });
    return kSchema;
  }
  [[nodiscard]] const sinks::SinkType& type() const override { return kBucket; }
  [[nodiscard]] bool is_given() const override { return !bucket.empty(); }
  [[nodiscard]] std::string destination() const override { return "bucket " + bucket; }
  [[nodiscard]] sinks::SinkNeeds needs() const override { return {}; }
  [[nodiscard]] std::shared_ptr<const sinks::framing::ItemFraming> framing(
      const std::string& /*target*/) const override {
    return std::make_shared<sinks::framing::LineFraming>();
  }
  [[nodiscard]] Result<std::unique_ptr<sinks::SinkConnection>> connect(
      const sinks::SinkServices& /*services*/) const override {
    return Error{Errc::invalid, "none is made here"};
  }
};

const sinks::SinkType kBucket{
    .name = "bucket",
    .summary = "a bucket",
    .required = "bucket",
    .make_config =
        [] { return std::unique_ptr<sinks::SinkConfig>(std::make_unique<BucketConfig>()); },
    .check_online = nullptr,
    .connect_client = nullptr,
    .set_up = nullptr,
    .repair = nullptr,
};

class QueueConfig final : public yaml::SectionOf<QueueConfig, input::InputConfig> {
 public:
  std::string queue;

  static const yaml::Schema<QueueConfig>& schema() {
    static const yaml::Schema<QueueConfig> kSchema(
        {yaml::text_key("queue", &QueueConfig::queue, "text", "Its name.")});
    return kSchema;
  }
  [[nodiscard]] const input::InputType& type() const override { return kQueue; }
  [[nodiscard]] std::string_view missing_key() const override {
    return queue.empty() ? "queue" : "";
  }
  [[nodiscard]] std::optional<std::string> overlap(const InputConfig& other) const override {
    const auto* same = dynamic_cast<const QueueConfig*>(&other);
    return same != nullptr && same->queue == queue ? std::optional(queue) : std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> places() const override { return {queue}; }
  [[nodiscard]] Result<std::unique_ptr<input::SourceDiscovery>> make_discovery(
      const input::InputServices& /*services*/,
      const input::InputStream& /*stream*/) const override {
    return Error{Errc::invalid, "none is made here"};
  }
  [[nodiscard]] std::vector<std::string> check_logs(
      const input::InputServices& /*services*/) const override {
    return {queue + " answers"};
  }
};

const input::InputType kQueue{
    .name = "queue",
    .summary = "a queue",
    .make_config =
        [] { return std::unique_ptr<input::InputConfig>(std::make_unique<QueueConfig>()); },
    .describe = nullptr,
};

// The registered types and these three.
struct MoreTypes {
  config::RegisteredTypes types = app::registered_types();
  std::vector<const input::InputType*> inputs;
  std::vector<const parsers::ParserType*> parsers;
  std::vector<const sinks::SinkType*> sinks;

  MoreTypes()
      : inputs(types.inputs.begin(), types.inputs.end()),
        parsers(types.parsers.begin(), types.parsers.end()),
        sinks(types.sinks.begin(), types.sinks.end()) {
    parsers.push_back(&kPlain);
    sinks.push_back(&kBucket);
    inputs.push_back(&kQueue);
    types.inputs = inputs;
    types.parsers = parsers;
    types.sinks = sinks;
  }
};

Result<config::Config> parse(const MoreTypes& more, const std::string& text) {
  test::SimClock clock;
  test::SimFs fs(clock);
  REQUIRE(fs.make_dirs("/etc").ok());
  fs.put("/etc/localtime", "TZif");
  return config::parse_config(fs, more.types, "/etc/auditship.yaml", "cluster: {name: c}\n" + text,
                              [](const std::string&) { return std::optional<std::string>(); });
}

std::string refusal(const MoreTypes& more, const std::string& text) {
  const auto config = parse(more, text);
  return config ? "read" : config.error().message;
}

void has(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("a registered parser has its stream, keys and rules without anybody naming it",
          "[config]") {
  const MoreTypes more;
  const auto config = parse(more,
                            "separator: ';'\nkeep_original: true\n"
                            "streams: {own: {parser: plain, paths: [/own], separator: '-'}}\n");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  REQUIRE(config->streams.size() == 4);
  const config::StreamConfig& standard = config->streams[2];
  CHECK(standard.name == "plainlog");
  CHECK(standard.input->places() == std::vector<std::string>{"/var/log/plain.log"});
  CHECK(dynamic_cast<const PlainConfig&>(*standard.parser).separator == ";");
  CHECK(dynamic_cast<const PlainConfig&>(*standard.parser).keep_original);
  CHECK(dynamic_cast<const PlainConfig&>(*config->streams[3].parser).separator == "-");
  bool missed = false;
  for (const std::string& warning : config->warnings) {
    missed = missed || warning.find("stream plainlog: no rule file /etc/filters/plain.yaml") == 0;
  }
  CHECK(missed);
  has(config::render_effective(*config), "parser: \"plain\"\n    separator: \";\"\n");
}

TEST_CASE("a format without default rules keeps everything, and nothing is missed", "[config]") {
  MoreTypes more;
  more.parsers.push_back(&kBare);
  more.types.parsers = more.parsers;
  const auto config = parse(more,
                            "streams: {kubeaudit: {enabled: false}, authlog: {enabled: false},"
                            " plainlog: {enabled: false}, own: {parser: bare, paths: [/own]}}\n");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  CHECK(config->streams.back().filters.empty());
  for (const std::string& warning : config->warnings) {
    CHECK(warning.find("no rule file") == std::string::npos);
  }
}

TEST_CASE("a registered input is read, shown and compared without anybody naming it", "[config]") {
  const MoreTypes more;
  const auto config = parse(more, "streams: {own: {parser: plain, input: queue, queue: q1}}\n");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  const config::StreamConfig& own = config->streams.back();
  CHECK(own.input->places() == std::vector<std::string>{"q1"});
  test::SimClock clock;
  test::SimFs fs(clock);
  CHECK(own.input->log_files(fs, "") == nullptr);
  has(config::render_effective(*config), "queue: \"q1\"");
  has(refusal(more, "streams: {own: {parser: plain, input: queue}}\n"), "needs \"queue\"");
  has(refusal(more, "streams: {own: {parser: plain, input: que, queue: q}}\n"),
      "expected file or queue, found \"que\"");
  has(refusal(more,
              "streams: {a: {parser: plain, input: queue, queue: q, target: t},"
              " b: {parser: plain, input: queue, queue: q, target: t}}\n"),
      "both read q");
}

TEST_CASE("hints and refusals name what is registered", "[config]") {
  const MoreTypes more;
  has(refusal(more, "streams: {plainlgo: {target: x}}\n"), "did you mean \"plainlog\"?");
  has(refusal(more, "streams: {plainlog: {separater: ';'}}\n"), "did you mean \"separator\"?");
  has(refusal(more, "streams: {authlog: {separator: ';'}}\n"), "belongs to the parser plain");
  has(refusal(more, "streams: {x: {parser: other, paths: [/a]}}\n"),
      "expected kube_audit, auth_log or plain, found \"other\"");
  has(refusal(more, "sink: {type: buckett}\n"), "expected file, opensearch or bucket, found");
  has(refusal(more, "sink: {type: bucket}\n"), "required for type bucket: at least bucket");
  has(refusal(more, "sink: {type: bucket, bucket: {buckt: b}}\n"), "did you mean \"bucket\"?");
}

TEST_CASE("a mistake in a key that two parsers have is told once", "[config]") {
  const MoreTypes more;
  const std::string said = refusal(more, "keep_original: perhaps\n");
  CHECK(said ==
        "/etc/auditship.yaml:2:16: keep_original: expected true or false, found \"perhaps\"");
}

TEST_CASE("a registered sink is read, shown without its secret and named", "[config]") {
  const MoreTypes more;
  const auto config = parse(more, "sink: {type: bucket, bucket: {bucket: b, key: hunter2}}\n");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  CHECK(config->sink().destination() == "bucket b");
  const std::string text = config::render_effective(*config);
  has(text, "type: \"bucket\"");
  has(text, "bucket: \"b\"");
  CHECK(text.find("hunter2") == std::string::npos);
}

TEST_CASE("registered types are documented", "[config]") {
  const MoreTypes more;
  const std::string text = config::markdown_of(config::key_tables(more.types));
  has(text, "### Parser `plain`");
  has(text, "| `separator` | text | `,` | Between the fields. |");
  has(text, "The stream `plainlog` is on without being named");
  has(text, "| `sink.bucket.bucket` | text | – | Its name. |");
  has(text, "`kube_audit`, `auth_log` or `plain`");
}

TEST_CASE("names of registered types are unique, and each can be made", "[config]") {
  const config::RegisteredTypes types = app::registered_types();
  std::vector<std::string_view> names;
  for (const parsers::ParserType* type : types.parsers) {
    names.push_back(type->name);
    CHECK(&type->make_config()->type() == type);
    CHECK_FALSE(type->rules.empty());
    CHECK_FALSE(type->templates.empty());
  }
  for (const sinks::SinkType* type : types.sinks) {
    names.push_back(type->name);
    CHECK(&type->make_config()->type() == type);
  }
  for (const input::InputType* type : types.inputs) {
    CHECK(&type->make_config()->type() == type);
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

}  // namespace
}  // namespace auditship
