#include "agent/base/encoding/terminal_text.h"

#include <algorithm>
#include <array>

#include "agent/base/encoding/json_writer.h"

namespace auditship {
namespace {

struct CodeRange {
  char32_t first, last;
};

// In ascending order.
constexpr std::array<CodeRange, 11> kUnsafe = {{
    {0x0000, 0x001F},    // C0
    {0x007F, 0x009F},    // DEL and C1
    {0x00AD, 0x00AD},    // soft hyphen
    {0x061C, 0x061C},    // Arabic letter mark
    {0x180E, 0x180E},    // Mongolian vowel separator
    {0x200B, 0x200F},    // without width, and marks of direction
    {0x2028, 0x202E},    // separators of lines and paragraphs, embeddings and overrides
    {0x2060, 0x206F},    // word joiner, invisible operators, isolates
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF9, 0xFFFB},    // interlinear annotation
    {0xE0000, 0xE007F},  // tags
}};

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) {
    return lead;
  }
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  char32_t code = lead & (0x3FU >> more);
  for (std::size_t i = 0; i < more && at < text.size(); ++i) {
    code = code << 6U | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  }
  return code;
}

bool is_unsafe_to_show(char32_t code) {
  return std::any_of(kUnsafe.begin(), kUnsafe.end(), [code](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

void append_terminal_text(std::string& out, std::string_view text) {
  std::string repaired;
  if (!is_valid_utf8(text)) {
    append_utf8_repaired(repaired, text);
    text = repaired;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    if (is_unsafe_to_show(next_code_point(text, at))) {
      out += '?';
    } else {
      out.append(text, begin, at - begin);
    }
  }
}

std::string terminal_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_terminal_text(out, text);
  return out;
}

}  // namespace auditship
