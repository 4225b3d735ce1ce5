#include "agent/platform/posix_filesystem.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <system_error>
#include <unistd.h>

namespace auditship::platform {
namespace {

Error from_errno(int number, const std::string& what) {
  Errc code = Errc::io;
  if (number == ENOENT || number == ENOTDIR) {
    code = Errc::not_found;
  } else if (number == ENOSPC || number == EDQUOT) {
    code = Errc::no_space;
  } else if (number == EWOULDBLOCK) {
    code = Errc::busy;
  } else if (number == EMFILE || number == ENFILE) {
    code = Errc::exhausted;
  }
  return Error{code, what + ": " + std::generic_category().message(number)};
}

// statx instead of stat: it tells the birth time, which with device and inode makes reused inode
// numbers visible.
Result<FileStat> stat_by(int directory, const char* path, int flags, const std::string& what) {
  struct statx s {};
  if (::statx(directory, path, flags, STATX_BASIC_STATS | STATX_BTIME, &s) != 0) {
    return from_errno(errno, what);
  }
  FileStat out;
  out.device = makedev(s.stx_dev_major, s.stx_dev_minor);
  out.inode = s.stx_ino;
  if ((s.stx_mask & STATX_BTIME) != 0) {
    out.generation =
        static_cast<std::uint64_t>(s.stx_btime.tv_sec) * 1'000'000'000u + s.stx_btime.tv_nsec;
  }
  out.size = s.stx_size;
  out.links = s.stx_nlink;
  out.modified_ns = s.stx_mtime.tv_sec * 1'000'000'000 + s.stx_mtime.tv_nsec;
  out.is_regular = S_ISREG(s.stx_mode);
  out.is_directory = S_ISDIR(s.stx_mode);
  out.no_permissions = (s.stx_mode & 07777U) == 0;
  return out;
}

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t n = ::pread(fd_, into + done, size - done, static_cast<off_t>(offset + done));
      if (n == 0) {
        break;
      }
      if (n < 0) {
        if (errno == EINTR) {
          continue;
        }
        return from_errno(errno, "read " + path_);
      }
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

  Status write_at(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (n < 0) {
        if (errno == EINTR) {
          continue;
        }
        return from_errno(errno, "write " + path_);
      }
      bytes.remove_prefix(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  Status truncate(std::uint64_t size) override {
    return ::ftruncate(fd_, static_cast<off_t>(size)) == 0 ? Status()
                                                           : from_errno(errno, "truncate " + path_);
  }
  Status sync() override {
    return ::fdatasync(fd_) == 0 ? Status() : from_errno(errno, "sync " + path_);
  }
  Result<FileStat> stat() override { return stat_by(fd_, "", AT_EMPTY_PATH, "stat " + path_); }
  Result<std::uint64_t> next_data(std::uint64_t offset) override {
    const off_t at = ::lseek(fd_, static_cast<off_t>(offset), SEEK_DATA);
    if (at >= 0) {
      return static_cast<std::uint64_t>(at);
    }
    if (errno != ENXIO) {  // a file system without holes
      return offset;
    }
    auto now = stat();  // only a hole, or nothing, up to the end
    return now ? Result<std::uint64_t>(now->size > offset ? now->size : offset) : now.error();
  }

 private:
  int fd_;
  std::string path_;
};

// What root makes in a directory of another user is that user's: a command that was run as root
// must not leave files that the service cannot open.
void give_to_owner(int fd, const std::string& path) {
  if (::geteuid() != 0) {
    return;
  }
  struct stat above {};
  struct stat own {};
  const std::string directory = directory_of(path);
  if (::stat(directory.empty() ? "." : directory.c_str(), &above) == 0 && ::fstat(fd, &own) == 0 &&
      own.st_uid == 0 && above.st_uid != 0) {
    (void)::fchown(fd, above.st_uid, above.st_gid);  // as it is, if that may not be
  }
}

// The kernel gives the lowest number that is free, so the number says how many are left.
bool is_reserved(int fd) {
  const std::int64_t limit = ::sysconf(_SC_OPEN_MAX);
  if (limit < 0) {
    return false;
  }
  constexpr auto kReserve = static_cast<std::int64_t>(PosixFs::kReservedDescriptors);
  return fd >= limit - std::min(kReserve, limit / 4);
}

}  // namespace

Result<std::unique_ptr<File>> PosixFs::open(const std::string& path, OpenMode mode) {
  int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  if (mode == OpenMode::read || mode == OpenMode::follow) {
    flags |= O_RDONLY;
  } else {
    flags |= O_RDWR | (mode == OpenMode::create ? O_CREAT | O_EXCL : 0);
  }
  const int fd = ::open(path.c_str(), flags, 0600);
  if (fd < 0) {
    Error error = from_errno(errno, "open " + path);
    refused_opens_ += mode == OpenMode::follow && error.code == Errc::exhausted ? 1 : 0;
    return error;
  }
  if (mode == OpenMode::follow && is_reserved(fd)) {
    ::close(fd);
    ++refused_opens_;
    return from_errno(EMFILE, "open " + path);
  }
  auto file = std::make_unique<PosixFile>(fd, path);
  if (mode == OpenMode::create) {
    give_to_owner(fd, path);
  }
  auto stat = file->stat();
  if (!stat) {
    return stat.error();
  }
  if (!stat->is_regular) {
    return Error{Errc::invalid, "open " + path + ": not a regular file"};
  }
  return std::unique_ptr<File>(std::move(file));
}

Result<FileStat> PosixFs::stat(const std::string& path) {
  return stat_by(AT_FDCWD, path.c_str(), 0, "stat " + path);
}

Result<std::vector<std::string>> PosixFs::list(const std::string& directory) {
  DIR* handle = ::opendir(directory.c_str());
  if (handle == nullptr) {
    return from_errno(errno, "list " + directory);
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(handle)) {  // one thread a DIR: safe
    std::string name = entry->d_name;
    if (name != "." && name != "..") {
      names.push_back(std::move(name));
    }
    errno = 0;
  }
  const int number = errno;
  ::closedir(handle);
  if (number != 0) {
    return from_errno(number, "list " + directory);
  }
  return names;
}

Status PosixFs::make_dirs(const std::string& directory) {
  for (std::size_t at = 1; at <= directory.size(); ++at) {
    if (at != directory.size() && directory[at] != '/') {
      continue;
    }
    const std::string part = directory.substr(0, at);
    if (::mkdir(part.c_str(), 0700) == 0) {
      if (const int fd = ::open(part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
          fd >= 0) {
        give_to_owner(fd, part);
        ::close(fd);
      }
      if (auto s = sync_dir(directory_of(part)); !s) {
        return s;
      }
    } else if (errno != EEXIST) {
      const int number = errno;
      if (auto there = stat(part); there && there->is_directory) {
        continue;  // a read-only parent says EROFS or EACCES for a directory that is already there
      }
      return from_errno(number, "make directory " + part);
    }
  }
  return {};
}

Status PosixFs::rename(const std::string& from, const std::string& to) {
  return ::rename(from.c_str(), to.c_str()) == 0
             ? Status()
             : from_errno(errno, "rename " + from + " to " + to);
}

Status PosixFs::remove(const std::string& path) {
  return ::unlink(path.c_str()) == 0 ? Status() : from_errno(errno, "remove " + path);
}

Status PosixFs::sync_dir(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return from_errno(errno, "open " + directory);
  }
  const int result = ::fsync(fd);
  const int number = errno;
  ::close(fd);
  return result == 0 ? Status() : from_errno(number, "sync " + directory);
}

Result<std::unique_ptr<File>> PosixFs::lock(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return from_errno(errno, "lock " + path);
  }
  auto file = std::make_unique<PosixFile>(fd, path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK
               ? Error{Errc::busy,
                       "lock " + path + ": another process, as a second auditship, has it"}
               : from_errno(errno, "lock " + path);
  }
  give_to_owner(fd, path);
  return std::unique_ptr<File>(std::move(file));
}

Result<std::uint64_t> PosixFs::free_bytes(const std::string& directory) {
  struct statvfs s {};
  if (::statvfs(directory.c_str(), &s) != 0) {
    return from_errno(errno, "free space of " + directory);
  }
  return std::uint64_t{s.f_bavail} * s.f_frsize;
}

}  // namespace auditship::platform
