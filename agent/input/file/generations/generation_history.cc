#include "agent/input/file/generations/generation_history.h"

#include <algorithm>
#include <utility>

namespace auditship::input::file::generations {

GenerationHistory::GenerationHistory(const std::optional<FileCheckpoint>& resume) {
  if (resume) {
    for (const FinishedGeneration& each : resume->finished) {
      finished_.push_back(each);
      if (each.offset == 0) {
        old_keys_.push_back(each.key);
        continue;
      }
      GenerationMark mark;
      mark.at.pos = FilePosition{each.key, each.offset};
      mark.at.tail_hash = each.tail_hash;
      mark.at.device = each.device;
      mark.at.inode = each.inode;
      mark.at.generation = each.generation;
      marks_.push_back(std::move(mark));
    }
    last_ = *resume;
    last_.finished.clear();
  }
}

bool GenerationHistory::finish(GenerationMark mark) {
  last_ = mark.at;
  last_.skipped.reset();
  // A shorter one with the same key may be another file: the longer one stays known.
  const bool again = !marks_.empty() && marks_.back().at.pos.file == mark.at.pos.file &&
                     marks_.back().at.pos.offset <= mark.at.pos.offset;
  if (again) {
    if (!finished_.empty() && finished_.back().key == mark.at.pos.file) {
      finished_.pop_back();
    }
    marks_.pop_back();
  }
  add(std::move(mark));
  return !again;
}

void GenerationHistory::give_up(GenerationMark mark) { add(std::move(mark)); }

void GenerationHistory::add(GenerationMark mark) {
  add_finished(mark);
  marks_.push_back(std::move(mark));
  if (marks_.size() > FileCheckpoint::kMaxFinished) {
    old_keys_.push_back(marks_.front().at.pos.file);
    marks_.pop_front();
  }
  while (old_keys_.size() > FileCheckpoint::kMaxFinished) {
    old_keys_.pop_front();
  }
}

FileKey GenerationHistory::new_key(const Digest& first_line) const {
  FileKey key{first_line, 0};
  const auto behind = [&](const FileKey& known) {
    if (known.first_line == first_line) {
      key.collision_index = std::max(key.collision_index, known.collision_index + 1);
    }
  };
  std::for_each(old_keys_.begin(), old_keys_.end(), behind);
  std::for_each(marks_.begin(), marks_.end(),
                [&](const GenerationMark& mark) { behind(mark.at.pos.file); });
  return key;
}

const FileKey* GenerationHistory::find_key(const Digest& first_line) const {
  const auto same = [&](const FileKey& key) { return key.first_line == first_line; };
  for (auto mark = marks_.rbegin(); mark != marks_.rend(); ++mark) {
    if (same(mark->at.pos.file)) {
      return &mark->at.pos.file;
    }
  }
  const auto key = std::find_if(old_keys_.rbegin(), old_keys_.rend(), same);
  return key == old_keys_.rend() ? nullptr : &*key;
}

bool GenerationHistory::never_repeated(const FileKey& key) const {
  return key.collision_index == 0 && find_key(key.first_line) == nullptr;
}

std::vector<FinishedGeneration> GenerationHistory::finished() const {
  return {finished_.begin(), finished_.end()};
}

void GenerationHistory::add_finished(const GenerationMark& mark) {
  FinishedGeneration& each = finished_.emplace_back();
  each.key = mark.at.pos.file;
  each.offset = mark.at.pos.offset;
  each.tail_hash = mark.at.tail_hash;
  if (!mark.rewritten) {  // else the file is another generation by now
    each.device = mark.at.device;
    each.inode = mark.at.inode;
    each.generation = mark.at.generation;
  }
  if (finished_.size() > FileCheckpoint::kMaxFinished) {
    finished_.pop_front();
  }
}

}  // namespace auditship::input::file::generations
