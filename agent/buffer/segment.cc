#include "agent/buffer/segment.h"

#include <algorithm>

#include "agent/base/encoding/binary_io.h"
#include "agent/base/encoding/crc32c.h"

namespace auditship::buffer {
namespace {

constexpr std::uint64_t kSearchBlock = 1u << 20;
}  // namespace

Result<std::string> Segment::bytes(std::uint64_t offset, std::uint64_t size) const {
  std::string out(static_cast<std::size_t>(size), '\0');
  auto got = file_->read_at(offset, out.data(), out.size());
  if (!got) {
    return got.error();
  }
  out.resize(*got);
  return out;
}

Result<std::unique_ptr<Segment>> Segment::create(Fs& fs, const std::string& path,
                                                 SegmentHeader header) {
  auto file = fs.open(path, OpenMode::create);
  if (!file) {
    return file.error();
  }
  std::unique_ptr<Segment> segment(new Segment(path, std::move(*file)));
  const std::string encoded = encode_segment_header(header);
  Status status = segment->file_->write_at(0, encoded);
  if (status) {
    status = segment->file_->sync();
  }
  if (status) {
    status = fs.sync_dir(directory_of(path));
  }
  if (!status) {
    (void)fs.remove(path);  // never used; recovery removes it too
    return status.error().in("create segment " + path);
  }
  segment->header_ = std::move(header);
  segment->header_.size = segment->size_ = encoded.size();
  return segment;
}

Result<std::unique_ptr<Segment>> Segment::open(Fs& fs, const std::string& path, OpenMode mode) {
  auto file = fs.open(path, mode);
  if (!file) {
    return file.error();
  }
  std::unique_ptr<Segment> segment(new Segment(path, std::move(*file)));
  auto stat = segment->file_->stat();
  if (!stat) {
    return stat.error();
  }
  segment->size_ = stat->size;
  auto fixed = segment->bytes(0, kSegmentHeadBytes);
  if (!fixed) {
    return fixed.error();
  }
  WireReader in(*fixed);
  (void)in.raw(kSegmentHeadBytes - 4);
  const std::uint32_t length = in.u32();
  if (!in.ok() || length > kMaxSegmentHeaderBytes) {
    return Error{Errc::corrupt, path + ": segment header is damaged"};
  }
  auto whole = segment->bytes(0, kSegmentHeadBytes + std::uint64_t{length} + 4);
  if (!whole) {
    return whole.error();
  }
  auto header = decode_segment_header(*whole);
  if (!header) {
    return header.error().in(path);
  }
  segment->header_ = std::move(*header);
  return segment;
}

Result<std::unique_ptr<Segment>> Segment::open_damaged(Fs& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::write);
  if (!file) {
    return file.error();
  }
  std::unique_ptr<Segment> segment(new Segment(path, std::move(*file)));
  auto stat = segment->file_->stat();
  if (!stat) {
    return stat.error();
  }
  segment->size_ = stat->size;
  auto first = segment->search(0);
  if (!first) {
    return first.error();
  }
  segment->header_.size = *first ? (*first)->at : segment->size_;
  segment->header_.first = *first ? (*first)->head.id : 0;
  return segment;
}

Status Segment::append(std::string_view front, std::string_view body) {
  Status status = file_->write_at(size_, front);
  if (status) {
    status = file_->write_at(size_ + front.size(), body);
  }
  if (!status) {
    (void)cut(size_);  // else recovery cuts it: the frame is not whole
    return status;
  }
  size_ += front.size() + body.size();
  return {};
}

Status Segment::cut(std::uint64_t size) {
  if (auto s = file_->truncate(size); !s) {
    return s;
  }
  size_ = size;
  return {};
}

Result<std::optional<Segment::Entry>> Segment::front(std::uint64_t offset) const {
  if (offset >= size_) {
    return std::optional<Entry>();
  }
  auto head_bytes = bytes(offset, kFrameHeadBytes);
  if (!head_bytes) {
    return head_bytes.error();
  }
  auto head = decode_frame_head(*head_bytes);
  if (!head) {
    return head.error();
  }
  if (offset + head->size() > size_) {
    return Error{Errc::corrupt, "frame is cut short"};
  }
  auto front_bytes = bytes(offset, kFrameHeadBytes + std::uint64_t{head->meta_bytes});
  if (!front_bytes) {
    return front_bytes.error();
  }
  auto meta = decode_frame_meta(*head, *front_bytes);
  if (!meta) {
    return meta.error();
  }
  return std::optional<Entry>(Entry{offset, *head, std::move(*meta)});
}

Result<std::string> Segment::body(const Entry& entry) const {
  auto body = bytes(entry.at + kFrameHeadBytes + entry.head.meta_bytes, entry.head.body_bytes);
  if (!body) {
    return body.error();
  }
  if (body->size() != entry.head.body_bytes || crc32c(*body) != entry.meta.body_crc) {
    return Error{Errc::corrupt, "frame body checksum is wrong"};
  }
  return body;
}

Result<std::optional<Segment::Entry>> Segment::intact(std::uint64_t offset) const {
  auto entry = front(offset);
  if (entry && *entry) {
    if (auto content = body(**entry); !content) {
      entry = content.error();
    }
  }
  if (!entry && entry.error().code == Errc::corrupt) {
    return std::optional<Entry>();
  }
  return entry;
}

Result<std::optional<Segment::Entry>> Segment::search(std::uint64_t offset) const {
  while (offset < size_) {
    auto block = bytes(offset, std::min(kSearchBlock, size_ - offset));
    if (!block) {
      return block.error();
    }
    for (std::size_t at = block->find("ASF1"); at != std::string::npos;
         at = block->find("ASF1", at + 1)) {
      auto entry = intact(offset + at);
      if (!entry || *entry) {
        return entry;
      }
    }
    if (block->size() < 4) {
      break;
    }
    offset += block->size() - 3;  // a magic may lie across two blocks
    if (offset + 3 >= size_) {
      break;
    }
  }
  return std::optional<Entry>();
}

}  // namespace auditship::buffer
