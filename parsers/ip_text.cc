#include "parsers/ip_text.h"

#include <cstddef>

namespace auditship {
namespace {

constexpr std::size_t kMaxIpv6 = 45;
constexpr std::size_t kMaxZone = 64;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
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
  int groups = 0;
  bool gap = false;
  std::size_t i = 0;
  if (text[0] == ':') {
    if (text[1] != ':') {
      return false;
    }
    gap = true;
    i = 2;
  }
  while (i < text.size()) {
    const std::size_t begin = i;
    while (i < text.size() && is_hex(text[i])) {
      ++i;
    }
    if (i < text.size() && text[i] == '.') {
      groups += 2;
      return is_ipv4(text.substr(begin)) && (gap ? groups <= 7 : groups == 8);
    }
    if (i == begin || i - begin > 4) {
      return false;
    }
    ++groups;
    if (i == text.size()) {
      break;
    }
    if (text[i] != ':' || ++i == text.size()) {
      return false;
    }
    if (text[i] == ':') {
      if (gap) {
        return false;
      }
      gap = true;
      ++i;
    }
  }
  return gap ? groups <= 7 : groups == 8;
}

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
