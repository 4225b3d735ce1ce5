// Sources of SSH keys as operators have them: files, directories, sshd's patterns, a map.
#include "parsers/auth_log/key_owners/key_owner_files.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship::test {
namespace {

using Kind = parsers::auth_log::key_owners::KeyOwnerSource::Kind;

const std::string kAliceKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIsVZ9+SH+fbmUbeXWz1fQSOSS6yQzJu7jvN2ZoxuKs/";
const std::string kAlice = "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk";
const std::string kKimKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMypfp2Fhk1UHPhYsHOK3bQXZPNZfBxDhp/6Gfd6mg8v";
const std::string kKim = "SHA256:b3J9JIzhkI4+ub3oz4l6t4fmtkvRrnMpPmbG3XUaVWM";

struct Disk {
  Disk() : fs(clock) {
    for (const char* directory : {"/etc", "/etc/ssh/keys.d", "/root/.ssh", "/home/alice/.ssh"}) {
      REQUIRE(fs.make_dirs(directory).ok());
    }
  }
  parsers::auth_log::key_owners::LoadedKeyOwners load(
      std::vector<parsers::auth_log::key_owners::KeyOwnerSource> sources) {
    auto loaded = parsers::auth_log::key_owners::load_key_owners(fs, sources);
    INFO((loaded ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    return std::move(*loaded);
  }
  std::string refusal(const std::string& map) {
    fs.put("/etc/people.yaml", map);
    auto loaded =
        parsers::auth_log::key_owners::load_key_owners(fs, {{Kind::map, "/etc/people.yaml"}});
    return loaded ? "loaded" : loaded.error().message;
  }

  SimClock clock;
  SimFs fs;
};

bool any_has(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

TEST_CASE("what a service manager hides is told, once for each place", "[ssh_key_owners]") {
  Disk disk;
  disk.fs.put("/etc/passwd",
              "root:x:0:0::/root:/bin/sh\nalice:x:1001:1001::/home/alice:/bin/sh\n"
              "kim:x:1002:1002::/home/kim:/bin/sh\ndaemon:x:1:1::/usr/sbin:/bin/false\n"
              "backup:x:34:34::/var/backups:/usr/sbin/nologin\n");
  REQUIRE(disk.fs.make_dirs("/var/backups").ok());
  disk.fs.hide("/var/backups");  // no home of a person
  const std::vector<parsers::auth_log::key_owners::KeyOwnerSource> sources = {
      {Kind::authorized_keys, "%h/.ssh/authorized_keys"},
      {Kind::authorized_keys, "/home/*/.ssh/authorized_keys"},
      {Kind::authorized_keys, "/etc/ssh/keys.d"}};
  CHECK(disk.load(sources).warnings.empty());  // nobody has a key
  disk.fs.hide("/home");
  disk.fs.hide("/etc/ssh");
  const auto warnings = disk.load(sources).warnings;
  CHECK(warnings.size() == 2);
  CHECK(any_has(warnings, "/home: hidden from this process"));
  CHECK(any_has(warnings, "/etc/ssh: hidden from this process"));

  disk.fs.put("/etc/ca.pub", "");  // as a covered file looks
  disk.fs.hide("/etc/ca.pub");
  CHECK(any_has(disk.load({{Kind::ca_keys, "/etc/ca.pub"}}).warnings, "/etc/ca.pub: hidden"));
}

TEST_CASE("patterns of AuthorizedKeysFile are asked for each account", "[ssh_key_owners]") {
  Disk disk;
  disk.fs.put("/etc/passwd",
              "root:x:0:0:root:/root:/bin/bash\nalice:x:1001:1001::/home/alice:/bin/sh\n"
              "broken\n:x:1:1::/x:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n");
  disk.fs.put("/root/.ssh/authorized_keys", "# admins\n" + kAliceKey + " alice@laptop\n");
  disk.fs.put("/home/alice/.ssh/authorized_keys", kAliceKey + " alice@laptop\n\nrubbish\n");
  disk.fs.put("/etc/ssh/keys.d/1001", kKimKey + " kim\n");
  const auto loaded = disk.load({{Kind::authorized_keys, "%h/.ssh/authorized_keys"},
                                 {Kind::authorized_keys, ".ssh/no%%such/%u"},
                                 {Kind::authorized_keys, "/etc/ssh/keys.d/%U"}});
  REQUIRE(loaded.places.size() == 3);
  CHECK(loaded.places[0].account == "root");
  CHECK(loaded.places[0].file == "/root/.ssh/authorized_keys");
  CHECK(loaded.places[0].line == 2);
  CHECK(loaded.places[1].account == "alice");
  CHECK(loaded.places[2].owner == "kim");
  CHECK(loaded.table->owner_of(kAlice)->name == "alice@laptop");
  CHECK(any_has(loaded.warnings, "/home/alice/.ssh/authorized_keys:3: no public key"));
  CHECK_FALSE(any_has(loaded.warnings, "two owners"));  // one key in two places is no conflict
}

TEST_CASE("a directory stands for its files, a glob for what it finds", "[ssh_key_owners]") {
  Disk disk;
  disk.fs.put("/etc/ssh/keys.d/authorized_keys.alice", kAliceKey + " alice@laptop\n");
  disk.fs.put("/etc/ssh/keys.d/kim", kKimKey + " kim@ops\n");
  const auto loaded = disk.load({{Kind::authorized_keys, "/etc/ssh/keys.d"}});
  REQUIRE(loaded.places.size() == 2);
  CHECK(loaded.places[0].account == "alice");
  CHECK(loaded.places[1].account == "kim");
  disk.fs.put("/home/alice/.ssh/authorized_keys", kAliceKey + " alice@laptop\n");
  const auto found = disk.load({{Kind::authorized_keys, "/home/*/.ssh/authorized_keys"}});
  REQUIRE(found.places.size() == 1);
  CHECK(found.places[0].account == "alice");
  CHECK(disk.load({{Kind::authorized_keys, "/no/such/file"}}).places.empty());
}

TEST_CASE("one key under two names is a warning, and the first name counts", "[ssh_key_owners]") {
  Disk disk;
  disk.fs.put("/etc/people.yaml",
              "ssh_key_owners:\n- name: Alice Andersson\n  keys: [\"" + kAliceKey + "\"]\n");
  disk.fs.put("/etc/ssh/keys.d/root", kAliceKey + " backup job\n" + kKimKey + "\n");
  const auto loaded =
      disk.load({{Kind::map, "/etc/people.yaml"}, {Kind::authorized_keys, "/etc/ssh/keys.d"}});
  CHECK(loaded.table->owner_of(kAlice)->name == "Alice Andersson");
  CHECK(any_has(loaded.warnings,
                "/etc/ssh/keys.d/root:1: the key " + kAlice +
                    " has two owners: \"Alice Andersson\", who counts, and \"backup job\""));
  CHECK(any_has(loaded.warnings, "has no comment, so nobody is named for it"));
  CHECK(loaded.warnings.size() == 2);
}

TEST_CASE("a map names persons by keys, fingerprints and certificates", "[ssh_key_owners]") {
  Disk disk;
  disk.fs.put("/etc/people.yaml",
              "ssh_key_owners:\n- {name: Kim Larsen, email: kim@example.org, fingerprints: [\"" +
                  kKim +
                  "\", \"MD5:d3:d0:99:11:fd:a6:64:d1:ee:9c:d6:3e:94:ba:3e:d4\"]}\n"
                  "- {name: Erin Eriksen, certificates: [erin-2026]}\n");
  const auto loaded = disk.load({{Kind::map, "/etc/people.yaml"}});
  CHECK(loaded.table->find(kKim, "", "").email == "kim@example.org");
  CHECK(loaded.table->find("d3:d0:99:11:fd:a6:64:d1:ee:9c:d6:3e:94:ba:3e:d4", "", "").name ==
        "Kim Larsen");
  CHECK(loaded.table->find("", "erin-2026", "").name == "Erin Eriksen");
  CHECK(loaded.places.size() == 2);
}

TEST_CASE("a map that cannot be meant is refused with its line", "[ssh_key_owners]") {
  Disk disk;
  const auto has = [](const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  has(disk.refusal("people: []\n"), "/etc/people.yaml:1:1: ");
  has(disk.refusal("people: []\n"), "unknown key \"people\"");
  has(disk.refusal("ssh_key_owners:\n- {name: A, fingerprint: x}\n"),
      "did you mean \"fingerprints\"");
  has(disk.refusal("ssh_key_owners:\n- {name: A, fingerprints: [abc]}\n"), "expected SHA256:");
  has(disk.refusal("ssh_key_owners:\n- {name: A, keys: [abc]}\n"), "no public key of a known type");
  has(disk.refusal("ssh_key_owners:\n- {email: a@example.org}\n"), "each person needs a name");
  has(disk.refusal(": : :\n"), "/etc/people.yaml");
  auto none = parsers::auth_log::key_owners::load_key_owners(
      disk.fs, {{Kind::ca_keys, "/etc/no-such-ca.pub"}});
  CHECK_FALSE(none.ok());
}

TEST_CASE("authorities are known by file and by the cert-authority option", "[ssh_key_owners]") {
  Disk disk;
  disk.fs.put("/etc/ca.pub", kKimKey + " ca-2026\n");
  disk.fs.put("/root/.ssh/authorized_keys", "cert-authority " + kAliceKey + " ca-of-root\n");
  const auto loaded = disk.load(
      {{Kind::ca_keys, "/etc/ca.pub"}, {Kind::authorized_keys, "/root/.ssh/authorized_keys"}});
  CHECK(loaded.table->owner_of(kKim) == nullptr);
  CHECK(loaded.table->find("", "ann@ops", kKim).name == "ann@ops");
  CHECK(loaded.table->find("", "ann@ops", kAlice).known);
  CHECK_FALSE(loaded.table->find("", "ann@ops", "SHA256:x").known);
  CHECK(loaded.places[1].source == Kind::ca_keys);
}

TEST_CASE("the signature changes when a file changes, comes or goes", "[ssh_key_owners]") {
  Disk disk;
  const std::vector<parsers::auth_log::key_owners::KeyOwnerSource> sources = {
      {Kind::authorized_keys, "/etc/ssh/keys.d"}};
  const auto before = parsers::auth_log::key_owners::key_owners_signature(disk.fs, sources);
  CHECK(parsers::auth_log::key_owners::key_owners_signature(disk.fs, sources) == before);
  disk.fs.put("/etc/ssh/keys.d/kim", kKimKey + " kim\n");
  const auto with_kim = parsers::auth_log::key_owners::key_owners_signature(disk.fs, sources);
  CHECK(with_kim != before);
  disk.fs.put("/etc/ssh/keys.d/kim", kKimKey + " kim.larsen\n");
  const auto renamed = parsers::auth_log::key_owners::key_owners_signature(disk.fs, sources);
  CHECK(renamed != with_kim);
  disk.fs.unlink("/etc/ssh/keys.d/kim");
  CHECK(parsers::auth_log::key_owners::key_owners_signature(disk.fs, sources) == before);
}

}  // namespace
}  // namespace auditship::test
