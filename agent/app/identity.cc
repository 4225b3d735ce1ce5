#include "agent/app/identity.h"

namespace auditship::app {
namespace {

constexpr std::string_view kNode = "node=";

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
    }
  }
  if (known.node.empty()) {
    return Error{Errc::corrupt, path +
                                    ": does not name the node; remove it to name it anew "
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
                               Logger& log) {
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
  Identity fresh{wanted};
  if (auto s = fs.make_dirs(data_dir); !s) {
    return s.error();
  }
  std::string text = "# Frozen at the first start. Document ids contain the node name.\n";
  text.append(kNode).append(fresh.node).append("\n");
  if (auto s = fs.replace_file(path, text); !s) {
    return s.error();
  }
  return fresh;
}

}  // namespace auditship::app
