#include "agent/delivery/dead_letters/dead_letter_store.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/base/compression/unpacker.h"
#include "agent/base/encoding/json_writer.h"

namespace auditship::delivery::dead_letters {

namespace {

constexpr std::string_view kExtension = ".ndjson.zst";
constexpr std::size_t kReadBlock = 256 << 10;
constexpr std::size_t kMaxLine = 128
                                 << 20;  // an event of 16 MiB whose every byte is escaped to six

std::uint64_t number_of(std::string_view name) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() &&
                 name.substr(static_cast<std::size_t>(end - name.data())) == kExtension
             ? number
             : 0;
}

std::string name_of(std::uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) {
    digits.insert(0, 6 - digits.size(), '0');
  }
  return digits + std::string(kExtension);
}

Result<std::vector<std::string>> files_of(Fs& fs, const std::string& directory) {
  Result<std::vector<std::string>> names = fs.list(directory);
  if (!names) {
    return names;
  }
  std::erase_if(*names, [](const std::string& name) { return number_of(name) == 0; });
  std::sort(names->begin(), names->end(),
            [](const std::string& a, const std::string& b) { return number_of(a) < number_of(b); });
  return names;
}

void append_entry(std::string& out, const DeadLetterEntry& entry) {
  const auto text = [&out](std::string_view name, std::string_view value) {
    out += name;
    append_json_string(out, value);
  };
  const auto time = [&out](std::string_view name, std::int64_t ns) {
    out += ",\"";
    out += name;
    out += "\":\"";
    append_rfc3339(out, ns);
    out += "\",\"";
    out += name;
    out += "_ns\":";
    append_json_int(out, ns);
  };
  text("{\"id\":", entry.id);
  text(",\"index\":", entry.index);
  out += ",\"status\":";
  append_json_uint(out, entry.status);
  text(",\"type\":", entry.type);
  text(",\"reason\":", entry.reason);
  time("first", entry.first_ns);
  time("last", entry.last_ns);
  text(",\"document\":", entry.document);
  out += "}\n";
}

bool read_entry(simdjson::dom::parser& parser, const std::string& line, DeadLetterEntry& entry) {
  simdjson::dom::object object;
  if (parser.parse(line).get(object) != simdjson::SUCCESS) {
    return false;
  }
  bool ok = true;
  const auto text = [&](const char* name, std::string& into) {
    std::string_view value;
    ok = ok && object[name].get(value) == simdjson::SUCCESS;
    into = value;
  };
  text("id", entry.id);
  text("index", entry.index);
  text("type", entry.type);
  text("reason", entry.reason);
  text("document", entry.document);
  std::uint64_t status = 0;
  ok = ok && object["status"].get(status) == simdjson::SUCCESS &&
       object["first_ns"].get(entry.first_ns) == simdjson::SUCCESS &&
       object["last_ns"].get(entry.last_ns) == simdjson::SUCCESS;
  entry.status = static_cast<std::uint16_t>(std::min<std::uint64_t>(status, 999));
  return ok;
}

enum class FileEnd { whole, damaged, stopped };

// Unpacks the bytes of one file, and calls each for every entry in them.
class EntryReader {
 public:
  explicit EntryReader(const std::function<bool(const DeadLetterEntry&)>& each) : each_(each) {}

  // Bytes that follow the ones before. whole: no damage up to here.
  FileEnd add(std::string_view packed) {
    std::size_t produced = kReadBlock;
    // A full block: more may wait in the unpacker.
    while (!packed.empty() || produced == kReadBlock) {
      const std::size_t before = text_.size();
      const std::size_t packed_before = packed.size();
      if (!unpacker_.step(packed, text_, kReadBlock)) {
        return FileEnd::damaged;
      }
      produced = text_.size() - before;
      if (produced == 0 && packed.size() == packed_before) {
        break;
      }
      if (const FileEnd end = give_lines(before); end != FileEnd::whole) {
        return end;
      }
    }
    return FileEnd::whole;
  }

  [[nodiscard]] FileEnd at_end() const {
    return text_.empty() && unpacker_.at_end() ? FileEnd::whole : FileEnd::damaged;
  }

 private:
  // text_ has new bytes from `from` on.
  FileEnd give_lines(std::size_t from) {
    std::size_t begin = 0;
    for (std::size_t end = text_.find('\n', from); end != std::string::npos;
         end = text_.find('\n', begin)) {
      if (!read_entry(parser_, text_.substr(begin, end - begin), entry_)) {
        return FileEnd::damaged;
      }
      begin = end + 1;
      if (!each_(entry_)) {
        return FileEnd::stopped;
      }
    }
    text_.erase(0, begin);
    return text_.size() > kMaxLine ? FileEnd::damaged : FileEnd::whole;
  }

  const std::function<bool(const DeadLetterEntry&)>& each_;
  Unpacker unpacker_{Codec::zstd};
  simdjson::dom::parser parser_;
  DeadLetterEntry entry_;
  std::string text_;
};

// Calls each for every entry of one file.
Result<FileEnd> read_file(Fs& fs, const std::string& path,
                          const std::function<bool(const DeadLetterEntry&)>& each) {
  Result<std::unique_ptr<File>> file = fs.open(path, OpenMode::read);
  if (!file) {
    return file.error();
  }
  EntryReader reader(each);
  std::string block(kReadBlock, '\0');
  std::uint64_t offset = 0;
  while (true) {
    Result<std::size_t> got = (*file)->read_at(offset, block.data(), block.size());
    if (!got) {
      return got.error();
    }
    if (*got == 0) {
      return reader.at_end();
    }
    offset += *got;
    if (const FileEnd end = reader.add({block.data(), *got}); end != FileEnd::whole) {
      return end;
    }
  }
}

}  // namespace

DeadLetterStore::DeadLetterStore(Fs& fs, DeadLetterStoreOptions options, std::unique_ptr<File> lock)
    : fs_(fs), options_(std::move(options)), lock_(std::move(lock)) {}

Result<std::unique_ptr<DeadLetterStore>> DeadLetterStore::open(Fs& fs,
                                                               DeadLetterStoreOptions options) {
  if (Status made = fs.make_dirs(options.directory); !made) {
    return made.error().in("create " + options.directory);
  }
  Result<std::unique_ptr<File>> lock = fs.lock(join_path(options.directory, "lock"));
  if (!lock) {
    return lock.error().in("lock " + options.directory);
  }
  std::unique_ptr<DeadLetterStore> entries(
      new DeadLetterStore(fs, std::move(options), std::move(*lock)));
  if (Status measured = entries->measure(); !measured) {
    return measured.error().in("dead letters " + entries->options_.directory);
  }
  return entries;
}

Status DeadLetterStore::measure() {
  Result<std::vector<std::string>> names = files_of(fs_, options_.directory);
  if (!names) {
    return names.error();
  }
  bytes_ = 0;
  for (const std::string& name : *names) {
    Result<FileStat> stat = fs_.stat(join_path(options_.directory, name));
    if (!stat) {
      return stat.error();
    }
    bytes_ += stat->size;
    number_ = std::max(number_, number_of(name));
  }
  return {};
}

// Makes file_ ready to take bytes more.
Status DeadLetterStore::open_next_file(std::size_t bytes) {
  if (file_ && (file_bytes_ == 0 || file_bytes_ + bytes <= options_.max_file_bytes)) {
    return {};
  }
  const std::string path = join_path(options_.directory, name_of(number_ + 1));
  Result<std::unique_ptr<File>> made = fs_.open(path, OpenMode::create);
  if (!made) {
    return made.error().in("create " + path);
  }
  ++number_;
  file_bytes_ = 0;
  file_ = std::move(*made);
  if (Status synced = fs_.sync_dir(options_.directory); !synced) {
    file_.reset();
    return synced.error().in("sync " + options_.directory);
  }
  return {};
}

Status DeadLetterStore::add(const std::vector<DeadLetterEntry>& entries) {
  if (entries.empty()) {
    return {};
  }
  Packer packer(Codec::zstd);
  std::string line;
  for (const DeadLetterEntry& entry : entries) {
    line.clear();
    append_entry(line, entry);
    packer.append(line);
  }
  const std::string frame = packer.finish();
  if (bytes_ + frame.size() > options_.max_bytes) {
    return Error{Errc::no_space, "dead letters have reached their limit of " +
                                     std::to_string(options_.max_bytes) +
                                     " bytes: replay or remove some"};
  }
  if (Status ready = open_next_file(frame.size()); !ready) {
    return ready;
  }
  Status done = file_->write_at(file_bytes_, frame);
  if (done) {
    done = file_->sync();
  }
  if (!done) {
    // Never write behind bytes that may be torn: cut them off, and go on in a new file.
    static_cast<void>(file_->truncate(file_bytes_).ok());
    file_.reset();
    static_cast<void>(measure().ok());
    return done.error().in("write dead letters");
  }
  file_bytes_ += frame.size();
  bytes_ += frame.size();
  added_ += entries.size();
  return {};
}

Status DeadLetterStore::remove(const std::set<std::string, std::less<>>& ids) {
  file_.reset();  // may be replaced below
  Result<std::vector<std::string>> names = files_of(fs_, options_.directory);
  if (!names) {
    return names.error();
  }
  for (const std::string& name : *names) {
    const std::string path = join_path(options_.directory, name);
    Packer kept(Codec::zstd);
    std::uint64_t kept_entries = 0;
    std::uint64_t removed = 0;
    std::string line;
    Result<FileEnd> end = read_file(fs_, path, [&](const DeadLetterEntry& entry) {
      if (ids.contains(entry.id)) {
        ++removed;
        return true;
      }
      line.clear();
      append_entry(line, entry);
      kept.append(line);
      ++kept_entries;
      return true;
    });
    if (!end) {
      return end.error().in("read " + path);
    }
    if (removed == 0 || *end == FileEnd::damaged) {
      continue;  // a damaged file is left for people to look at
    }
    Status done = kept_entries == 0 ? fs_.remove(path) : fs_.replace_file(path, kept.finish());
    if (!done) {
      return done.error().in("rewrite " + path);
    }
  }
  return measure();
}

Result<DeadLetterScan> read_dead_letters(Fs& fs, const std::string& directory,
                                         const std::function<bool(const DeadLetterEntry&)>& each) {
  DeadLetterScan scan;
  Result<std::vector<std::string>> names = files_of(fs, directory);
  if (!names) {
    if (names.error().code == Errc::not_found) {
      return scan;
    }
    return names.error().in("dead letters " + directory);
  }
  for (const std::string& name : *names) {
    Result<FileEnd> end =
        read_file(fs, join_path(directory, name), [&](const DeadLetterEntry& entry) {
          ++scan.entries;
          return each(entry);
        });
    if (!end) {
      return end.error().in("read " + join_path(directory, name));
    }
    if (*end == FileEnd::stopped) {
      break;
    }
    scan.damaged_files += *end == FileEnd::damaged ? 1 : 0;
  }
  return scan;
}

}  // namespace auditship::delivery::dead_letters
