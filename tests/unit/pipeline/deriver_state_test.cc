// When what a deriver remembers is written down.
#include "tests/support/catch.h"
#include "tests/support/stream_rig.h"

using namespace auditship;
using namespace auditship::test;

namespace {

// Counts how often what it knows is written down.
class CountingDeriver final : public parsers::Deriver {
 public:
  explicit CountingDeriver(int& count) : count_(count) {}
  [[nodiscard]] bool applies_to(const event::Record&) const override { return false; }
  void observe(event::Record&, std::string_view, parsers::DerivedRecords&) override {}
  [[nodiscard]] std::string state() const override {
    ++count_;
    return {};
  }
  [[nodiscard]] std::size_t state_bytes() const override { return 0; }
  [[nodiscard]] bool restore(std::string_view) override { return true; }

 private:
  int& count_;
};

}  // namespace

TEST_CASE("what a deriver knows is written down once a frame, not once a small file",
          "[pipeline]") {
  constexpr int kFiles = 320;
  StreamRig rig(1);
  for (int i = kFiles; i > 0; --i) {
    rig.fs.put(StreamRig::kLog + ("." + std::to_string(i)),
               "Nov 29 10:00:00 h app: file " + std::to_string(i) + "\n");
  }
  rig.fs.append(StreamRig::kLog, "Nov 29 10:00:00 h app: live\n");
  int written_down = 0;
  rig.start([&] { return std::make_unique<CountingDeriver>(written_down); });
  rig.run(200, true);
  CHECK(rig.stream->stats().read.lines == kFiles + 1);
  CHECK(rig.store.documents.size() == kFiles + 1);
  CHECK(written_down > 0);
  CHECK(written_down < kFiles / 10);
}
