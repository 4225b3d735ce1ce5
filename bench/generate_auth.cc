#include <cstdio>
#include <string>

#include "agent/base/encoding/json_writer.h"
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

struct AuthLines::Actor {
  std::uint64_t pid = 0;
  std::string user, uid;
  std::string from;  // address and port
};

void AuthLines::line(const std::string& ident, std::uint64_t pid, const std::string& message) {
  now_us_ += static_cast<std::int64_t>(random_.between(500, 400'000));
  append_rfc3339(waiting_, now_us_ * 1000);
  waiting_ += " worker-7 " + ident;
  if (pid != 0) {
    waiting_ += '[' + std::to_string(pid) + ']';
  }
  waiting_ += ": " + message + '\n';
}

void AuthLines::key_login(const Actor& who) {
  const std::string session = std::to_string(random_.below(90'000));
  line("sshd", who.pid,
       "Accepted publickey for " + who.user + " from " + who.from +
           " ssh2: ED25519 SHA256:" + random_.base64(43));
  line("sshd", who.pid,
       "pam_unix(sshd:session): session opened for user " + who.user + "(uid=" + who.uid +
           ") by (uid=0)");
  line("systemd-logind", 611, "New session " + session + " of user " + who.user + '.');
  line("sshd", who.pid + 7, "Received disconnect from " + who.from + ":11: disconnected by user");
  line("sshd", who.pid + 7, "Disconnected from user " + who.user + ' ' + who.from);
  line("sshd", who.pid, "pam_unix(sshd:session): session closed for user " + who.user);
  line("systemd-logind", 611, "Session " + session + " logged out. Waiting for processes to exit.");
  line("systemd-logind", 611, "Removed session " + session + '.');
}

void AuthLines::guessing(const Actor& who) {
  const std::string guess = random_.pick(kGuesses);
  const std::string host = who.from.substr(0, who.from.find(' '));
  line("sshd", who.pid, "Invalid user " + guess + " from " + who.from);
  line("sshd", who.pid, "pam_unix(sshd:auth): check pass; user unknown");
  line("sshd", who.pid,
       "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
       "rhost=" +
           host);
  line("sshd", who.pid,
       "Failed password for invalid user " + guess + " from " + who.from + " ssh2");
  line("sshd", who.pid,
       "Connection closed by invalid user " + guess + ' ' + who.from + " [preauth]");
}

// A wrong password, then the right one.
void AuthLines::password_login(const Actor& who) {
  line("sshd", who.pid, "Failed password for " + who.user + " from " + who.from + " ssh2");
  line("sshd", who.pid, "Accepted password for " + who.user + " from " + who.from + " ssh2");
  line("sshd", who.pid,
       "pam_unix(sshd:session): session opened for user " + who.user + "(uid=" + who.uid +
           ") by (uid=0)");
  line("sshd", who.pid + 7, "Disconnected from user " + who.user + ' ' + who.from);
  line("sshd", who.pid, "pam_unix(sshd:session): session closed for user " + who.user);
}

void AuthLines::sudo(const Actor& who) {
  line("sudo", 0,
       "  " + who.user + " : TTY=pts/" + std::to_string(random_.below(30)) + " ; PWD=/home/" +
           who.user + " ; USER=root ; COMMAND=" + random_.pick(kCommands));
  line("sudo", 0,
       "pam_unix(sudo:session): session opened for user root(uid=0) by " + who.user +
           "(uid=" + who.uid + ')');
  line("sudo", 0, "pam_unix(sudo:session): session closed for user root");
}

void AuthLines::cron(const Actor& who) {
  line("CRON", who.pid, "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)");
  line("CRON", who.pid, "pam_unix(cron:session): session closed for user root");
}

void AuthLines::scene() {
  waiting_.clear();
  at_ = 0;
  Actor who;
  who.pid = random_.between(800, 4'000'000);
  const std::string port = std::to_string(random_.between(1024, 65535));
  who.user = random_.pick(kUsers);
  who.from = address(random_) + " port " + port;
  who.uid = std::to_string(random_.between(1000, 1010));
  switch (random_.below(8)) {
    case 0:
    case 1:
      return key_login(who);
    case 2:
    case 3:
      return guessing(who);
    case 4:
      return password_login(who);
    case 5:
    case 6:
      return sudo(who);
    default:
      return cron(who);
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
