// SshSessions: which login a command or a file transfer belongs to. sudo and su name a user and,
// mostly, a terminal, never a connection.
#include <algorithm>

#include "parsers/auth_log/ssh_sessions/session_document.h"
#include "parsers/auth_log/ssh_sessions/session_tracker.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

constexpr std::string_view kPseudo = "pts/";
constexpr std::string_view kDevices = "/dev/";

// Who the user is there: themself, or who they became on this terminal.
bool acts_as(const SshLogin& login, std::string_view user, std::string_view tty) {
  return login.user == user ||
         (!tty.empty() && std::any_of(login.identities.begin(), login.identities.end(),
                                      [&](const SshLogin::Identity& identity) {
                                        return identity.user == user && identity.tty == tty;
                                      }));
}

bool ever_acted_as(const SshLogin& login, std::string_view user) {
  return login.anybody ||
         std::any_of(login.identities.begin(), login.identities.end(),
                     [&](const SshLogin::Identity& identity) { return identity.user == user; });
}

bool owns(const SshLogin& login, std::string_view tty) {
  return !tty.empty() && std::any_of(login.terminals.begin(), login.terminals.end(),
                                     [&](const SshLogin::Terminal& terminal) {
                                       return terminal.open && terminal.name == tty;
                                     });
}

void remember_identity(SshLogin& login, std::string_view user, std::string_view tty) {
  const bool known =
      std::any_of(login.identities.begin(), login.identities.end(),
                  [&](const SshLogin::Identity& i) { return i.user == user && i.tty == tty; });
  if (user.empty() || known || login.user == user) {
    return;
  }
  if (login.identities.size() >= SshLogin::kMaxShort || user.size() > SshLogin::kMaxText ||
      tty.size() > SshLogin::kMaxText) {
    login.anybody = true;
    return;
  }
  login.identities.push_back({std::string(user), std::string(tty)});
}

// Of a repeated message; no text may make a count run over.
std::uint64_t times(std::uint64_t count) { return std::min<std::uint64_t>(count, 1U << 20); }

std::string as_text(std::string_view user, std::string_view command) {
  return bounded(std::string(user) + ": " + std::string(command.substr(0, SshLogin::kMaxText)));
}

}  // namespace

SshSessions::Tie SshSessions::tie(const Line& line, std::string_view user, std::string_view tty) {
  Tie tie;
  if (user.empty() || (!tty.empty() && !tty.starts_with(kPseudo))) {
    return tie;  // a console is no terminal of sshd
  }
  std::vector<SshLogin*> strong;
  std::vector<SshLogin*> weak;
  for (SshLogin& login : logins_) {
    const bool possible = login.user == user || login.anybody || !login.identities.empty();
    if (!possible || login.host != line.host) {
      continue;
    }
    if (acts_as(login, user, tty)) {
      if (owns(login, tty)) {  // sshd said whose terminal it is
        tie.sure = &login;
        return tie;
      }
      strong.push_back(&login);
    } else if (ever_acted_as(login, user)) {
      weak.push_back(&login);
    }
  }
  return judge(line, user, !tty.empty(), strong, weak);
}

// Sure is only what one login alone can have done, and nobody else.
SshSessions::Tie SshSessions::judge(const Line& line, std::string_view user, bool has_tty,
                                    const std::vector<SshLogin*>& strong,
                                    const std::vector<SshLogin*>& weak) {
  Tie tie;
  tie.others =
      std::any_of(hosts_.begin(), hosts_.end(),
                  [&](const Host& host) { return host.forgot && host.name == line.host; }) ||
      std::any_of(others_.begin(), others_.end(), [&](const Other& other) {
        return other.host == line.host && other.user == user &&
               (other.kind == Other::session || (other.kind == Other::job && !has_tty));
      });
  if (strong.size() == 1 && weak.empty() && !tie.others) {
    tie.sure = strong.front();
    return tie;
  }
  tie.candidates = strong;
  tie.candidates.insert(tie.candidates.end(), weak.begin(), weak.end());
  return tie;
}

// Puts into record and logins what is sure, or who may have done it.
void SshSessions::tell(Pass& pass, const Tie& tie, bool counts) {
  if (tie.sure != nullptr) {
    link(pass, *tie.sure);
    return;
  }
  if (tie.candidates.empty()) {
    return;
  }
  std::vector<std::string> ids;
  for (const SshLogin* candidate : tie.candidates) {
    add_once(ids, candidate->id, SshLogin::kMaxShort);
  }
  pass.record.add("ssh.login.candidates", keep_list(pass.record, ids), event::FieldType::literal);
  if (!counts) {
    return;
  }
  for (SshLogin* candidate : tie.candidates) {
    candidate->unsure_count += times(pass.line.count);
    for (const std::string& id : ids) {
      if (id != candidate->id) {
        add_once(candidate->candidates, id, SshLogin::kMaxShort);
      }
    }
    charge(*candidate);
  }
}

void SshSessions::on_command(Pass& pass) {
  const Line& line = pass.line;
  const Tie tie = this->tie(line, line.user, line.tty);
  if (SshLogin* login = tie.sure) {
    if (line.outcome == "success") {
      login->command_count += times(line.count);
      add_once(login->commands, as_text(line.effective, line.command), SshLogin::kMaxList);
    } else {
      login->refused_count += times(line.count);
      add_once(login->refused, as_text(line.effective, line.command), SshLogin::kMaxList);
    }
  }
  note_switch(line, tie);
  tell(pass, tie, true);
}

// Who can act as whom from now on. What nobody surely did, each may have done; and what no login
// did, somebody else did, who is that user now besides the user's own logins.
void SshSessions::note_switch(const Line& line, const Tie& tie) {
  if (line.outcome != "success" || line.effective.empty() || line.effective == line.user) {
    return;
  }
  if (tie.sure != nullptr) {
    remember_identity(*tie.sure, line.effective, line.tty);
    return;
  }
  for (SshLogin* candidate : tie.candidates) {
    remember_identity(*candidate, line.effective, {});
  }
  const Other::Kind kind = line.tty.empty() ? Other::job : Other::session;
  const bool known = std::any_of(others_.begin(), others_.end(), [&](const Other& other) {
    return other.kind == kind && other.pid == 0 && other.host == line.host &&
           other.user == line.effective;
  });
  if (known || line.effective.size() > SshLogin::kMaxText ||
      (!tie.candidates.empty() && !tie.others)) {
    return;
  }
  Line became = line;
  became.user = line.effective;
  became.pid = 0;
  add_other(kind, became);
}

// What goes with a command that was counted; and pkexec, which has the same fields.
void SshSessions::on_command_link(Pass& pass) {
  const Tie tie = this->tie(pass.line, pass.line.user, pass.line.tty);
  note_switch(pass.line, tie);
  tell(pass, tie, false);
}

void SshSessions::on_switch(Pass& pass) {
  const Line& line = pass.line;
  const Tie tie = this->tie(line, line.user, line.tty);
  note_switch(line, tie);
  tell(pass, tie, true);
}

// A wrong password for sudo or su.
void SshSessions::on_pam_failure(Pass& pass) {
  const Line& line = pass.line;
  if (!line.service.starts_with("su") || line.pam_tty.empty()) {
    return;
  }
  std::string_view tty = line.pam_tty;
  if (tty.starts_with(kDevices)) {
    tty.remove_prefix(kDevices.size());
  }
  tell(pass, tie(line, line.user, tty), false);
}

// sftp-server runs under a process number of its own; it names user and address, but no port.
void SshSessions::on_sftp_opened(Pass& pass) {
  const Line& line = pass.line;
  Tie tie;
  tie.sure = by_pid(line, false);  // relayed by sshd itself
  if (tie.sure == nullptr) {
    for (SshLogin& login : logins_) {
      if (!login.closed && login.host == line.host && login.user == line.user &&
          login.ip == line.ip && !line.ip.empty()) {
        tie.candidates.push_back(&login);
      }
    }
    if (tie.candidates.size() == 1) {
      tie.sure = tie.candidates.front();
    }
  }
  if (tie.sure != nullptr && line.pid != 0 && tie.sure->sftp_pids.size() < SshLogin::kMaxShort) {
    tie.sure->sftp_pids.push_back(line.pid);
  }
  tell(pass, tie, false);
}

SshLogin* SshSessions::sftp_login(const Line& line) {
  SshLogin* found = nullptr;
  for (SshLogin& login : logins_) {
    if (line.pid != 0 && !login.sftp_pids.empty() && login.host == line.host &&
        std::find(login.sftp_pids.begin(), login.sftp_pids.end(), line.pid) !=
            login.sftp_pids.end()) {
      if (found != nullptr) {
        return nullptr;
      }
      found = &login;
    }
  }
  return found;
}

void SshSessions::on_sftp_closed(Pass& pass) {
  if (SshLogin* login = sftp_login(pass.line)) {
    std::erase(login->sftp_pids, pass.line.pid);
    link(pass, *login);
  }
}

void SshSessions::on_file(Pass& pass) {
  if (SshLogin* login = sftp_login(pass.line)) {
    login->file_count += times(pass.line.count);
    add_once(login->files, pass.line.path, SshLogin::kMaxList);
    link(pass, *login);
  }
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
