// Any bytes as frame, segment header, segment file or ack file: decoders and recovery answer,
// nothing else.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/buffer/frame.h"
#include "agent/buffer/segment_log.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace auditship;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto head = buffer::decode_frame_head(bytes);
      head && bytes.size() >= buffer::kFrameHeadBytes + head->meta_bytes) {
    (void)buffer::decode_frame_meta(*head,
                                    bytes.substr(0, buffer::kFrameHeadBytes + head->meta_bytes));
  }
  (void)buffer::decode_segment_header(bytes);

  test::SimClock clock;
  test::SimFs fs(clock);
  test::LogCapture logger;
  (void)fs.make_dirs("/b");
  const bool ack = size > 0 && data[0] % 2 == 0;
  fs.put(ack ? "/b/ack" : "/b/seg-0000000000000001.log", bytes);
  buffer::SegmentLogOptions options;
  options.directory = "/b";
  auto log = buffer::SegmentLog::open(fs, logger, options);
  if (log) {
    for (int i = 0; i < 100; ++i) {
      auto frame = (*log)->next(0);
      if (!frame || !*frame) {
        break;
      }
    }
  }
  return 0;
}
