// NameTable: names that are known when the program is compiled. Whether a text is one of them, and
// which, is told by one look and at most one comparison.
//
//   static constexpr NameTable<2> kNames({"event.action", "host"});
//   if (const std::size_t i = kNames.find(name); i < kNames.size()) …
//
// A table of names that it cannot tell apart does not compile. Immutable; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace auditship::parsers::auth_log::ssh_sessions::lines {

template <std::size_t kCount>
class NameTable {
 public:
  explicit constexpr NameTable(const std::array<std::string_view, kCount>& names) : names_(names) {
    while (!fill()) {
      factor_ += 2;
    }
  }

  [[nodiscard]] static constexpr std::size_t size() { return kCount; }

  // The place of name among them; size() if it is none of them.
  [[nodiscard]] std::size_t find(std::string_view name) const {
    if (name.empty()) {
      return kCount;
    }
    const std::size_t place = slots_[slot_of(name)];
    if (place == kCount || names_[place].size() != name.size()) {
      return kCount;
    }
    // The linker puts equal literals in one place.
    const bool same = names_[place].data() == name.data() || names_[place] == name;
    return same ? place : kCount;
  }

 private:
  static constexpr unsigned kSlotBits = 8;
  static_assert(kCount < 64, "more need more slots");

  [[nodiscard]] constexpr std::size_t slot_of(std::string_view name) const {
    const auto at = [&](std::size_t i) {
      return std::uint32_t{static_cast<unsigned char>(name[i])};
    };
    const std::size_t size = name.size();
    const std::uint32_t key = (static_cast<std::uint32_t>(size) << 24U) ^ (at(size / 2) << 16U) ^
                              (at(size - size / 4 - 1) << 8U) ^ at(size - 1);
    return key * factor_ >> (32U - kSlotBits);
  }

  // False: two names have one slot.
  constexpr bool fill() {
    for (std::uint8_t& slot : slots_) {
      slot = kCount;
    }
    for (std::size_t i = 0; i < kCount; ++i) {
      std::uint8_t& slot = slots_[slot_of(names_[i])];
      if (slot != kCount) {
        return false;
      }
      slot = static_cast<std::uint8_t>(i);
    }
    return true;
  }

  std::array<std::string_view, kCount> names_;
  std::array<std::uint8_t, std::size_t{1} << kSlotBits> slots_{};
  std::uint32_t factor_ = 0x9E3779B1U;
};

}  // namespace auditship::parsers::auth_log::ssh_sessions::lines
