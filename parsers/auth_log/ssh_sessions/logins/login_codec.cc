#include "parsers/auth_log/ssh_sessions/logins/login_codec.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "agent/event/document_id.h"

namespace auditship::parsers::auth_log::ssh_sessions::logins {
namespace {

// Every member, in the order of the encoding.
template <typename Login, typename Visit>
void each_member(Login& l, Visit& visit) {
  const auto texts = [&](auto&... each) { (visit.text(each), ...); };
  const auto numbers = [&](auto&... each) { (visit.number(each), ...); };
  const auto times = [&](auto&... each) { (visit.time(each), ...); };
  const auto flags = [&](auto&... each) { (visit.flag(each), ...); };
  const auto short_lists = [&](auto&... each) { (visit.list(each, SshLogin::kMaxShort), ...); };
  const auto long_lists = [&](auto&... each) { (visit.list(each, SshLogin::kMaxList), ...); };
  texts(l.id, l.host, l.ip, l.address, l.user, l.user_id, l.method, l.submethod, l.key_type,
        l.key_fingerprint, l.cert_id, l.cert_serial, l.ca_type, l.ca_fingerprint, l.owner, l.email,
        l.principal, l.logind, l.disconnect, l.disconnect_code, l.reason);
  numbers(l.port, l.pid, l.child, l.owner_known, l.failed, l.command_count, l.refused_count,
          l.file_count, l.unsure_count, l.sent, l.received);
  times(l.start_ns, l.opened_ns, l.end_ns, l.removed_ns);
  flags(l.start_known, l.end_known, l.opened, l.closed, l.removed, l.anybody, l.has_bytes);
  short_lists(l.steps, l.types, l.subsystems, l.candidates);
  long_lists(l.commands, l.refused, l.files);
  visit.terminals(l.terminals);
  visit.identities(l.identities);
  visit.numbers(l.sftp_pids);
}

struct Put {
  std::string& out;

  void text(const std::string& value) { put_bytes(out, value); }
  void number(std::uint64_t value) { put_varint(out, value); }
  void time(std::int64_t value) { put_u64(out, static_cast<std::uint64_t>(value)); }
  void flag(bool value) { put_varint(out, value ? 1 : 0); }
  void list(const std::vector<std::string>& values, std::size_t) {
    put_varint(out, values.size());
    for (const std::string& value : values) {
      text(value);
    }
  }
  void terminals(const std::vector<SshLogin::Terminal>& values) {
    put_varint(out, values.size());
    for (const SshLogin::Terminal& value : values) {
      text(value.name);
      number(value.session);
      flag(value.open);
    }
  }
  void identities(const std::vector<SshLogin::Identity>& values) {
    put_varint(out, values.size());
    for (const SshLogin::Identity& value : values) {
      text(value.user);
      text(value.tty);
    }
  }
  void numbers(const std::vector<std::uint64_t>& values) {
    put_varint(out, values.size());
    for (const std::uint64_t value : values) {
      number(value);
    }
  }
};

// How much Put would write.
struct Count {
  std::size_t size = 0;

  void text(const std::string& value) {
    number(value.size());
    size += value.size();
  }
  void number(std::uint64_t value) {
    for (++size; value >= 0x80; value >>= 7) {
      ++size;
    }
  }
  void time(std::int64_t) { size += 8; }
  void flag(bool) { ++size; }
  void list(const std::vector<std::string>& values, std::size_t) {
    number(values.size());
    for (const std::string& value : values) {
      text(value);
    }
  }
  void terminals(const std::vector<SshLogin::Terminal>& values) {
    number(values.size());
    for (const SshLogin::Terminal& value : values) {
      text(value.name);
      number(value.session);
      flag(value.open);
    }
  }
  void identities(const std::vector<SshLogin::Identity>& values) {
    number(values.size());
    for (const SshLogin::Identity& value : values) {
      text(value.user);
      text(value.tty);
    }
  }
  void numbers(const std::vector<std::uint64_t>& values) {
    number(values.size());
    for (const std::uint64_t value : values) {
      number(value);
    }
  }
};

struct Get {
  WireReader& in;
  bool good = true;

  void text(std::string& value) { value = in.bytes(SshLogin::kMaxText); }
  void number(std::uint64_t& value) { value = in.varint(); }
  void time(std::int64_t& value) { value = static_cast<std::int64_t>(in.u64()); }
  void flag(bool& value) {
    const std::uint64_t read = in.varint();
    good = good && read <= 1;
    value = read == 1;
  }
  // How many follow; 0 when that is too many.
  std::size_t count(std::size_t limit) {
    const std::uint64_t read = in.varint();
    good = good && in.ok() && read <= limit;
    return good ? static_cast<std::size_t>(read) : 0;
  }
  void list(std::vector<std::string>& values, std::size_t limit) {
    values.resize(count(limit));
    for (std::string& value : values) {
      text(value);
    }
  }
  void terminals(std::vector<SshLogin::Terminal>& values) {
    values.resize(count(SshLogin::kMaxShort));
    for (SshLogin::Terminal& value : values) {
      text(value.name);
      number(value.session);
      flag(value.open);
    }
  }
  void identities(std::vector<SshLogin::Identity>& values) {
    values.resize(count(SshLogin::kMaxShort));
    for (SshLogin::Identity& value : values) {
      text(value.user);
      text(value.tty);
    }
  }
  void numbers(std::vector<std::uint64_t>& values) {
    values.resize(count(SshLogin::kMaxShort));
    for (std::uint64_t& value : values) {
      number(value);
    }
  }
};

}  // namespace

void put_login(std::string& out, const SshLogin& login) {
  Put put{out};
  each_member(login, put);
}

std::size_t encoded_size(const SshLogin& login) {
  Count count;
  each_member(login, count);
  return count.size;
}

bool get_login(WireReader& in, SshLogin& login) {
  Get get{in};
  each_member(login, get);
  return in.ok() && get.good && (login.id.empty() || event::is_document_id(login.id)) &&
         login.owner_known <= 2 && login.port <= std::numeric_limits<std::uint16_t>::max();
}

}  // namespace auditship::parsers::auth_log::ssh_sessions::logins
