#include "agent/delivery/dead_letter_store.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "agent/base/compression.h"
#include "agent/base/json_writer.h"

namespace auditship::delivery {

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

void append_letter(std::string& out, const DeadLetter& letter) {
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
  text("{\"id\":", letter.id);
  text(",\"index\":", letter.index);
  out += ",\"status\":";
  append_json_uint(out, letter.status);
  text(",\"type\":", letter.type);
  text(",\"reason\":", letter.reason);
  time("first", letter.first_ns);
  time("last", letter.last_ns);
  text(",\"document\":", letter.document);
  out += "}\n";
}

bool read_letter(simdjson::dom::parser& parser, const std::string& line, DeadLetter& letter) {
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
  text("id", letter.id);
  text("index", letter.index);
  text("type", letter.type);
  text("reason", letter.reason);
  text("document", letter.document);
  std::uint64_t status = 0;
  ok = ok && object["status"].get(status) == simdjson::SUCCESS &&
       object["first_ns"].get(letter.first_ns) == simdjson::SUCCESS &&
       object["last_ns"].get(letter.last_ns) == simdjson::SUCCESS;
  letter.status = static_cast<std::uint16_t>(std::min<std::uint64_t>(status, 999));
  return ok;
}

enum class FileEnd { whole, damaged, stopped };

// Unpacks the bytes of one file, and calls each for every letter in them.
class LetterReader {
 public:
  explicit LetterReader(const std::function<bool(const DeadLetter&)>& each) : each_(each) {}

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
      if (!read_letter(parser_, text_.substr(begin, end - begin), letter_)) {
        return FileEnd::damaged;
      }
      begin = end + 1;
      if (!each_(letter_)) {
        return FileEnd::stopped;
      }
    }
    text_.erase(0, begin);
    return text_.size() > kMaxLine ? FileEnd::damaged : FileEnd::whole;
  }

  const std::function<bool(const DeadLetter&)>& each_;
  Unpacker unpacker_{Codec::zstd};
  simdjson::dom::parser parser_;
  DeadLetter letter_;
  std::string text_;
};

// Calls each for every letter of one file.
Result<FileEnd> read_file(Fs& fs, const std::string& path,
                          const std::function<bool(const DeadLetter&)>& each) {
  Result<std::unique_ptr<File>> file = fs.open(path, OpenMode::read);
  if (!file) {
    return file.error();
  }
  LetterReader reader(each);
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

DeadLetters::DeadLetters(Fs& fs, DeadLetterOptions options, std::unique_ptr<File> lock)
    : fs_(fs), options_(std::move(options)), lock_(std::move(lock)) {}

Result<std::unique_ptr<DeadLetters>> DeadLetters::open(Fs& fs, DeadLetterOptions options) {
  if (Status made = fs.make_dirs(options.directory); !made) {
    return made.error().in("create " + options.directory);
  }
  Result<std::unique_ptr<File>> lock = fs.lock(join_path(options.directory, "lock"));
  if (!lock) {
    return lock.error().in("lock " + options.directory);
  }
  std::unique_ptr<DeadLetters> letters(new DeadLetters(fs, std::move(options), std::move(*lock)));
  if (Status measured = letters->measure(); !measured) {
    return measured.error().in("dead letters " + letters->options_.directory);
  }
  return letters;
}

Status DeadLetters::measure() {
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
Status DeadLetters::open_next_file(std::size_t bytes) {
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

Status DeadLetters::add(const std::vector<DeadLetter>& letters) {
  if (letters.empty()) {
    return {};
  }
  Packer packer(Codec::zstd);
  std::string line;
  for (const DeadLetter& letter : letters) {
    line.clear();
    append_letter(line, letter);
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
  added_ += letters.size();
  return {};
}

Status DeadLetters::remove(const std::set<std::string, std::less<>>& ids) {
  file_.reset();  // may be replaced below
  Result<std::vector<std::string>> names = files_of(fs_, options_.directory);
  if (!names) {
    return names.error();
  }
  for (const std::string& name : *names) {
    const std::string path = join_path(options_.directory, name);
    Packer kept(Codec::zstd);
    std::uint64_t kept_letters = 0;
    std::uint64_t removed = 0;
    std::string line;
    Result<FileEnd> end = read_file(fs_, path, [&](const DeadLetter& letter) {
      if (ids.contains(letter.id)) {
        ++removed;
        return true;
      }
      line.clear();
      append_letter(line, letter);
      kept.append(line);
      ++kept_letters;
      return true;
    });
    if (!end) {
      return end.error().in("read " + path);
    }
    if (removed == 0 || *end == FileEnd::damaged) {
      continue;  // a damaged file is left for people to look at
    }
    Status done = kept_letters == 0 ? fs_.remove(path) : fs_.replace_file(path, kept.finish());
    if (!done) {
      return done.error().in("rewrite " + path);
    }
  }
  return measure();
}

Result<DeadLetterScan> read_dead_letters(Fs& fs, const std::string& directory,
                                         const std::function<bool(const DeadLetter&)>& each) {
  DeadLetterScan scan;
  Result<std::vector<std::string>> names = files_of(fs, directory);
  if (!names) {
    if (names.error().code == Errc::not_found) {
      return scan;
    }
    return names.error().in("dead letters " + directory);
  }
  for (const std::string& name : *names) {
    Result<FileEnd> end = read_file(fs, join_path(directory, name), [&](const DeadLetter& letter) {
      ++scan.letters;
      return each(letter);
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

}  // namespace auditship::delivery
