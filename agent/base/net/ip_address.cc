#include "agent/base/net/ip_address.h"

#include <cstddef>

namespace auditship {
namespace {

constexpr std::size_t kMaxIpv6 = 45;
constexpr std::size_t kMaxZone = 64;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::size_t group_end(std::string_view text, std::size_t from) {
  while (from < text.size() && is_hex(text[from])) {
    ++from;
  }
  return from;
}

// A gap (::) stands for one group or more.
bool is_whole(int groups, bool gap) { return gap ? groups <= 7 : groups == 8; }

// Steps from behind a group to the next one, or behind the gap. False: something else is there,
// nothing follows the colon, or it is a second gap.
bool step_colon(std::string_view text, std::size_t& i, bool& gap) {
  if (text[i] != ':' || ++i == text.size()) {
    return false;
  }
  if (text[i] != ':') {
    return true;
  }
  if (gap) {
    return false;
  }
  gap = true;
  ++i;
  return true;
}

bool is_zone(std::string_view zone) {
  if (zone.empty() || zone.size() > kMaxZone) {
    return false;
  }
  for (const char c : zone) {
    const bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    c == '.' || c == '_' || c == '-' || c == '@';
    if (!ok) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool is_ipv4(std::string_view text) {
  if (text.size() < 7 || text.size() > 15) {
    return false;
  }
  int parts = 0;
  std::size_t i = 0;
  while (true) {
    const std::size_t begin = i;
    unsigned value = 0;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9' && i - begin < 4) {
      value = value * 10 + static_cast<unsigned>(text[i] - '0');
      ++i;
    }
    const std::size_t digits = i - begin;
    if (digits == 0 || value > 255 || (digits > 1 && text[begin] == '0')) {
      return false;
    }
    if (++parts == 4) {
      return i == text.size();
    }
    if (i == text.size() || text[i] != '.') {
      return false;
    }
    ++i;
  }
}

bool is_ipv6(std::string_view text) {
  if (text.size() < 2 || text.size() > kMaxIpv6) {
    return false;
  }
  bool gap = text[0] == ':';
  if (gap && text[1] != ':') {
    return false;
  }
  int groups = 0;
  std::size_t i = gap ? 2 : 0;
  while (i < text.size()) {
    const std::size_t end = group_end(text, i);
    if (end < text.size() && text[end] == '.') {
      return is_ipv4(text.substr(i)) && is_whole(groups + 2, gap);
    }
    if (end == i || end - i > 4) {
      return false;
    }
    ++groups;
    i = end;
    if (i == text.size()) {
      break;
    }
    if (!step_colon(text, i, gap)) {
      return false;
    }
  }
  return is_whole(groups, gap);
}

bool is_ip_address(std::string_view text) { return is_ipv4(text) || is_ipv6(text); }

IpText read_ip(std::string_view text) {
  if (is_ipv4(text)) {
    return {true, text, false};
  }
  const std::size_t percent = text.find('%');
  const std::string_view address = text.substr(0, percent);
  if (!is_ipv6(address)) {
    return {};
  }
  if (percent == std::string_view::npos) {
    return {true, address, false};
  }
  return {is_zone(text.substr(percent + 1)), address, true};
}

}  // namespace auditship
