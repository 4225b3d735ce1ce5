#include "parsers/auth_log/ssh_sessions/command_attribution.h"

#include <algorithm>
#include <string>

#include "parsers/auth_log/ssh_sessions/session_document.h"

namespace auditship::parsers::auth_log::ssh_sessions {
namespace {

constexpr std::string_view kPseudo = "pts/";
constexpr std::string_view kDevices = "/dev/";

// Who the user is there: themself, or who they became on this terminal.
bool acts_as(const logins::SshLogin& login, std::string_view user, std::string_view tty) {
  return login.user == user ||
         (!tty.empty() && std::any_of(login.identities.begin(), login.identities.end(),
                                      [&](const logins::SshLogin::Identity& identity) {
                                        return identity.user == user && identity.tty == tty;
                                      }));
}

bool ever_acted_as(const logins::SshLogin& login, std::string_view user) {
  return login.anybody || std::any_of(login.identities.begin(), login.identities.end(),
                                      [&](const logins::SshLogin::Identity& identity) {
                                        return identity.user == user;
                                      });
}

bool owns(const logins::SshLogin& login, std::string_view tty) {
  return !tty.empty() && std::any_of(login.terminals.begin(), login.terminals.end(),
                                     [&](const logins::SshLogin::Terminal& terminal) {
                                       return terminal.open && terminal.name == tty;
                                     });
}

void remember_identity(logins::LoginTable& table, logins::SshLogin& login, std::string_view user,
                       std::string_view tty) {
  const bool known = std::any_of(
      login.identities.begin(), login.identities.end(),
      [&](const logins::SshLogin::Identity& i) { return i.user == user && i.tty == tty; });
  if (user.empty() || known || login.user == user) {
    return;
  }
  if (login.identities.size() >= logins::SshLogin::kMaxShort ||
      user.size() > logins::SshLogin::kMaxText || tty.size() > logins::SshLogin::kMaxText) {
    table.change(login, [&] { login.anybody = true; });
    return;
  }
  table.change(login, [&] { login.identities.push_back({std::string(user), std::string(tty)}); });
}

std::string as_text(std::string_view user, std::string_view command) {
  return logins::bounded(std::string(user) + ": " +
                         std::string(command.substr(0, logins::SshLogin::kMaxText)));
}

}  // namespace

CommandAttribution::Attribution CommandAttribution::attribute(const lines::SessionLine& line,
                                                              std::string_view tty) {
  // A console is no terminal of sshd.
  if (line.user.empty() || (!tty.empty() && !tty.starts_with(kPseudo))) {
    return {};
  }
  std::vector<logins::SshLogin*> acting;
  std::vector<logins::SshLogin*> possible;
  for (logins::SshLogin* const login : table_.acting_as(line.user)) {
    if (login->host != line.host) {
      continue;
    }
    if (acts_as(*login, line.user, tty)) {
      // sshd said whose terminal it is.
      if (owns(*login, tty)) {
        return {login, {}, false};
      }
      acting.push_back(login);
    } else if (ever_acted_as(*login, line.user)) {
      possible.push_back(login);
    }
  }
  return judge(line, tty, acting, possible);
}

CommandAttribution::Attribution CommandAttribution::judge(
    const lines::SessionLine& line, std::string_view tty,
    const std::vector<logins::SshLogin*>& acting,
    const std::vector<logins::SshLogin*>& possible) const {
  Attribution attribution;
  attribution.others = hosts_.may_have_acted(line, line.user, !tty.empty());
  if (acting.size() == 1 && possible.empty() && !attribution.others) {
    attribution.sure = acting.front();
    return attribution;
  }
  attribution.candidates = acting;
  attribution.candidates.insert(attribution.candidates.end(), possible.begin(), possible.end());
  return attribution;
}

void CommandAttribution::write(lines::ObservedLine& observed, const Attribution& attribution,
                               Unsure unsure) {
  if (attribution.sure != nullptr) {
    table_.link(observed.record, *attribution.sure);
  } else if (!attribution.candidates.empty()) {
    write_candidates(observed, attribution, unsure);
  }
}

void CommandAttribution::write_candidates(lines::ObservedLine& observed,
                                          const Attribution& attribution, Unsure unsure) {
  std::vector<std::string> ids;
  for (const logins::SshLogin* candidate : attribution.candidates) {
    logins::add_once(ids, candidate->id, logins::SshLogin::kMaxShort);
  }
  observed.record.add("ssh.login.candidates", keep_list(observed.record, ids),
                      event::FieldType::literal);
  if (unsure == Unsure::does_not_count) {
    return;
  }
  for (logins::SshLogin* candidate : attribution.candidates) {
    candidate->unsure_count += observed.line.times();
    for (const std::string& id : ids) {
      if (id != candidate->id) {
        logins::add_once(candidate->candidates, id, logins::SshLogin::kMaxShort);
      }
    }
    table_.charge(*candidate);
  }
}

void CommandAttribution::on_command(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  const Attribution attribution = attribute(line, line.tty);
  if (logins::SshLogin* const login = attribution.sure) {
    if (line.outcome == "success") {
      login->command_count += line.times();
      logins::add_once(login->commands, as_text(line.effective, line.command),
                       logins::SshLogin::kMaxList);
    } else if (line.outcome == "failure") {
      login->refused_count += line.times();
      // A wrong password is counted, but names no command.
      if (!line.command.empty()) {
        logins::add_once(login->refused, as_text(line.effective, line.command),
                         logins::SshLogin::kMaxList);
      }
    }
  }
  note_switch(line, attribution);
  write(observed, attribution, Unsure::counts);
}

// What nobody surely did, each candidate may have done; and what no login did, somebody else did,
// who is that user now besides the user's own logins.
void CommandAttribution::note_switch(const lines::SessionLine& line,
                                     const Attribution& attribution) {
  if (line.outcome != "success" || line.effective.empty() || line.effective == line.user) {
    return;
  }
  if (attribution.sure != nullptr) {
    remember_identity(table_, *attribution.sure, line.effective, line.tty);
    return;
  }
  for (logins::SshLogin* candidate : attribution.candidates) {
    remember_identity(table_, *candidate, line.effective, {});
    table_.charge(*candidate);
  }
  if (!attribution.candidates.empty() && !attribution.others) {
    return;
  }
  const auto kind =
      line.tty.empty() ? HostActivity::Session::job : HostActivity::Session::interactive;
  if (logins::is_usable_name(line.effective) && !hosts_.has_switched(kind, line, line.effective)) {
    hosts_.open(kind, line, line.effective, 0);
  }
}

void CommandAttribution::on_command_link(lines::ObservedLine& observed) {
  const Attribution attribution = attribute(observed.line, observed.line.tty);
  note_switch(observed.line, attribution);
  write(observed, attribution, Unsure::does_not_count);
}

void CommandAttribution::on_switch(lines::ObservedLine& observed) {
  const Attribution attribution = attribute(observed.line, observed.line.tty);
  note_switch(observed.line, attribution);
  write(observed, attribution, Unsure::counts);
}

void CommandAttribution::on_pam_failure(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  if (!line.service.starts_with("su") || line.pam_tty.empty()) {
    return;
  }
  std::string_view tty = line.pam_tty;
  if (tty.starts_with(kDevices)) {
    tty.remove_prefix(kDevices.size());
  }
  write(observed, attribute(line, tty), Unsure::does_not_count);
}

// sftp-server runs under a process number of its own, unless sshd relays its messages; it names
// user and address, but no port.
void CommandAttribution::on_sftp_opened(lines::ObservedLine& observed) {
  const lines::SessionLine& line = observed.line;
  Attribution attribution;
  attribution.sure = table_.by_process(line);
  if (attribution.sure == nullptr) {
    for (logins::SshLogin* const login : table_.acting_as(line.user)) {
      if (!login->closed && login->host == line.host && login->user == line.user &&
          login->ip == line.ip && !line.ip.empty()) {
        attribution.candidates.push_back(login);
      }
    }
    if (attribution.candidates.size() == 1) {
      attribution.sure = attribution.candidates.front();
    }
  }
  logins::SshLogin* const sure = attribution.sure;
  if (sure != nullptr && line.pid != 0 && sure->sftp_pids.size() < logins::SshLogin::kMaxShort) {
    table_.change(*sure, [&] { sure->sftp_pids.push_back(line.pid); });
  }
  write(observed, attribution, Unsure::does_not_count);
}

void CommandAttribution::on_sftp_closed(lines::ObservedLine& observed) {
  if (logins::SshLogin* const login = table_.by_sftp_process(observed.line)) {
    table_.change(*login, [&] { std::erase(login->sftp_pids, observed.line.pid); });
    table_.link(observed.record, *login);
  }
}

void CommandAttribution::on_file(lines::ObservedLine& observed) {
  if (logins::SshLogin* const login = table_.by_sftp_process(observed.line)) {
    login->file_count += observed.line.times();
    logins::add_once(login->files, observed.line.path, logins::SshLogin::kMaxList);
    table_.link(observed.record, *login);
  }
}

}  // namespace auditship::parsers::auth_log::ssh_sessions
