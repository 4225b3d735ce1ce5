// `auditship keys`: which SSH keys the configured sources know, whose they are, and which accounts
// they open on this node.
#include <algorithm>
#include <cstdio>
#include <iterator>

#include "agent/app/registered_types.h"
#include "agent/base/encoding/json_writer.h"
#include "agent/cli/commands.h"
#include "agent/platform/posix_filesystem.h"

namespace auditship::cli {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
    out += ',';
  }
}

std::string as_json(const parsers::ListedKey& place) {
  std::string out = "{";
  append_member(out, "fingerprint", place.fingerprint);
  append_member(out, "md5", place.md5);
  append_member(out, "type", place.type);
  append_member(out, "owner", place.owner);
  append_member(out, "email", place.email);
  append_member(out, "source", place.source);
  append_member(out, "account", place.account);
  append_member(out, "file", place.file);
  out += "\"line\":" + std::to_string(place.line) + "}\n";
  return out;
}

// Nothing of a comment or a file name may act on the terminal.
std::string safe(std::string_view text) {
  std::string out;
  append_json_escaped(out, text);
  return out;
}

std::string as_text(const parsers::ListedKey& place) {
  std::string out = place.fingerprint.empty() ? place.md5 : place.fingerprint;
  out += "  " + (place.type.empty() ? std::string("?") : place.type) + "  ";
  out += place.owner.empty() ? "(nobody is named)" : safe(place.owner);
  if (!place.email.empty()) {
    out += " <" + safe(place.email) + ">";
  }
  if (place.authority) {
    out += "  signs certificates";
  } else if (!place.account.empty()) {
    out += "  opens " + safe(place.account);
  }
  return out + "  " + safe(place.file) + ":" + std::to_string(place.line) + "\n";
}

// Of the streams of each format that knows keys. Errors: those of a source.
Result<parsers::KeyListing> list_keys(Fs& fs, const config::Config& config) {
  parsers::KeyListing all;
  for (const parsers::ParserType* type : app::registered_types().parsers) {
    std::vector<const parsers::ParserConfig*> configs;
    for (const config::StreamConfig& stream : config.streams) {
      if (&stream.parser->type() == type) {
        configs.push_back(&*stream.parser);
      }
    }
    if (type->list_keys == nullptr || configs.empty()) {
      continue;
    }
    auto listing = type->list_keys(fs, configs);
    if (!listing) {
      return listing.error();
    }
    all.configured = all.configured || listing->configured;
    std::move(listing->keys.begin(), listing->keys.end(), std::back_inserter(all.keys));
    std::move(listing->warnings.begin(), listing->warnings.end(), std::back_inserter(all.warnings));
  }
  return all;
}

}  // namespace

int keys_command(const KeysArguments& arguments) {
  platform::PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  const auto listing = list_keys(fs, *config);
  if (!listing) {
    std::fprintf(stderr, "auditship: %s\n", listing.error().message.c_str());
    return kExitFailed;
  }
  if (!listing->configured) {
    std::fprintf(stderr,
                 "auditship: no source of keys is configured; see \"ssh_key_owners\" in %s\n",
                 arguments.config.c_str());
    return kExitFailed;
  }
  for (const std::string& warning : listing->warnings) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  for (const parsers::ListedKey& key : listing->keys) {
    std::fputs((arguments.json ? as_json(key) : as_text(key)).c_str(), stdout);
  }
  return std::fflush(stdout) == 0 ? 0 : kExitFailed;
}

}  // namespace auditship::cli
