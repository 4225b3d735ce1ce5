#include "sinks/file/file_sink.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/base/compression/unpacker.h"
#include "agent/base/encoding/binary_io.h"
#include "agent/base/encoding/crc32c.h"
#include "agent/base/executor.h"

namespace auditship::sinks::file {

namespace {

constexpr std::string_view kCommitName = "commit";
constexpr std::string_view kMagic = "auditship file sink 1\n";
constexpr std::string_view kMagicFamily = "auditship file sink ";
constexpr std::size_t kMaxCommitBytes = 64 << 10;
constexpr std::size_t kMaxNameBytes = 4096;

std::string_view extension(bool zstd) { return zstd ? ".ndjson.zst" : ".ndjson"; }

// The number in NAME-000001.ndjson or .ndjson.zst; 0 for other names.
std::uint64_t number_of(std::string_view file, std::string_view name) {
  if (!file.starts_with(name) || file.size() <= name.size() || file[name.size()] != '-') {
    return 0;
  }
  file.remove_prefix(name.size() + 1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(file.data(), file.data() + file.size(), number);
  const std::string_view rest = file.substr(static_cast<std::size_t>(end - file.data()));
  const bool ours = rest == extension(false) || rest == extension(true);
  return error == std::errc() && ours ? number : 0;
}

event::Outcome not_shipped(event::Verdict verdict, LogCode code, std::string message) {
  event::Outcome outcome;
  outcome.verdict = verdict;
  outcome.code = code.name();
  outcome.message = std::move(message);
  return outcome;
}

}  // namespace

FileSink::FileSink(Fs& fs, Logger& log, Executor post, FileSinkOptions options)
    : fs_(fs), log_(log), post_(std::move(post)), options_(std::move(options)) {}

Result<std::unique_ptr<FileSink>> FileSink::open(Fs& fs, Logger& log, Executor post,
                                                 FileSinkOptions options) {
  std::unique_ptr<FileSink> sink(new FileSink(fs, log, std::move(post), std::move(options)));
  if (Status made = fs.make_dirs(sink->options_.directory); !made) {
    return made.error().in("create " + sink->options_.directory);
  }
  if (Status recovered = sink->recover(); !recovered) {
    return recovered.error().in("file sink " + sink->options_.directory);
  }
  return sink;
}

std::string FileSink::file_name(std::uint64_t number) const {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) {
    digits.insert(0, 6 - digits.size(), '0');
  }
  return options_.name + "-" + digits + std::string(extension(options_.zstd));
}

std::string FileSink::current_file() const { return join_path(options_.directory, commit_.file); }

Result<std::uint64_t> FileSink::last_number() {
  Result<std::vector<std::string>> names = fs_.list(options_.directory);
  if (!names) {
    return names.error();
  }
  std::uint64_t last = 0;
  for (const std::string& name : *names) {
    last = std::max(last, number_of(name, options_.name));
  }
  return last;
}

Result<FileSink::Commit> FileSink::read_commit() {
  Result<std::string> text =
      fs_.read_file(join_path(options_.directory, kCommitName), kMaxCommitBytes);
  if (!text) {
    return text.error();
  }
  const std::string_view bytes = *text;
  if (bytes.starts_with(kMagicFamily) && !bytes.starts_with(kMagic)) {
    return Error{Errc::newer_version, "commit was written by another release"};
  }
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + 4) {
    return Error{Errc::corrupt, "commit is damaged"};
  }
  const std::string_view body = bytes.substr(0, bytes.size() - 4);
  WireReader checksum(bytes.substr(body.size()));
  WireReader reader(body.substr(kMagic.size()));
  Commit commit;
  commit.frame = reader.u64();
  commit.number = reader.u64();
  commit.length = reader.u64();
  commit.buffer = reader.bytes(kMaxNameBytes);
  commit.file = reader.bytes(kMaxNameBytes);
  const bool sane = reader.ok() && reader.at_end() && checksum.u32() == crc32c(body) &&
                    number_of(commit.file, options_.name) == commit.number;
  if (!sane) {
    return Error{Errc::corrupt, "commit is damaged"};
  }
  return commit;
}

Status FileSink::write_commit(const Commit& commit) {
  std::string bytes(kMagic);
  put_u64(bytes, commit.frame);
  put_u64(bytes, commit.number);
  put_u64(bytes, commit.length);
  put_bytes(bytes, commit.buffer);
  put_bytes(bytes, commit.file);
  put_u32(bytes, crc32c(bytes));
  return fs_.replace_file(join_path(options_.directory, kCommitName), bytes);
}

Status FileSink::recover() {
  Result<Commit> found = read_commit();
  if (found) {
    return repair(*found);
  }
  if (found.error().code != Errc::not_found && found.error().code != Errc::corrupt) {
    return found.error();
  }
  // The very first start, or a damaged record. Existing files stay as they are.
  Result<std::uint64_t> last = last_number();
  if (!last) {
    return last.error();
  }
  if (found.error().code == Errc::corrupt) {
    log_.error("file-sink-commit-damaged",
               "the commit record is damaged: frames sent again may be there twice",
               {{"directory", options_.directory}});
  }
  commit_ = Commit{options_.buffer_id, 0, *last + 1, file_name(*last + 1), 0};
  return write_commit(commit_);
}

// Cuts off what was written after the last commit: the end of its file, and the file after it.
Status FileSink::repair(const Commit& found) {
  const std::string path = join_path(options_.directory, found.file);
  bool usable = found.file == file_name(found.number);  // else .zst was switched on or off
  Result<FileStat> stat = fs_.stat(path);
  if (!stat && stat.error().code != Errc::not_found) {
    return stat.error();
  }
  if (stat && stat->size > found.length) {
    Result<std::unique_ptr<File>> file = fs_.open(path, OpenMode::write);
    if (!file) {
      return file.error();
    }
    if (Status cut = (*file)->truncate(found.length); !cut) {
      return cut;
    }
    if (Status synced = (*file)->sync(); !synced) {
      return synced;
    }
    log_.warn("file-sink-torn", "cut off documents that were never acknowledged",
              {{"file", path}, {"bytes", stat->size - found.length}});
  }
  if ((!stat && found.length > 0) || (stat && stat->size < found.length)) {
    usable = false;  // moved away or damaged by somebody: do not write into it
    log_.warn("file-sink-changed",
              "the last file is gone or shorter than it was; going on with the next one",
              {{"file", path}});
  }
  for (const bool zstd : {false, true}) {
    std::string next = file_name(found.number + 1);
    next = next.substr(0, next.size() - extension(options_.zstd).size());
    next += extension(zstd);
    if (Status removed = fs_.remove(join_path(options_.directory, next));
        !removed && removed.error().code != Errc::not_found) {
      return removed;
    }
  }
  commit_ = found;
  if (found.buffer != options_.buffer_id) {
    commit_.buffer = options_.buffer_id;
    commit_.frame = 0;
  }
  if (!usable) {
    commit_.number = found.number + 1;
    commit_.file = file_name(commit_.number);
    commit_.length = 0;
  }
  return write_commit(commit_);
}

// False when somebody removed, replaced or cut the file under our hands: then go on with the next
// one.
bool FileSink::still_ours() {
  if (commit_.length == 0) {
    return true;  // nothing of ours is in it yet
  }
  Result<FileStat> by_name = fs_.stat(current_file());
  if (!by_name) {
    return by_name.error().code != Errc::not_found;  // other errors: writing will tell
  }
  if (by_name->size < commit_.length) {
    return false;
  }
  if (!file_) {
    return true;
  }
  Result<FileStat> open_file = file_->stat();
  return open_file && open_file->same_file(*by_name);
}

// Appends bytes and commits them as frame. On failure the files are as before, or are cut at the
// next open.
Status FileSink::store(event::FrameId frame, std::string_view bytes) {
  if (commit_unknown_) {
    // The failed attempt's record may be the one on disk: put the old one back before its bytes are
    // cut.
    if (Status restored = write_commit(commit_); !restored) {
      return restored.error().in("write commit");
    }
    commit_unknown_ = false;
  }
  Commit next = commit_;
  const bool full = next.length > 0 && next.length + bytes.size() > options_.max_file_bytes;
  if (full || !still_ours()) {
    file_.reset();
    ++next.number;
    next.file = file_name(next.number);
    next.length = 0;
  }
  const std::string path = join_path(options_.directory, next.file);
  if (!file_) {
    Result<std::unique_ptr<File>> opened = fs_.open(path, OpenMode::write);
    if (!opened && opened.error().code == Errc::not_found && next.length == 0) {
      opened = fs_.open(path, OpenMode::create);
    }
    if (!opened) {
      return opened.error().in("open " + path);
    }
    if (Status synced = fs_.sync_dir(options_.directory); !synced) {
      return synced.error().in("sync " + options_.directory);
    }
    // An attempt that failed before may have left bytes.
    if (Status cut = (*opened)->truncate(next.length); !cut) {
      return cut.error().in("truncate " + path);
    }
    file_ = std::move(*opened);
  }
  next.length += bytes.size();
  next.frame = frame;
  Status done = file_->write_at(next.length - bytes.size(), bytes);
  if (done) {
    done = file_->sync();
  }
  if (done) {
    done = write_commit(next);
    commit_unknown_ = !done;
  }
  if (!done) {
    file_.reset();  // opening it anew cuts off what was written
    return done.error().in("write " + path);
  }
  commit_ = std::move(next);
  return {};
}

event::Outcome FileSink::ship_now(const Shipment& shipment) {
  if (shipment.frame <= commit_.frame) {
    event::Outcome outcome;
    outcome.verdict = event::Verdict::created;
    outcome.duplicate = shipment.documents;
    return outcome;
  }
  if (failed_ != 0 && shipment.frame > failed_) {
    return not_shipped(event::Verdict::retry, "file-order",
                       "an earlier frame could not be written yet");
  }
  Result<std::string> body = unpack(shipment.codec, shipment.body, shipment.raw_bytes);
  if (!body) {
    return not_shipped(event::Verdict::blocked, "file-shipment-damaged", body.error().message);
  }
  const auto lines = std::count(body->begin(), body->end(), '\n');
  if (lines != static_cast<std::ptrdiff_t>(shipment.documents) || !body->ends_with('\n')) {
    return not_shipped(event::Verdict::blocked, "file-shipment-damaged",
                       "the shipment does not hold the documents it claims");
  }
  if (options_.zstd) {
    *body = pack(Codec::zstd, *body);
  }
  if (Status stored = store(shipment.frame, *body); !stored) {
    failed_ = shipment.frame;
    const bool full = stored.error().code == Errc::no_space;
    return not_shipped(event::Verdict::retry, full ? LogCode("file-no-space") : LogCode("file-io"),
                       stored.error().message);
  }
  failed_ = 0;
  event::Outcome outcome;
  outcome.verdict = event::Verdict::created;
  outcome.created = shipment.documents;
  return outcome;
}

void FileSink::ship(const Shipment& shipment, std::function<void(event::Outcome)> done) {
  post_([outcome = ship_now(shipment), done = std::move(done)]() mutable {
    done(std::move(outcome));
  });
}

}  // namespace auditship::sinks::file
