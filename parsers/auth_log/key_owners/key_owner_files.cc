#include "parsers/auth_log/key_owners/key_owner_files.h"

#include <algorithm>
#include <set>

#include "agent/base/glob.h"
#include "agent/yaml/yaml_map.h"
#include "parsers/ssh_key/fingerprint.h"
#include "parsers/ssh_key/public_key.h"

namespace auditship::parsers::auth_log::key_owners {
namespace {

using Kind = KeyOwnerSource::Kind;

constexpr std::size_t kMaxFile = 1 << 20;
constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kMaxKeys = 100'000;
constexpr std::size_t kMaxWarnings = 50;

struct KeyFile {
  std::string path, account;
  bool person = true;  // not an account of the system's own
};

struct Account {
  std::string name, id, home;
  // By login.defs: uid 0, and those from 1000 up.
  [[nodiscard]] bool is_person() const { return id == "0" || id.size() >= 4; }
};

std::vector<Account> read_passwd(Fs& fs, const std::string& path) {
  std::vector<Account> accounts;
  auto text = fs.read_file(path, kMaxFile);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    std::vector<std::string_view> fields;
    while (fields.size() < 6) {
      const std::size_t colon = line.find(':');
      fields.push_back(line.substr(0, colon));
      line.remove_prefix(colon == std::string_view::npos ? line.size() : colon + 1);
    }
    if (!fields[0].empty() && fields[5].starts_with('/')) {
      accounts.push_back(
          Account{std::string(fields[0]), std::string(fields[2]), std::string(fields[5])});
    }
  }
  return accounts;
}

// As sshd does: a name that is not absolute stands in the home directory.
std::string expand_pattern(const std::string& pattern, const Account& account) {
  std::string path;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      path += pattern[i];
      continue;
    }
    switch (pattern[++i]) {
      case 'h':
        path += account.home;
        break;
      case 'u':
        path += account.name;
        break;
      case 'U':
        path += account.id;
        break;
      case '%':
        path += '%';
        break;
      default:
        path += '%';
        path += pattern[i];
    }
  }
  return path.starts_with('/') ? path : join_path(account.home, path);
}

// ".../NAME/.ssh/authorized_keys" and "authorized_keys.NAME" tell whose file it is.
std::string account_by_path(const std::string& path) {
  constexpr std::string_view kPrefix = "authorized_keys.";
  const std::string_view name = file_name_of(path);
  if (name.starts_with(kPrefix)) {
    return std::string(name.substr(kPrefix.size()));
  }
  const std::string directory = directory_of(path);
  if (file_name_of(directory) != ".ssh") {
    return {};
  }
  return std::string(file_name_of(directory_of(directory)));
}

// What one source names; a directory may be among it.
std::vector<KeyFile> named_by(Fs& fs, const KeyOwnerSource& source) {
  std::vector<KeyFile> named;
  if (source.kind == Kind::authorized_keys && source.path.find('%') != std::string::npos) {
    for (const Account& account : read_passwd(fs, source.passwd)) {
      named.push_back({expand_pattern(source.path, account), account.name, account.is_person()});
    }
  } else if (has_wildcard(source.path)) {
    std::vector<std::string> searched;
    std::vector<std::string> unreadable;
    for (std::string& path : expand_glob(fs, source.path, kMaxFiles, searched, unreadable)) {
      named.push_back({std::move(path), {}});
    }
  } else {
    named.push_back({source.path, {}});
  }
  return named;
}

// The files in a directory, each named after an account.
void add_files_in(Fs& fs, const std::string& directory, std::vector<KeyFile>& files) {
  auto names = fs.list(directory);
  std::vector<std::string> inside = names ? std::move(*names) : std::vector<std::string>();
  std::sort(inside.begin(), inside.end());
  for (const std::string& name : inside) {
    const std::string path = join_path(directory, name);
    const std::string account = account_by_path(path);
    if (const auto what = fs.stat(path); what && what->is_regular) {
      files.push_back({path, account.empty() ? name : account});
    }
  }
}

// All the files of one source. A directory stands for the files in it.
std::vector<KeyFile> files_of(Fs& fs, const KeyOwnerSource& source) {
  std::vector<KeyFile> files;
  for (KeyFile& file : named_by(fs, source)) {
    const auto stat = fs.stat(file.path);
    if (stat && stat->is_directory) {
      add_files_in(fs, file.path, files);
      continue;
    }
    if (file.account.empty()) {
      file.account = account_by_path(file.path);
    }
    files.push_back(std::move(file));
  }
  files.resize(std::min(files.size(), kMaxFiles));
  return files;
}

class Loader {
 public:
  explicit Loader(Fs& fs) : fs_(fs) {}

  Status load(const KeyOwnerSource& source) {
    if (source.kind == Kind::map) {
      return load_map(source.path);
    }
    const std::vector<KeyFile> files = files_of(fs_, source);
    for (const KeyFile& file : files) {
      auto text = fs_.read_file(file.path, kMaxFile);
      if (text) {
        read_keys(file, source.kind, *text);
      } else if (source.kind == Kind::ca_keys) {
        return text.error().in(file.path);
      } else if (text.error().code != Errc::not_found) {
        warn(file.path + ": " + text.error().message);
      }
      if (file.person && (!text || text->empty())) {
        warn_if_hidden(file.path);
      }
    }
    if (files.empty()) {
      warn_if_hidden(before_wildcard(source.path));
    }
    return {};
  }

  LoadedKeyOwners finish() {
    loaded_.table = std::move(table_);
    return std::move(loaded_);
  }

 private:
  void warn(std::string text) {
    if (loaded_.warnings.size() < kMaxWarnings) {
      loaded_.warnings.push_back(std::move(text));
    }
  }

  // A file that is not there is no error; one that a service manager hides would make each of its
  // keys a stranger's, and not a word of it.
  void warn_if_hidden(const std::string& path) {
    const std::string hidden = hidden_part(fs_, path);
    if (!hidden.empty() && hidden_.insert(hidden).second) {
      warn(hidden +
           ": hidden from this process, so that the keys in it are not known; under "
           "systemd, ProtectHome= and InaccessiblePaths= do that, and a drop-in changes it");
    }
  }

  void read_keys(const KeyFile& file, Kind kind, std::string_view text) {
    std::uint64_t number = 0;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      ++number;
      auto key = ssh_key::read_public_key(line);
      const std::string where = file.path + ":" + std::to_string(number);
      if (!key) {
        warn(where + ": " + key.error().message);
      } else if (*key) {
        ssh_key::SshPublicKey& found = **key;
        const bool authority = kind == Kind::ca_keys || found.is_authority;
        add(std::move(found), authority ? Kind::ca_keys : kind, {},
            KeyPlace{{}, {}, {}, {}, {}, file.path, number, file.account, kind});
      }
    }
  }

  // owner: who it belongs to by the map; else the comment says.
  void add(ssh_key::SshPublicKey key, Kind kind, SshKeyOwner owner, KeyPlace place) {
    const std::string where = place.file + ":" + std::to_string(place.line);
    if (loaded_.places.size() >= kMaxKeys) {
      warn(where + ": more than 100,000 keys; the rest is left out");
      return;
    }
    if (kind != Kind::map) {
      owner.name = key.comment;
    }
    if (kind == Kind::ca_keys) {
      table_->add_authority(key.sha256);
      table_->add_authority(key.md5);
    } else {
      if (owner.name.empty()) {
        warn(where + ": the key " + key.sha256 + " has no comment, so nobody is named for it");
      }
      if (table_->add_key(key.sha256, owner) == SshKeyOwners::Added::other_owner) {
        warn(where + ": the key " + key.sha256 + " has two owners: \"" +
             table_->owner_of(key.sha256)->name + "\", who counts, and \"" + owner.name + "\"");
      }
      (void)table_->add_key(key.md5, owner);  // the same key: said above
    }
    place.fingerprint = std::move(key.sha256);
    place.md5 = std::move(key.md5);
    place.type = std::move(key.type);
    place.owner = std::move(owner.name);
    place.email = std::move(owner.email);
    place.source = kind;
    loaded_.places.push_back(std::move(place));
  }

  Status load_map(const std::string& path) {
    auto text = fs_.read_file(path, kMaxFile);
    if (!text) {
      return text.error().in(path);
    }
    auto document = yaml::parse_yaml(path, *text);
    if (!document) {
      return document.error();
    }
    yaml::YamlProblems problems(path);
    yaml::YamlMap top(problems, document->root, "");
    if (!top.has("ssh_key_owners")) {
      top.add_problem("ssh_key_owners",
                      "a list of persons is required, as \"ssh_key_owners: [{name: Anna, "
                      "fingerprints: [\"SHA256:…\"]}]\"");
    }
    top.for_each_item("ssh_key_owners",
                      [&](const yaml::YamlNode& node) { person(path, problems, node); });
    top.done();
    return problems.empty() ? Status() : Status(problems.error());
  }

  void person(const std::string& path, yaml::YamlProblems& problems, const yaml::YamlNode& node) {
    yaml::YamlMap map(problems, node, "ssh_key_owners");
    SshKeyOwner owner;
    std::vector<std::string> keys;
    std::vector<std::string> fingerprints;
    std::vector<std::string> certificates;
    if (!map.text("name", owner.name) || owner.name.empty()) {
      map.add_problem("name", "each person needs a name");
    }
    map.text("email", owner.email);
    map.texts("keys", keys);
    map.texts("fingerprints", fingerprints);
    map.texts("certificates", certificates);
    map.done();
    const KeyPlace place{{}, {},       {}, {}, {}, path, static_cast<std::uint64_t>(node.line),
                         {}, Kind::map};
    for (const std::string& text : keys) {
      key_of(owner, place, text, map);
    }
    for (const std::string& text : fingerprints) {
      fingerprint_of(owner, place, text, map);
    }
    for (const std::string& id : certificates) {
      certificate_of(owner, place, id);
    }
  }

  void key_of(const SshKeyOwner& owner, const KeyPlace& place, const std::string& text,
              yaml::YamlMap& map) {
    auto key = ssh_key::read_public_key(text);
    if (!key || !*key) {
      map.add_problem("keys", key ? "expected a public key, found nothing" : key.error().message);
    } else {
      add(std::move(**key), Kind::map, owner, place);
    }
  }

  void fingerprint_of(const SshKeyOwner& owner, const KeyPlace& place, const std::string& text,
                      yaml::YamlMap& map) {
    if (!ssh_key::is_fingerprint(text)) {
      map.add_problem("fingerprints", "\"" + text + "\": expected SHA256:… or MD5:…");
    } else {
      const bool md5 = text.starts_with("MD5:");
      ssh_key::SshPublicKey key{
          {}, md5 ? std::string() : text, md5 ? text : std::string(), {}, false};
      add_fingerprint(std::move(key), owner, place);
    }
  }

  void certificate_of(const SshKeyOwner& owner, const KeyPlace& place, const std::string& id) {
    if (table_->add_certificate(id, owner) == SshKeyOwners::Added::other_owner) {
      warn(place.file + ":" + std::to_string(place.line) + ": the certificate id \"" + id +
           "\" has two owners; the first one counts");
    }
  }

  void add_fingerprint(ssh_key::SshPublicKey key, const SshKeyOwner& owner, KeyPlace place) {
    const std::string& text = key.sha256.empty() ? key.md5 : key.sha256;
    if (table_->add_key(text, owner) == SshKeyOwners::Added::other_owner) {
      warn(place.file + ":" + std::to_string(place.line) + ": the key " + text +
           " has two owners: \"" + table_->owner_of(text)->name + "\", who counts, and \"" +
           owner.name + "\"");
    }
    place.fingerprint = std::move(key.sha256);
    place.md5 = std::move(key.md5);
    place.owner = owner.name;
    place.email = owner.email;
    loaded_.places.push_back(std::move(place));
  }

  Fs& fs_;
  std::unique_ptr<SshKeyOwners> table_ = std::make_unique<SshKeyOwners>();
  LoadedKeyOwners loaded_;
  std::set<std::string> hidden_;  // said already
};

}  // namespace

Result<LoadedKeyOwners> load_key_owners(Fs& fs, const std::vector<KeyOwnerSource>& sources) {
  Loader loader(fs);
  for (const KeyOwnerSource& source : sources) {
    if (auto s = loader.load(source); !s) {
      return s.error().in("ssh_key_owners");
    }
  }
  return loader.finish();
}

std::uint64_t key_owners_signature(Fs& fs, const std::vector<KeyOwnerSource>& sources) {
  std::uint64_t signature = 0xCBF29CE484222325U;
  const auto mix = [&signature](std::uint64_t word) {
    signature = (signature ^ word) * 0x100000001B3U;
    signature ^= signature >> 29U;
  };
  for (const KeyOwnerSource& source : sources) {
    for (const KeyFile& file : files_of(fs, source)) {
      const auto stat = fs.stat(file.path);
      mix(std::hash<std::string>{}(file.path));
      mix(stat ? stat->inode : 0);
      mix(stat ? stat->size : 0);
      mix(stat ? static_cast<std::uint64_t>(stat->modified_ns) : 0);
    }
  }
  return signature;
}

}  // namespace auditship::parsers::auth_log::key_owners
