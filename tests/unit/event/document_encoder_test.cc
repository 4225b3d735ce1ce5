#include "agent/event/document_encoder.h"

#include <array>
#include <map>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

constexpr std::int64_t kNow = 1'795'413'791'000'000'000;  // 2026-11-23T06:03:11Z

event::EncoderOptions options() {
  event::EncoderOptions o;
  o.cluster = "prod";
  o.node = "node-1";
  o.stream = "kubeaudit";
  o.agent_version = "0.1.0";
  return o;
}

struct Lines {
  std::string document;
};

// Encodes one record. Fails the test unless the document is JSON, is valid
// UTF-8, and names no key twice at its top.
Lines encode(event::DocumentEncoder& encoder, const event::Record& record,
             const event::RawLine& line) {
  event::DocId id;
  id.text.fill('7');
  Lines out;
  encoder.append(record, line, id, kNow, out.document);
  REQUIRE(out.document.find('\n') == std::string::npos);
  REQUIRE(is_valid_utf8(out.document));
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  REQUIRE(parser.parse(out.document).get(object) == simdjson::SUCCESS);
  std::map<std::string, int, std::less<>> keys;
  for (const auto [key, value] : object) {
    INFO(key);
    CHECK(++keys[std::string(key)] == 1);
  }
  return out;
}

std::string text(const std::string& document, const std::string& key) {
  simdjson::dom::parser parser;
  std::string_view value;
  if (parser.parse(document)[key].get(value) != simdjson::SUCCESS) {
    return "<absent>";
  }
  return std::string(value);
}

std::int64_t number(const std::string& document, const std::string& key) {
  simdjson::dom::parser parser;
  std::int64_t value = -1;
  return parser.parse(document)[key].get(value) == simdjson::SUCCESS ? value : -1;
}

struct Fixture {
  event::RecordOrigin origin;
  event::RawLine line;
  event::Record record;
  Fixture() {
    set_path("/var/log/kubernetes/audit/kube-apiserver-audit.log");
    origin.sequence_member = "log.offset";
    origin.sequence_counts_bytes = true;
    line.origin = &origin;
    line.id.sequence = 4242;
    record.time_known = true;
    record.time_ns = kNow;
  }
  void set_path(const std::string& path) {
    origin.name = path;
    origin.members = {{"log.file.path", path}};
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a document has the common members under dotted names",
                 "[bulk_encoder]") {
  event::DocumentEncoder encoder(options());
  const Lines out = encode(encoder, record, line);
  CHECK(text(out.document, "@timestamp") == "2026-11-23T06:03:11.000Z");
  CHECK(text(out.document, "cluster.name") == "prod");
  CHECK(text(out.document, "node.name") == "node-1");
  CHECK(text(out.document, "log.file.path") == origin.name);
  CHECK(number(out.document, "log.offset") == 4242);
  CHECK(text(out.document, "agent.version") == "0.1.0");
  CHECK(text(out.document, "_id") == "<absent>");
  CHECK(out.document.find("\"tags\"") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "members, fields, bodies and tags of the record follow",
                 "[bulk_encoder]") {
  event::DocumentEncoder encoder(options());
  record.json = R"("kind":"Event","user":{"username":"eve"})";
  record.add("event.action", "get \"x\"\n\xff");
  record.add("http.response.status_code", "200", event::FieldType::literal);
  record.add("related.user", R"(["eve"])", event::FieldType::literal);
  record.request.raw = R"({"a":"b"})";
  record.tags = {"one", "two"};
  const Lines out = encode(encoder, record, line);
  CHECK(text(out.document, "kind") == "Event");
  CHECK(text(out.document, "event.action") == "get \"x\"\n\xef\xbf\xbd");
  CHECK(number(out.document, "http.response.status_code") == 200);
  CHECK(text(out.document, "requestObject") == R"({"a":"b"})");
  CHECK(text(out.document, "responseObject") == "<absent>");
  CHECK(out.document.find(R"("tags":["one","two"])") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "the record's own time text is kept with all its digits",
                 "[bulk_encoder]") {
  event::DocumentEncoder encoder(options());
  record.time_text = "2026-11-23T06:03:11.123456Z";
  CHECK(text(encode(encoder, record, line).document, "@timestamp") ==
        "2026-11-23T06:03:11.123456Z");
}

TEST_CASE_METHOD(Fixture, "a record without a time gets the read time and says so once",
                 "[bulk_encoder]") {
  event::DocumentEncoder encoder(options());
  record.time_known = false;
  record.time_ns = 0;
  Lines out = encode(encoder, record, line);
  CHECK(text(out.document, "@timestamp") == "2026-11-23T06:03:11.000Z");
  CHECK(out.document.find(R"("tags":["timestamp-unparsed"])") != std::string::npos);
  record.tags = {"timestamp-unparsed", "no-header"};
  out = encode(encoder, record, line);
  CHECK(out.document.find(R"("tags":["timestamp-unparsed","no-header"])") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a lean document has the stored fields only, a full one the others, too",
                 "[bulk_encoder]") {
  using event::FieldRole;
  using event::FieldType;
  const std::string longer(1000, 'x');
  const std::array<FieldRole, 5> roles = {FieldRole::alias, FieldRole::copied, FieldRole::stored,
                                          FieldRole::restated, FieldRole::unwritten};
  const std::array<std::string_view, 5> names = {"a.short", "b.short", "c.short", "d.short",
                                                 "e.short"};
  const std::array<std::string_view, 5> long_names = {"a.long", "b.long", "c.long", "d.long",
                                                      "e.long"};
  for (std::size_t first = 0; first < roles.size(); ++first) {
    record.fields.clear();
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const std::size_t at = (first + i) % roles.size();
      record.add(names[at], "\"v\"", FieldType::string, roles[at]);
      record.add(long_names[at], longer, FieldType::string, roles[at]);
    }
    for (const event::DocumentForm form : {event::DocumentForm::lean, event::DocumentForm::full}) {
      event::EncoderOptions o = options();
      o.form = form;
      event::DocumentEncoder encoder(o);
      const std::string document = encode(encoder, record, line).document;
      for (std::size_t i = 0; i < roles.size(); ++i) {
        const bool there = roles[i] == FieldRole::stored ||
                           (form == event::DocumentForm::full && roles[i] != FieldRole::unwritten);
        INFO(names[i]);
        CHECK(text(document, std::string(names[i])) == (there ? "\"v\"" : "<absent>"));
        CHECK(text(document, std::string(long_names[i])) == (there ? longer : "<absent>"));
      }
    }
  }
}

TEST_CASE_METHOD(Fixture, "a document without stored fields is whole", "[bulk_encoder]") {
  event::DocumentEncoder encoder(options());
  record.add_alias("user.name", "eve");
  CHECK(text(encode(encoder, record, line).document, "user.name") == "<absent>");
  CHECK(record.field("user.name") == "eve");
}

TEST_CASE_METHOD(Fixture, "the id is the first member where nothing beside the document says it",
                 "[bulk_encoder]") {
  event::EncoderOptions o = options();
  o.id_place = event::IdPlace::member;
  event::DocumentEncoder encoder(o);
  const std::string document = encode(encoder, record, line).document;
  CHECK(document.starts_with("{\"_id\":\"" + std::string(event::DocId::kSize, '7') +
                             "\",\"@timestamp\":"));
}

TEST_CASE_METHOD(Fixture,
                 "full documents of a cluster's own events name their orchestrator's cluster",
                 "[bulk_encoder]") {
  event::EncoderOptions o = options();
  o.form = event::DocumentForm::full;
  event::DocumentEncoder plain(o);
  CHECK(encode(plain, record, line).document.find("orchestrator") == std::string::npos);
  o.orchestrated = true;
  event::DocumentEncoder encoder(o);
  CHECK(text(encode(encoder, record, line).document, "orchestrator.cluster.name") == "prod");
  o.form = event::DocumentForm::lean;
  event::DocumentEncoder lean(o);
  CHECK(encode(lean, record, line).document.find("orchestrator") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a body is text, repaired, and cut at a character with marker and length",
                 "[bulk_encoder]") {
  event::EncoderOptions o = options();
  o.body_max_bytes = 8;
  event::DocumentEncoder encoder(o);
  const std::string body = "{\"k\":\"\xc3\xa9\xc3\xa9\"}";  // é is bytes 6 and 7
  record.request.raw = body;
  record.response.raw = "[\xff]";
  Lines out = encode(encoder, record, line);
  CHECK(text(out.document, "requestObject") == "{\"k\":\"\xc3\xa9");
  CHECK(out.document.find("\"requestObject_cut\":true") != std::string::npos);
  CHECK(number(out.document, "requestObject_length") == static_cast<std::int64_t>(body.size()));
  CHECK(text(out.document, "responseObject") == "[\xef\xbf\xbd]");
  CHECK(out.document.find("responseObject_cut") == std::string::npos);

  record.request = event::Body{"{}", 99999, true};  // cut before it came here
  out = encode(encoder, record, line);
  CHECK(text(out.document, "requestObject") == "{}");
  CHECK(number(out.document, "requestObject_length") == 99999);

  record.request = event::Body{{}, 500, true};  // gone, but it was there
  out = encode(encoder, record, line);
  CHECK(text(out.document, "requestObject") == "<absent>");
  CHECK(number(out.document, "requestObject_length") == 500);
}

TEST_CASE_METHOD(Fixture, "each file has its own constants, also with more files than are cached",
                 "[bulk_encoder]") {
  event::DocumentEncoder encoder(options());
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 300; ++i) {
      set_path("/logs/" + std::to_string(i) + "/\"audit\".log");
      CHECK(text(encode(encoder, record, line).document, "log.file.path") == origin.name);
    }
  }
  line.origin = nullptr;
  const Lines out = encode(encoder, record, line);
  CHECK(text(out.document, "log.file.path") == "<absent>");
  CHECK(text(out.document, "cluster.name") == "prod");
}

TEST_CASE_METHOD(Fixture, "a salvaged record says where it begins, and an empty literal is null",
                 "[bulk_encoder]") {
  event::DocumentEncoder encoder(options());
  record.offset_in_line = 8;
  record.add("process.pid", "", event::FieldType::literal);
  const Lines out = encode(encoder, record, line);
  CHECK(number(out.document, "log.offset") == 4250);
  CHECK(out.document.find("\"process.pid\":null") != std::string::npos);
}
