#include "agent/app/identity.h"

#include <array>

#include "agent/base/encoding/json_writer.h"

namespace auditship::app {
namespace {

constexpr std::string_view kNode = "node=";
constexpr std::string_view kAgent = "agent=";

}  // namespace

std::string random_uuid(Rng& rng) {
  std::array<unsigned char, 16> bytes{};
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t word = rng.next();
    for (std::size_t i = 0; i < 8; ++i, word >>= 8) {
      bytes[half * 8 + i] = static_cast<unsigned char>(word);
    }
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text.push_back('-');
    }
    append_hex(text, &bytes[i], 1);
  }
  return text;
}

namespace {

Result<Identity> read_identity(Fs& fs, const std::string& path) {
  auto content = fs.read_file(path, 4096);
  if (!content) {
    return content.error();
  }
  Identity known;
  std::string_view rest = *content;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.starts_with(kNode)) {
      known.node = line.substr(kNode.size());
    } else if (line.starts_with(kAgent)) {
      known.agent_id = line.substr(kAgent.size());
    }
  }
  if (known.node.empty() || known.agent_id.empty()) {
    return Error{Errc::corrupt, path +
                                    ": does not name node and agent; remove it to name them anew "
                                    "(lines that are read again then get new ids)"};
  }
  return known;
}

}  // namespace

Result<std::string> frozen_node_name(Fs& fs, const std::string& data_dir) {
  auto known = read_identity(fs, join_path(data_dir, "identity"));
  if (!known) {
    return known.error();
  }
  return known->node;
}

Result<Identity> load_identity(Fs& fs, const std::string& data_dir, const std::string& wanted,
                               Rng& rng, Logger& log) {
  const std::string path = join_path(data_dir, "identity");
  auto known = read_identity(fs, path);
  if (known) {
    if (known->node != wanted) {
      log.warn("node-renamed",
               "this data directory belongs to a node of another name; that name stays, because "
               "document ids contain it",
               {{"name", known->node}, {"configured", wanted}});
    }
    return known;
  }
  if (known.error().code != Errc::not_found) {
    return known.error();
  }
  Identity fresh{wanted, random_uuid(rng)};
  if (auto s = fs.make_dirs(data_dir); !s) {
    return s.error();
  }
  std::string text = "# Frozen at the first start. Document ids contain the node name.\n";
  text.append(kNode)
      .append(fresh.node)
      .append("\n")
      .append(kAgent)
      .append(fresh.agent_id)
      .append("\n");
  if (auto s = fs.replace_file(path, text); !s) {
    return s.error();
  }
  return fresh;
}

}  // namespace auditship::app
