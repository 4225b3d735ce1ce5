// SshLogin: what is known of one SSH connection: of one that tries to log in (failures, first steps
// of a login of several) and, once it is let in, of the login until its end. A plain value; its
// texts and lists are bounded, so its encoding (login_codec.h) is, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auditship::parsers::auth_log::ssh_sessions::logins {

struct SshLogin {
  // Of every text; longer ones are cut.
  static constexpr std::size_t kMaxText = 256;
  // Of commands, and of files, that are named.
  static constexpr std::size_t kMaxList = 20;
  // Of terminals, identities, programs and steps.
  static constexpr std::size_t kMaxShort = 8;

  struct Terminal {
    // As in pts/1.
    std::string name;
    // sshd's number of it, unique within the connection.
    std::uint64_t session{};
    bool open = true;
  };
  // Who acts for the user on a terminal after sudo or su there. Without a terminal: who may act for
  // the user somewhere.
  struct Identity {
    std::string user, tty;
  };

  // Of the document of the login's line; empty while the connection is not let in.
  std::string id;
  std::string host, ip, address, user, user_id;
  std::uint64_t port = 0;
  // Of sshd's monitor, and of the user's child; 0 = not known.
  std::uint64_t pid = 0, child = 0;
  std::int64_t start_ns = 0, opened_ns = 0, end_ns = 0, removed_ns = 0;
  bool start_known = false, end_known = false;
  // PAM opened a session for it.
  bool opened = false;
  // PAM closed that session, or sshd said that a connection without one ended.
  bool closed = false;
  // logind let its session go.
  bool removed = false;
  // It became more users than `identities` can name.
  bool anybody = false;
  std::string method, submethod, key_type, key_fingerprint;
  std::string cert_id, cert_serial, ca_type, ca_fingerprint;
  std::string owner, email, principal;
  // 0: nobody asked whose key it is. 1: nobody is known for it. 2: `owner` is.
  std::uint64_t owner_known = 0;
  std::uint64_t failed = 0;
  // Methods that were done before the last one.
  std::vector<std::string> steps;
  // The number that logind gave its session.
  std::string logind;
  std::vector<std::string> types, subsystems;
  std::vector<Terminal> terminals;
  std::vector<Identity> identities;
  std::vector<std::uint64_t> sftp_pids;
  std::vector<std::string> commands, refused, files, candidates;
  std::uint64_t command_count = 0, refused_count = 0, file_count = 0, unsure_count = 0;
  std::uint64_t sent = 0, received = 0;
  bool has_bytes = false;
  std::string disconnect, disconnect_code, reason;

  // Ascends with the time at which a table got it. Not encoded.
  std::uint64_t order = 0;
  // Bytes of its encoding when it was last counted (see LoginTable). Not encoded.
  std::size_t charged = 0;

  [[nodiscard]] bool is_login() const { return !id.empty(); }
};

// At most limit bytes of text, cut between characters.
[[nodiscard]] std::string bounded(std::string_view text, std::size_t limit = SshLogin::kMaxText);
// Whether text is a name that can be remembered whole.
[[nodiscard]] bool is_usable_name(std::string_view text);
// Adds text, bounded, unless it is empty or there already, or the list has limit elements.
void add_once(std::vector<std::string>& list, std::string_view text, std::size_t limit);

}  // namespace auditship::parsers::auth_log::ssh_sessions::logins
