// `auditship dead-letter`: documents that the server refused for their content. ls and show also
// while an agent runs; replay needs it stopped, because it takes letters out.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "agent/app/type_access.h"
#include "agent/base/json_writer.h"
#include "agent/cli/commands.h"
#include "agent/delivery/bulk_payload.h"
#include "agent/delivery/dead_letter_store.h"
#include "agent/logging/agent_log.h"
#include "agent/platform/posix_filesystem.h"
#include "sinks/opensearch/blocking_client.h"

namespace auditship::cli {
namespace {

constexpr std::size_t kReplayDocuments = 500;
constexpr std::size_t kReplayBytes = 4u << 20;

std::string directory_for(const std::string& data_dir, const std::string& stream) {
  return join_path(join_path(data_dir, stream), "dead-letter");
}

std::vector<std::string> streams_in(Fs& fs, const std::string& data_dir, const std::string& only) {
  std::vector<std::string> streams;
  if (auto names = fs.list(data_dir); names) {
    for (const std::string& name : *names) {
      auto there = fs.stat(directory_for(data_dir, name));
      if (there && there->is_directory && (only.empty() || only == name)) {
        streams.push_back(name);
      }
    }
  }
  std::sort(streams.begin(), streams.end());
  return streams;
}

bool wanted(const delivery::DeadLetter& letter, const std::string& reason) {
  return reason.empty() || letter.type.find(reason) != std::string::npos ||
         letter.reason.find(reason) != std::string::npos;
}

int list_letters(Fs& fs, const std::string& data_dir, const DeadLetterArguments& arguments) {
  bool good = true;
  for (const std::string& stream : streams_in(fs, data_dir, arguments.stream)) {
    std::map<std::string, std::uint64_t> by_error;
    std::uint64_t letters = 0;
    auto scan = delivery::read_dead_letters(
        fs, directory_for(data_dir, stream), [&](const delivery::DeadLetter& letter) {
          if (wanted(letter, arguments.reason)) {
            std::string clean;
            append_json_escaped(clean, std::to_string(letter.status) + " " + letter.type + ": " +
                                           letter.reason.substr(0, 120));
            ++by_error[clean];
            ++letters;
          }
          return true;
        });
    if (!scan) {
      std::fprintf(stderr, "auditship: %s: %s\n", stream.c_str(), scan.error().message.c_str());
      good = false;
      continue;
    }
    std::printf("%s: %llu letters%s\n", stream.c_str(), static_cast<unsigned long long>(letters),
                scan->damaged_files > 0 ? ", and files with a damaged end" : "");
    for (const auto& [error, count] : by_error) {
      std::printf("  %llu  %s\n", static_cast<unsigned long long>(count), error.c_str());
    }
  }
  return good ? 0 : kExitFailed;
}

int show_letters(Fs& fs, const std::string& data_dir, const DeadLetterArguments& arguments) {
  for (const std::string& stream : streams_in(fs, data_dir, arguments.stream)) {
    auto scan = delivery::read_dead_letters(
        fs, directory_for(data_dir, stream), [&](const delivery::DeadLetter& letter) {
          if (!wanted(letter, arguments.reason)) {
            return true;
          }
          std::string line = "{\"stream\":";
          append_json_string(line, stream);
          for (const auto& [name, value] :
               {std::pair<const char*, const std::string*>{"id", &letter.id},
                {"index", &letter.index},
                {"type", &letter.type},
                {"reason", &letter.reason},
                {"document", &letter.document}}) {
            line += ",\"";
            line += name;
            line += "\":";
            append_json_string(line, *value);
          }
          line += ",\"status\":" + std::to_string(letter.status) + ",\"first\":\"";
          append_rfc3339(line, letter.first_ns);
          line += "\",\"last\":\"";
          append_rfc3339(line, letter.last_ns);
          line += "\"}\n";
          return std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
        });
    if (!scan) {
      std::fprintf(stderr, "auditship: %s: %s\n", stream.c_str(), scan.error().message.c_str());
      return kExitFailed;
    }
  }
  return 0;
}

struct Replayed {
  std::uint64_t settled = 0, refused = 0;
  Status status;
};

// Sends letters again under their own ids, and takes out what is settled. With write aliases it
// looks up first which are there already, as ids are unique per concrete index only; a dated index
// is always the same one, and says by itself what it has.
class Replay {
 public:
  Replay(sinks::opensearch::BlockingOpenSearchClient& client,
         sinks::opensearch::OpenSearchSink& sink, delivery::DeadLetters& letters,
         sinks::opensearch::IndexStyle style)
      : client_(client),
        sink_(sink),
        letters_(letters),
        dated_(style == sinks::opensearch::IndexStyle::dated) {}

  Status send(const std::vector<delivery::DeadLetter>& batch, Replayed& total) {
    std::set<std::string, std::less<>> settled;
    if (!dated_) {
      if (auto s = look_up(batch, settled); !s) {
        return s;
      }
    }
    std::vector<const delivery::DeadLetter*> missing;
    for (const delivery::DeadLetter& letter : batch) {
      if (!settled.contains(letter.id)) {
        missing.push_back(&letter);
      }
    }
    if (!missing.empty()) {
      if (auto s = deliver(missing, settled); !s) {
        return s;
      }
    }
    total.settled += settled.size();
    total.refused += batch.size() - settled.size();
    return letters_.remove(settled);
  }

 private:
  Status look_up(const std::vector<delivery::DeadLetter>& batch,
                 std::set<std::string, std::less<>>& settled) {
    std::vector<std::string> ids;
    ids.reserve(batch.size());
    for (const delivery::DeadLetter& letter : batch) {
      ids.push_back(letter.id);
    }
    Result<sinks::Presence> presence = Error{Errc::network, "interrupted"};
    client_.run([&](const std::function<void()>& done) {
      sink_.look_up(batch.front().index, ids, [&, done](Result<sinks::Presence> found) {
        presence = std::move(found);
        done();
      });
    });
    if (!presence) {
      return presence.error();
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (presence->found[i]) {
        settled.insert(batch[i].id);
      }
    }
    return {};
  }

  Status deliver(const std::vector<const delivery::DeadLetter*>& letters,
                 std::set<std::string, std::less<>>& settled) {
    auto part = part_of(letters);
    if (!part) {
      return part.error();
    }
    auto index = write_index();
    if (!index) {
      return index.error();
    }
    const event::Outcome outcome = ship(*part, *index);
    if (outcome.verdict != event::Verdict::created) {
      return Error{Errc::refused, outcome.message};
    }
    std::set<std::uint32_t> failed;
    for (const event::ItemOutcome& item : outcome.items) {
      failed.insert(item.item);
    }
    for (std::uint32_t i = 0; i < letters.size(); ++i) {
      if (!failed.contains(i)) {
        settled.insert(letters[i]->id);
      }
    }
    return {};
  }

  [[nodiscard]] Result<delivery::Part> part_of(
      const std::vector<const delivery::DeadLetter*>& letters) const {
    std::vector<std::string> actions;
    actions.reserve(letters.size());
    for (const delivery::DeadLetter* letter : letters) {
      std::string action = "{\"create\":{";
      if (dated_) {
        if (letter->index.empty()) {
          return Error{Errc::invalid, "letter " + letter->id + " does not say its index"};
        }
        action += "\"_index\":";
        append_json_string(action, letter->index);
        action += ',';
      }
      action += "\"_id\":";
      append_json_string(action, letter->id);
      actions.push_back(action + "}}");
    }
    std::vector<delivery::BulkItem> items;
    items.reserve(letters.size());
    for (std::size_t i = 0; i < letters.size(); ++i) {
      items.push_back(delivery::BulkItem{actions[i], letters[i]->document});
    }
    return delivery::make_part(items, Codec::gzip);
  }

  Result<std::string> write_index() {
    if (dated_) {
      return std::string();
    }
    Result<std::string> index = Error{Errc::network, "interrupted"};
    client_.run([&](const std::function<void()>& done) {
      sink_.resolve([&, done](Result<std::string> found) {
        index = std::move(found);
        done();
      });
    });
    return index;
  }

  event::Outcome ship(const delivery::Part& part, const std::string& index) {
    sinks::Shipment shipment;
    shipment.index = index;
    shipment.body = *part.body;
    shipment.codec = part.codec;
    shipment.documents = part.documents;
    shipment.raw_bytes = part.raw_bytes;
    event::Outcome outcome;
    outcome.message = "interrupted";
    client_.run([&](const std::function<void()>& done) {
      sink_.ship(shipment, [&, done](event::Outcome answer) {
        outcome = std::move(answer);
        done();
      });
    });
    return outcome;
  }

  sinks::opensearch::BlockingOpenSearchClient& client_;
  sinks::opensearch::OpenSearchSink& sink_;
  delivery::DeadLetters& letters_;
  bool dated_;
};

Replayed replay_stream(Fs& fs, const config::Config& config, const config::StreamConfig& stream,
                       sinks::opensearch::BlockingOpenSearchClient& client,
                       sinks::opensearch::IndexStyle style, const std::string& reason) {
  Replayed total;
  delivery::DeadLetterOptions options;
  options.directory = directory_for(config.data_dir, stream.name);
  auto letters = delivery::DeadLetters::open(fs, options);
  if (!letters) {
    total.status =
        letters.error().code == Errc::busy
            ? Error{Errc::busy, "the agent is running on this data directory: stop it first"}
            : letters.error();
    return total;
  }
  Replay replay(client, client.sink(stream.target), **letters, style);
  std::set<std::string> tried;
  while (total.status) {
    // One batch of one index at a time: memory stays small however many letters there are.
    std::vector<delivery::DeadLetter> batch;
    std::size_t bytes = 0;
    auto scan =
        delivery::read_dead_letters(fs, options.directory, [&](const delivery::DeadLetter& letter) {
          if (wanted(letter, reason) && (batch.empty() || letter.index == batch.front().index) &&
              tried.insert(letter.id).second) {
            bytes += letter.document.size();
            batch.push_back(letter);
          }
          return batch.size() < kReplayDocuments && bytes < kReplayBytes;
        });
    if (!scan) {
      total.status = scan.error();
    } else if (batch.empty()) {
      break;
    } else {
      total.status = replay.send(batch, total);
    }
  }
  return total;
}

int replay_letters(Fs& fs, const DeadLetterArguments& arguments) {
  auto config = config_for(fs, arguments.config.empty() ? kInstalledConfig : arguments.config);
  if (!config) {
    return kExitFailed;
  }
  logging::OwnLog log(LogLevel::warn, logging::LogFormat::text);
  const auto opensearch = app::opensearch_config(*config);
  if (!opensearch) {
    std::fprintf(stderr, "auditship: %s\n", opensearch.error().message.c_str());
    return kExitFailed;
  }
  auto client = sinks::opensearch::BlockingOpenSearchClient::connect(fs, *opensearch, log);
  if (!client) {
    std::fprintf(stderr, "auditship: %s\n", client.error().message.c_str());
    return kExitFailed;
  }
  bool good = true;
  for (const config::StreamConfig& stream : config->streams) {
    if (!arguments.stream.empty() && arguments.stream != stream.name) {
      continue;
    }
    const Replayed total =
        replay_stream(fs, *config, stream, **client, opensearch->style, arguments.reason);
    std::printf("%s: %llu delivered, %llu refused again\n", stream.name.c_str(),
                static_cast<unsigned long long>(total.settled),
                static_cast<unsigned long long>(total.refused));
    if (!total.status) {
      std::fprintf(stderr, "auditship: %s: %s\n", stream.name.c_str(),
                   total.status.error().message.c_str());
    }
    good = good && total.status.ok() && total.refused == 0;
  }
  return good ? 0 : kExitFailed;
}

}  // namespace

int dead_letter_command(const DeadLetterArguments& arguments) {
  platform::PosixFs fs;
  if (arguments.action == "replay") {
    return replay_letters(fs, arguments);
  }
  const auto data_dir = data_dir_for(fs, arguments.config, arguments.data_dir);
  if (!data_dir) {
    return kExitFailed;
  }
  return arguments.action == "ls" ? list_letters(fs, *data_dir, arguments)
                                  : show_letters(fs, *data_dir, arguments);
}

}  // namespace auditship::cli
