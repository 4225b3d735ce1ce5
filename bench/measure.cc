// Runs one command and says what it alone used, as JSON on the last line of stdout:
//   bench_measure OUTPUT_FILE COMMAND ARG…
// {"exit":0,"wall_s":1.23,"user_s":1.00,"sys_s":0.10,"max_rss_kib":12345}
// The command's own output goes to OUTPUT_FILE. A small program on purpose: the kernel counts the
// parent's pages into a child's peak RSS until it execs, so a runner with a large heap would be
// measured instead.
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: bench_measure OUTPUT_FILE COMMAND ARG...\n", stderr);
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    const int output = ::open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ::dup2(output, 1);
    ::dup2(output, 2);
    ::execvp(argv[2], argv + 2);
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || ::wait4(child, &status, 0, &used) != child) {
    std::fputs("bench_measure: cannot run the command\n", stderr);
    return 1;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::printf(R"({"exit":%d,"wall_s":%.4f,"user_s":%.4f,"sys_s":%.4f,"max_rss_kib":%ld})"
              "\n",
              code, wall.count(), seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss);
  return 0;
}
