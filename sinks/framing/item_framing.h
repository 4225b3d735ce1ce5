// ItemFraming: how the documents of a batch stand in its body, one behind the other.
//
//   framing.begin_item({id, {}, time_ns}, body);   // what stands before the document
//   encoder.append(record, …, body);               // the document, one line of JSON
//   framing.end_item(body);
//
//   for (const FramedItem& item : *framing.split(body)) …
//
// An item is a head (may be empty), the document, and a newline. Which head, is the sink's: `_bulk`
// wants an action line, a file wants none. Frames of the buffer hold bodies as they are sent, so the
// name of the framing is kept with them (docs/buffer-format.md). Implementations are stateless:
// one object may be used by several streams and threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace auditship::sinks::framing {

// What a framing may say about a document beside it.
struct ItemAddress {
  std::string_view id;
  // The index that the document goes to. Empty: the framing names one by time, or none.
  std::string_view index;
  // Of the event, ns since the epoch.
  std::int64_t time_ns = 0;
};

// Views into the body that split() was given.
struct FramedItem {
  // All that stands before the document, with its newline.
  std::string_view head;
  // Without its newline.
  std::string_view document;

  // Bytes of the item in a body.
  [[nodiscard]] std::uint64_t size() const { return head.size() + document.size() + 1; }
};

class ItemFraming {
 public:
  ItemFraming() = default;
  ItemFraming(const ItemFraming&) = delete;
  ItemFraming& operator=(const ItemFraming&) = delete;
  virtual ~ItemFraming() = default;

  // Stable; at most 32 bytes. It is stored with the frames of a buffer.
  [[nodiscard]] virtual std::string_view name() const = 0;

  // Whether heads say the ids of their documents; else the documents have to.
  [[nodiscard]] virtual bool head_has_id() const = 0;

  virtual void begin_item(const ItemAddress& address, std::string& body) const = 0;
  static void end_item(std::string& body) { body += '\n'; }

  // The items of an unpacked body. Errors: corrupt, when it was not framed like this.
  [[nodiscard]] virtual Result<std::vector<FramedItem>> split(std::string_view body) const = 0;
  // What the head says; empty where it does not say it.
  [[nodiscard]] virtual std::string_view id_of(const FramedItem& item) const = 0;
  [[nodiscard]] virtual std::string_view index_of(const FramedItem& item) const = 0;
};

}  // namespace auditship::sinks::framing
