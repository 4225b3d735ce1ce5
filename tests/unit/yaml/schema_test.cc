#include "agent/yaml/schema.h"

#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship::yaml {
namespace {

using std::chrono::milliseconds;

enum class Color : std::uint8_t { red, green };

struct Inner {
  std::uint64_t size = 1 << 20;
};

struct Options {
  std::string name, secret, file, later;
  std::vector<std::string> words;
  bool on = false;
  std::uint32_t count = 3;
  std::uint64_t limit = 64 << 10;
  milliseconds wait{90'000};
  Color color = Color::red;
  std::string low;
  Inner inner;
};

const Schema<Options>& schema() {
  using O = Options;
  static const Schema<O> kSchema(
      {
          text_key("name", &O::name, "text", "A name.",
                   [](std::string& text) -> std::optional<std::string> {
                     return text == "bad" ? std::optional<std::string>("expected a good name")
                                          : std::nullopt;
                   })
              .with_default("the host's"),
          secret_key("secret", &O::secret, "Not to be seen."),
          file_key("file", &O::file, FileNeeded::now, "A file."),
          file_key("later", &O::later, FileNeeded::for_delivery, "Another."),
          texts_key("words", &O::words, "list of words", "Some.",
                    [](std::string& text) -> std::optional<std::string> {
                      return text.empty() ? std::optional<std::string>("expected a word")
                                          : std::nullopt;
                    }),
          boolean_key("on", &O::on, "Whether."),
          number_key("count", &O::count, 1, 9, "How many."),
          size_key("limit", &O::limit, {1 << 10, 1 << 20}, "How much."),
          duration_key("wait", &O::wait, {milliseconds(10), std::chrono::minutes(5)}, "How long."),
          choice_key("color", &O::color, {{"red", Color::red}, {"green", Color::green}}, "Which."),
          section_key("low", Schema<O>({text_key("er", &O::low, "text", "Below.")})),
          nested_key("inner", &O::inner,
                     Schema<Inner>({size_key("size", &Inner::size, {0, 1 << 30}, "Of it.")})),
      },
      [](YamlMap& map, ReadContext& context, Options& options) {
        if (options.on && options.name.empty()) {
          map.add_problem("on", "a name is needed for that");
        }
        if (options.count == 9) {
          context.warn("nine is much");
        }
      });
  return kSchema;
}

// Reads texts over default options.
struct Reader {
  test::SimClock clock;
  test::SimFs fs{clock};
  ReadContext context{fs, "/etc/f.yaml", {}, {}};
  Options options;

  Reader() {
    REQUIRE(fs.make_dirs("/etc").ok());
    fs.put("/etc/there", "x");
  }
  std::string read(std::string_view text) {
    const auto document = parse_yaml("f.yaml", text);
    REQUIRE(document.ok());
    YamlProblems problems("f.yaml");
    YamlMap map(problems, document->root, "");
    schema().read(map, context, options);
    map.done();
    return problems.empty() ? "" : problems.error().message;
  }
};

TEST_CASE("each kind of key is read, and what is absent stays as it is", "[yaml]") {
  Reader reader;
  CHECK(reader
            .read("name: me\nfile: there\nwords: [a, b]\non: true\ncount: 9\nlimit: 2KiB\n"
                  "wait: 1m\ncolor: green\nlow: {er: x}\ninner: {size: 5}\n")
            .empty());
  CHECK(reader.options.name == "me");
  CHECK(reader.options.file == "/etc/there");
  CHECK(reader.options.words == std::vector<std::string>{"a", "b"});
  CHECK(reader.options.count == 9);
  CHECK(reader.options.limit == 2048);
  CHECK(reader.options.wait == milliseconds(60'000));
  CHECK(reader.options.color == Color::green);
  CHECK(reader.options.low == "x");
  CHECK(reader.options.inner.size == 5);
  CHECK(reader.context.warnings == std::vector<std::string>{"nine is much"});
  CHECK(reader.read("count: 4\n").empty());
  CHECK(reader.options.name == "me");
}

TEST_CASE("what is wrong with a key is told with its place", "[yaml]") {
  Reader reader;
  CHECK(reader.read("name: bad\n") == "f.yaml:1:7: name: expected a good name");
  CHECK(reader.read("name: ''\non: true\n") == "f.yaml:2:5: on: a name is needed for that");
  CHECK(reader.read("on: false\nwords: ['']\n") == "f.yaml:2:8: words: expected a word");
  CHECK(reader.read("limit: 1\n") ==
        "f.yaml:1:8: limit: expected a size from 1KiB to 1MiB, found 1");
  CHECK(reader.read("color: blue\n") == "f.yaml:1:8: color: expected red or green, found \"blue\"");
  CHECK(reader.read("low: {err: x}\n") ==
        "f.yaml:1:7: unknown key \"err\" in low; did you mean \"er\"?");
  CHECK(reader.read("file: gone\n").find("f.yaml:1:7: file: file /etc/gone") == 0);
}

TEST_CASE("a file of delivery that is not there is no mistake", "[yaml]") {
  Reader reader;
  CHECK(reader.read("later: gone\n").empty());
  CHECK(reader.read("later: gone\n").empty());
  REQUIRE(reader.context.missing.size() == 1);
  CHECK(reader.context.missing[0].find("later: file /etc/gone") == 0);
}

TEST_CASE("what is written is read back, with secrets masked and empty texts left out", "[yaml]") {
  Reader reader;
  CHECK(reader.read("name: '$${x} \"q\"'\nsecret: hunter2\nwords: [a]\nwait: 1500ms\n").empty());
  YamlWriter out;
  schema().write(out, reader.options);
  const std::string text = out.take();
  CHECK(text ==
        "name: \"$$${x} \\\"q\\\"\"\nsecret: \"********\"\nwords:\n  - \"a\"\non: false\ncount: 3\n"
        "limit: 64KiB\nwait: 1500ms\ncolor: \"red\"\ninner:\n  size: 1MiB\n");
  Reader again;
  CHECK(again.read(text).empty());
  CHECK(again.options.wait == milliseconds(1500));
}

TEST_CASE("each key has a row for people", "[yaml]") {
  const std::vector<KeyRow> rows = schema().rows(Options());
  REQUIRE(rows.size() == 12);
  CHECK(rows[0].default_text == "the host's");
  CHECK(rows[1].default_text.empty());
  CHECK(rows[4].default_text == "`[]`");
  CHECK(rows[6].type == "number, 1 to 9");
  CHECK(rows[7].type == "size, 1KiB to 1MiB");
  CHECK(rows[7].default_text == "`64KiB`");
  CHECK(rows[8].type == "duration, 10ms to 5m");
  CHECK(rows[8].default_text == "`90s`");
  CHECK(rows[9].type == "`red` or `green`");
  CHECK(rows[10].key == "low.er");
  CHECK(rows[11].key == "inner.size");
  CHECK(rows[11].meaning == "Of it.");
  CHECK(schema().knows("low"));
  CHECK_FALSE(schema().knows("er"));
}

TEST_CASE("durations and sizes are written so that they are read back", "[yaml]") {
  for (const std::int64_t ms : {0, 1, 999, 1000, 90'000, 3'600'000, 5'400'000, 86'400'000}) {
    const auto again = parse_duration(duration_text(milliseconds(ms)));
    REQUIRE(again.ok());
    CHECK(*again == milliseconds(ms));
  }
  for (const std::uint64_t bytes : {0ULL, 1ULL, 1023ULL, 1024ULL, 5ULL << 20, 3ULL << 40}) {
    CHECK(parse_size(size_text(bytes)).ok());
    CHECK(*parse_size(size_text(bytes)) == bytes);
  }
}

}  // namespace
}  // namespace auditship::yaml
