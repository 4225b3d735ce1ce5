// SessionRig: lines of auth.log through parser and SessionTracker; what they linked and derived.
#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event/batch.h"
#include "parsers/auth_log/auth_log_parser.h"
#include "parsers/auth_log/ssh_sessions/session_tracker.h"
#include "tests/support/catch.h"

namespace auditship::test {

using Fields = std::map<std::string, std::string>;

struct SessionRig {
  // The document id of the n-th line, from 1.
  static std::string id_of(std::size_t n) {
    char text[48];
    std::snprintf(text, sizeof text, "A%024zuA", n);
    return text;
  }

  explicit SessionRig(parsers::auth_log::ssh_sessions::SessionTrackerOptions given = {},
                      parsers::auth_log::AuthLogOptions log = {})
      : options(given),
        parser(std::make_unique<parsers::auth_log::AuthLogParser>(std::move(log))),
        sessions(std::make_unique<parsers::auth_log::ssh_sessions::SessionTracker>(given)) {
    lines.emplace_back();
  }

  // Shows a line. Its fields are lines[n] afterwards, n counted from 1.
  void line(std::string_view text) {
    event::RawLine raw;
    raw.text = text;
    raw.length = text.size();
    parser->parse(raw, std::int64_t{1795413600} * 1'000'000'000, records);
    event::Record& record = records[0];
    const std::string id = id_of(lines.size());
    if (sessions->applies_to(record)) {
      sessions->observe(record, id, out);
    }
    lines.push_back(fields_of(record));
    for (std::size_t i = 0; i < out.size(); ++i) {
      Fields fields = fields_of(out[i].record);
      CHECK(out[i].record.time_known);
      fields["label"] = out[i].label;
      fields["time"] = std::to_string(out[i].record.time_ns);
      fields["at_line"] = std::to_string(lines.size() - 1);
      CHECK(fields["ssh.login.id"] == out[i].origin);
      derived.push_back(std::move(fields));
    }
    out.clear();
  }
  // A line of node n1 at second.fraction of the hour; further lines follow.
  void at(std::string_view time, std::string_view tag, std::string_view message,
          std::string_view host = "n1") {
    line("2026-11-23T04:" + std::string(time) + "Z " + std::string(host) + " " + std::string(tag) +
         ": " + std::string(message));
  }
  void restart() {
    const std::string state = sessions->state();
    REQUIRE(state.size() <= sessions->state_bytes());
    REQUIRE(state.size() <= event::Checkpoint::kMaxStateBytes);
    sessions = std::make_unique<parsers::auth_log::ssh_sessions::SessionTracker>(options);
    REQUIRE(sessions->restore(state));
    REQUIRE(sessions->state() == state);
  }
  [[nodiscard]] std::string linked(std::size_t n) const {
    const auto found = lines.at(n).find("ssh.login.id");
    return found == lines.at(n).end() ? std::string() : found->second;
  }
  // The document of the login in the n-th line.
  [[nodiscard]] Fields of(std::size_t n) const {
    Fields found;
    for (const Fields& fields : derived) {
      if (fields.at("ssh.login.id") == id_of(n) && fields.at("label") == "session-end") {
        CHECK(found.empty());
        found = fields;
      }
    }
    return found;
  }

  static Fields fields_of(const event::Record& record) {
    Fields fields;
    for (const event::Field& field : record.fields) {
      INFO("field " << field.name);
      CHECK(fields.emplace(field.name, field.value).second);
    }
    return fields;
  }

  parsers::auth_log::ssh_sessions::SessionTrackerOptions options;
  std::unique_ptr<parsers::auth_log::AuthLogParser> parser;
  event::Records records;
  parsers::DerivedRecords out;
  std::unique_ptr<parsers::auth_log::ssh_sessions::SessionTracker> sessions;
  std::vector<Fields> lines;  // [0] is none
  std::vector<Fields> derived;
};

inline std::string accepted(const std::string& user, const std::string& port = "4000") {
  return "Accepted publickey for " + user + " from 192.0.2.7 port " + port +
         " ssh2: ED25519 SHA256:BKl9Nmqru9TgHcCSetynZrcqMS3lnxgzXUtvtf8DCYk";
}

inline std::string tag(const std::string& pid) { return "sshd[" + pid + "]"; }

// Three lines: let in, PAM, logind.
inline void login(SessionRig& rig, const std::string& second, const std::string& user,
                  const std::string& pid, const std::string& port, const std::string& session) {
  rig.at(second + ".1", tag(pid), accepted(user, port));
  rig.at(second + ".2", tag(pid),
         "pam_unix(sshd:session): session opened for user " + user + "(uid=1000) by (uid=0)");
  rig.at(second + ".3", "systemd-logind[9]", "New session " + session + " of user " + user + ".");
}

inline void logout(SessionRig& rig, const std::string& second, const std::string& user,
                   const std::string& pid, const std::string& session) {
  rig.at(second + ".1", tag(pid), "pam_unix(sshd:session): session closed for user " + user);
  rig.at(second + ".2", "systemd-logind[9]",
         "Session " + session + " logged out. Waiting for processes to exit.");
  rig.at(second + ".3", "systemd-logind[9]", "Removed session " + session + ".");
}

inline std::string sudo(const std::string& user, const std::string& tty, const std::string& command,
                        const std::string& as = "root") {
  return user + " : " + (tty.empty() ? "" : "TTY=" + tty + " ; ") + "PWD=/ ; USER=" + as +
         " ; COMMAND=" + command;
}

}  // namespace auditship::test
