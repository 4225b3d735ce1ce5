#include <cstdio>
#include <string>

#include "agent/core/json_out.h"
#include "bench/generate.h"

namespace auditship::bench {

namespace {

constexpr const char* kUsers[] = {"alice",  "bob",  "carol", "maria.svensson",
                                  "deploy", "lars", "kim"};
constexpr const char* kGuesses[] = {"admin",    "oracle", "test", "ubuntu",
                                    "postgres", "git",    "user1"};
constexpr const char* kCommands[] = {"/usr/bin/systemctl restart nginx",
                                     "/usr/bin/apt-get update",
                                     "/usr/bin/cat /etc/shadow",
                                     "/usr/bin/kubectl get nodes",
                                     "/usr/bin/tail -n 100 /var/log/syslog",
                                     "/usr/bin/id"};

std::string address(Random& random) {
  return std::to_string(random.between(11, 220)) + '.' + std::to_string(random.below(256)) + '.' +
         std::to_string(random.below(256)) + '.' + std::to_string(random.between(1, 254));
}

}  // namespace

void AuthLines::scene() {
  Random& random = random_;
  waiting_.clear();
  at_ = 0;
  const auto line = [&](const std::string& ident, std::uint64_t pid, const std::string& message) {
    now_us_ += static_cast<std::int64_t>(random.between(500, 400'000));
    append_rfc3339(waiting_, now_us_ * 1000);
    waiting_ += " worker-7 " + ident;
    if (pid != 0) {
      waiting_ += '[' + std::to_string(pid) + ']';
    }
    waiting_ += ": " + message + '\n';
  };
  const std::uint64_t pid = random.between(800, 4'000'000);
  const std::string port = std::to_string(random.between(1024, 65535));
  const std::string user = random.pick(kUsers);
  const std::string from = address(random) + " port " + port;
  const std::string uid = std::to_string(random.between(1000, 1010));
  switch (random.below(8)) {
    case 0:
    case 1: {  // a login by key
      const std::string session = std::to_string(random.below(90'000));
      line("sshd", pid,
           "Accepted publickey for " + user + " from " + from +
               " ssh2: ED25519 SHA256:" + random.base64(43));
      line("sshd", pid,
           "pam_unix(sshd:session): session opened for user " + user + "(uid=" + uid +
               ") by (uid=0)");
      line("systemd-logind", 611, "New session " + session + " of user " + user + '.');
      line("sshd", pid + 7, "Received disconnect from " + from + ":11: disconnected by user");
      line("sshd", pid + 7, "Disconnected from user " + user + ' ' + from);
      line("sshd", pid, "pam_unix(sshd:session): session closed for user " + user);
      line("systemd-logind", 611,
           "Session " + session + " logged out. Waiting for processes to exit.");
      line("systemd-logind", 611, "Removed session " + session + '.');
      return;
    }
    case 2:
    case 3: {  // guessing
      const std::string guess = random.pick(kGuesses);
      const std::string host = from.substr(0, from.find(' '));
      line("sshd", pid, "Invalid user " + guess + " from " + from);
      line("sshd", pid, "pam_unix(sshd:auth): check pass; user unknown");
      line("sshd", pid,
           "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
           "rhost=" +
               host);
      line("sshd", pid, "Failed password for invalid user " + guess + " from " + from + " ssh2");
      line("sshd", pid, "Connection closed by invalid user " + guess + ' ' + from + " [preauth]");
      return;
    }
    case 4:  // a wrong password, then the right one
      line("sshd", pid, "Failed password for " + user + " from " + from + " ssh2");
      line("sshd", pid, "Accepted password for " + user + " from " + from + " ssh2");
      line("sshd", pid,
           "pam_unix(sshd:session): session opened for user " + user + "(uid=" + uid +
               ") by (uid=0)");
      line("sshd", pid + 7, "Disconnected from user " + user + ' ' + from);
      line("sshd", pid, "pam_unix(sshd:session): session closed for user " + user);
      return;
    case 5:
    case 6:  // sudo
      line("sudo", 0,
           "  " + user + " : TTY=pts/" + std::to_string(random.below(30)) + " ; PWD=/home/" + user +
               " ; USER=root ; COMMAND=" + random.pick(kCommands));
      line("sudo", 0,
           "pam_unix(sudo:session): session opened for user root(uid=0) by " + user +
               "(uid=" + uid + ')');
      line("sudo", 0, "pam_unix(sudo:session): session closed for user root");
      return;
    default:  // cron
      line("CRON", pid, "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)");
      line("CRON", pid, "pam_unix(cron:session): session closed for user root");
  }
}

void AuthLines::append(std::string& out) {
  if (at_ == waiting_.size()) {
    scene();
  }
  const std::size_t end = waiting_.find('\n', at_) + 1;
  out.append(waiting_, at_, end - at_);
  at_ = end;
}

}  // namespace auditship::bench
