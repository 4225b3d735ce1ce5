// Deriver: the port that makes documents of many lines, such as one of a whole login.
//
//   if (deriver.applies_to(record)) {
//     deriver.observe(record, id_of(record), derived);   // may add fields to the record
//   }
//
// It is shown the records of one source in order, behind the parser and before the filter; make one
// a source. What it derives is a function of those records alone, no clock and no chance, so that
// the same lines read again give the same documents under the same ids. Its state is kept beside
// the source's position (Checkpoint::state). No input may make it fail. Not thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "agent/event/event.h"

namespace auditship::parsers {

// Records that were derived. The id of one is made of the id of the line that it is about.
class DerivedRecords {
 public:
  struct Item {
    // Says which of several documents about that line it is. Static storage.
    std::string_view label;
    // The line's document id as text.
    std::string origin;
    event::Record record;
  };

  void clear() { size_ = 0; }
  event::Record& add(std::string_view label, std::string_view origin) {
    if (size_ == items_.size()) {
      items_.emplace_back();
    }
    Item& item = items_[size_++];
    item.label = label;
    item.origin = origin;
    item.record.clear();
    return item.record;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  Item& operator[](std::size_t i) { return items_[i]; }
  const Item& operator[](std::size_t i) const { return items_[i]; }

 private:
  std::deque<Item> items_;
  std::size_t size_ = 0;
};

class Deriver {
 public:
  Deriver() = default;
  Deriver(const Deriver&) = delete;
  Deriver& operator=(const Deriver&) = delete;
  virtual ~Deriver() = default;

  // Whether observe() would do anything. Cheap: asked for every record.
  [[nodiscard]] virtual bool applies_to(const event::Record& record) const = 0;
  // id: of the record's document. Adds what is derived to out, which it does not clear.
  virtual void observe(event::Record& record, std::string_view id, DerivedRecords& out) = 0;

  // Everything it remembers, at most Checkpoint::kMaxStateBytes; empty if there is nothing.
  [[nodiscard]] virtual std::string state() const = 0;
  // How long state() is, at the most. Cheap: asked for after every read, state() once a frame.
  [[nodiscard]] virtual std::size_t state_bytes() const = 0;
  // False, and nothing is remembered, when state cannot be understood.
  [[nodiscard]] virtual bool restore(std::string_view state) = 0;
};

}  // namespace auditship::parsers
