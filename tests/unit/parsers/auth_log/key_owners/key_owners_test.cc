// Whose key is it: fingerprints made from public keys, and owners on documents.
#include "parsers/auth_log/key_owners/key_owners.h"

#include <map>
#include <sstream>

#include "parsers/ssh_key/public_key.h"
#include "tests/support/catch.h"
#include "tests/unit/parsers/auth_log/auth_log_support.h"

namespace auditship::test {
namespace {

struct Person {
  std::string md5, type, owner;
};

// tests/data/authlog/keys/administrators.tsv, written by ssh-keygen: fingerprint to the rest.
std::map<std::string, Person> recorded_fingerprints() {
  std::map<std::string, Person> people;
  for (const std::string& line : read_test_lines("authlog/keys/administrators.tsv")) {
    std::istringstream in(line);
    std::string sha256;
    Person person;
    std::string comment;
    std::getline(in, sha256, '\t');
    std::getline(in, person.md5, '\t');
    std::getline(in, person.type, '\t');
    std::getline(in, comment, '\t');
    std::getline(in, person.owner, '\t');
    people[sha256] = person;
  }
  return people;
}

parsers::ssh_key::SshPublicKey key_of(const std::string& line) {
  auto key = parsers::ssh_key::read_public_key(line);
  INFO(line);
  REQUIRE(key.ok());
  REQUIRE(key->has_value());
  return **key;
}

const std::string kAliceKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIsVZ9+SH+fbmUbeXWz1fQSOSS6yQzJu7jvN2ZoxuKs/";
const std::string kAlice = "SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk";

TEST_CASE("fingerprints equal those of ssh-keygen for every recorded key", "[ssh_key_owners]") {
  const auto people = recorded_fingerprints();
  std::size_t checked = 0;
  for (const char* account : {"alice", "bob", "carol", "kim", "lars", "maria.svensson", "root"}) {
    for (const std::string& line :
         read_test_lines(std::string("authlog/keys/authorized_keys.") + account)) {
      const parsers::ssh_key::SshPublicKey key = key_of(line);
      const auto person = people.find(key.sha256);
      INFO(key.sha256);
      REQUIRE(person != people.end());
      CHECK(key.md5 == person->second.md5);
      CHECK(key.type == person->second.type);
      CHECK_FALSE(key.is_authority);
      ++checked;
    }
  }
  CHECK(checked == 10);
}

TEST_CASE("options may stand before a key, with blanks and quotes inside quotes",
          "[ssh_key_owners]") {
  const parsers::ssh_key::SshPublicKey plain = key_of(kAliceKey + " alice@laptop");
  CHECK(plain.comment == "alice@laptop");
  const parsers::ssh_key::SshPublicKey key =
      key_of(R"(from="10.0.0.0/8",command="echo \"a b\" ssh-rsa AAAA" )" + kAliceKey +
             "   Alice of the night shift \r");
  CHECK(key.sha256 == plain.sha256);
  CHECK(key.comment == "Alice of the night shift");
  CHECK(key_of("cert-authority,principals=\"a,b\" " + kAliceKey + " ca").is_authority);
  CHECK_FALSE(key_of("command=\"x,cert-authority,y\" " + kAliceKey + " ca").is_authority);
}

TEST_CASE("lines that are no keys are told, blank ones and comments are not", "[ssh_key_owners]") {
  for (const char* line : {"", "   ", "# ssh-ed25519 AAAA", "\t# x", "\r"}) {
    auto key = parsers::ssh_key::read_public_key(line);
    REQUIRE(key.ok());
    CHECK_FALSE(key->has_value());
  }
  for (const std::string& line :
       {std::string("ssh-ed25519"), std::string("ssh-ed25519 ****"), std::string("ssh-rsa AAAA"),
        "ssh-rsa " + kAliceKey.substr(12), std::string("no key at all"),
        std::string("\"unclosed ") + kAliceKey, std::string(70'000, 'x'),
        std::string("ssh-ed25519 \xFF\xFE\0x", 15)}) {
    INFO(line.substr(0, 80));
    CHECK_FALSE(parsers::ssh_key::read_public_key(line).ok());
  }
}

TEST_CASE("a comment is bounded and valid UTF-8", "[ssh_key_owners]") {
  const parsers::ssh_key::SshPublicKey key = key_of(kAliceKey + " \xFF" + std::string(1000, 'a'));
  CHECK(key.comment.size() <= 260);
  CHECK(key.comment.starts_with("\xEF\xBF\xBD"));
}

class Book {
 public:
  Book() {
    auto table = std::make_unique<parsers::auth_log::key_owners::SshKeyOwners>();
    CHECK(table->add_key(kAlice, {"Alice Andersson", "alice@example.org"}) ==
          parsers::auth_log::key_owners::SshKeyOwners::Added::fresh);
    CHECK(table->add_key(kAlice, {"Alice Andersson", ""}) ==
          parsers::auth_log::key_owners::SshKeyOwners::Added::again);
    CHECK(table->add_key(kAlice, {"Mallory", ""}) ==
          parsers::auth_log::key_owners::SshKeyOwners::Added::other_owner);
    (void)table->add_key("MD5:36:94:a3:d9:33:4d:5d:fa:41:d8:68:87:cc:97:03:7d", {"Alice A.", ""});
    (void)table->add_certificate("erin-2026", {"Erin Eriksen", "erin@example.org"});
    table_ = table.get();
    book_->replace(std::move(table));
  }

  Parsed parse(const std::string& key) {
    parsers::auth_log::AuthLogOptions options;
    options.owners = book_;
    parsers::auth_log::AuthLogParser parser(options);
    return parse_line(parser,
                      "Nov 23 04:05:06 web1 sshd[812]: Accepted publickey for root from 192.0.2.7 "
                      "port 4022 ssh2: " +
                          key);
  }
  parsers::auth_log::key_owners::SshKeyOwners& table() { return *table_; }

 private:
  std::shared_ptr<parsers::auth_log::key_owners::KeyOwnerTable> book_ =
      std::make_shared<parsers::auth_log::key_owners::KeyOwnerTable>();
  parsers::auth_log::key_owners::SshKeyOwners* table_ = nullptr;
};

TEST_CASE("a login says whose key it was, and whether anybody is known for it",
          "[ssh_key_owners]") {
  Book book;
  const Parsed alice = book.parse("ED25519 " + kAlice);
  CHECK(alice["ssh.key.owner"] == "Alice Andersson");
  CHECK(alice["user.email"] == "alice@example.org");
  CHECK(alice["ssh.key.owner_known"] == "true");
  CHECK(alice.types.at("ssh.key.owner_known") == event::FieldType::literal);
  CHECK(alice["user.name"] == "root");

  const Parsed stranger = book.parse("ED25519 SHA256:" + std::string(43, 'A'));
  CHECK(stranger["ssh.key.owner_known"] == "false");
  CHECK_FALSE(stranger.has("ssh.key.owner"));
  CHECK_FALSE(stranger.has("user.email"));

  // FingerprintHash md5, and releases up to 6.7.
  CHECK(book.parse("RSA MD5:36:94:a3:d9:33:4d:5d:fa:41:d8:68:87:cc:97:03:7d")["ssh.key.owner"] ==
        "Alice A.");
  CHECK(book.parse("RSA 36:94:a3:d9:33:4d:5d:fa:41:d8:68:87:cc:97:03:7d")["ssh.key.owner"] ==
        "Alice A.");
}

TEST_CASE("nothing is said of owners where no source is configured, or no key was used",
          "[ssh_key_owners]") {
  parsers::auth_log::AuthLogOptions options;
  options.owners = std::make_shared<parsers::auth_log::key_owners::KeyOwnerTable>();
  parsers::auth_log::AuthLogParser parser(options);
  const std::string login =
      "Nov 23 04:05:06 web1 sshd[812]: Accepted publickey for root from "
      "192.0.2.7 port 4022 ssh2: ED25519 " +
      kAlice;
  CHECK_FALSE(parse_line(parser, login).has("ssh.key.owner_known"));
  CHECK_FALSE(parse_line(login).has("ssh.key.owner_known"));
  Book book;
  parsers::auth_log::AuthLogParser plain(parsers::auth_log::AuthLogOptions{});
  CHECK_FALSE(parse_line(plain,
                         "Nov 23 04:05:06 web1 sshd[812]: Accepted password for root from "
                         "192.0.2.7 port 4022 ssh2")
                  .has("ssh.key.owner_known"));
}

TEST_CASE("a certificate counts by its own key first, then by its id", "[ssh_key_owners]") {
  Book book;
  const std::string unknown_key = "ED25519-CERT SHA256:" + std::string(43, 'B');
  const std::string ca = "SHA256:" + std::string(43, 'C');
  const std::string other_ca = "SHA256:" + std::string(43, 'D');
  const auto with = [&](const std::string& id, const std::string& authority) {
    return book.parse(unknown_key + " ID " + id + " (serial 7) CA RSA " + authority);
  };
  CHECK(with("erin-2026", ca)["ssh.key.owner"] == "Erin Eriksen");
  CHECK(with("nobody", ca)["ssh.key.owner_known"] == "false");
  CHECK(book.parse("ED25519-CERT " + kAlice + " ID erin-2026 (serial 7) CA RSA " +
                   ca)["ssh.key.owner"] == "Alice Andersson");

  book.table().add_authority(ca);  // from now on only what a known authority signed counts
  CHECK(with("erin-2026", ca)["user.email"] == "erin@example.org");
  CHECK(with("frank@ops", ca)["ssh.key.owner"] == "frank@ops");
  CHECK(with("erin-2026", other_ca)["ssh.key.owner_known"] == "false");
  CHECK_FALSE(with("erin-2026", other_ca).has("ssh.key.owner"));
}

TEST_CASE("a certificate id that imitates a known authority is no proof", "[ssh_key_owners]") {
  Book book;
  const std::string ca = "SHA256:" + std::string(43, 'C');
  const std::string evil = "SHA256:" + std::string(43, 'E');
  book.table().add_authority(ca);
  const Parsed parsed =
      book.parse("ED25519-CERT SHA256:" + std::string(43, 'B') +
                 " ID erin-2026 (serial 1) CA RSA " + ca + " (serial 2) CA RSA " + evil);
  CHECK(parsed["ssh.cert.ca.fingerprint"] == evil);
  CHECK(parsed["ssh.key.owner_known"] == "false");
}

}  // namespace
}  // namespace auditship::test
