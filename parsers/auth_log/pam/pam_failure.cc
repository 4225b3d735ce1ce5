#include "parsers/auth_log/pam/pam_failure.h"

#include <array>
#include <cstddef>

#include "agent/base/text.h"
#include "parsers/auth_log/patterns/affix.h"

namespace auditship::parsers::auth_log::pam {
namespace {

using patterns::EcsEvent;
using patterns::EventClass;
using patterns::Outcome;
using patterns::strip_prefix;

constexpr std::string_view kList = "; logname=";

// In the order in which every module writes them.
enum Item : std::size_t { logname, uid, euid, tty, ruser, rhost, user, item_count };
constexpr std::array<std::string_view, item_count> kKeys = {
    " logname=", " uid=", " euid=", " tty=", " ruser=", " rhost=", " user="};

struct Items {
  std::array<std::string_view, item_count> value;
  bool ambiguous = false;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// list begins with " logname=".
Items read_items(std::string_view list) {
  Items items;
  std::array<std::size_t, item_count> at;
  std::size_t from = 0;
  for (std::size_t i = 0; i < item_count; ++i) {
    at[i] = list.find(kKeys[i], from);
    if (at[i] != std::string_view::npos) {
      from = at[i] + kKeys[i].size() - 1;
    }
    // What the client may have written is in doubt wherever the second one stands: in front of the others, too.
    items.ambiguous = items.ambiguous || (i >= ruser && patterns::stands_twice(list, kKeys[i]));
  }
  std::size_t end = list.size();
  for (std::size_t i = item_count; i-- > 0;) {
    if (at[i] != std::string_view::npos) {
      const std::size_t begin = at[i] + kKeys[i].size();
      items.value[i] = begin < end ? trimmed(list.substr(begin, end - begin)) : std::string_view();
      end = at[i];
    }
  }
  if (items.ambiguous) {
    items.value[ruser] = items.value[rhost] = items.value[user] = {};
  }
  return items;
}

// "PAM 2 more authentication failures", "2 more authentication failures".
bool read_more(std::string_view& text, std::string_view& count) {
  std::string_view rest = text;
  strip_prefix(rest, "PAM ");
  const std::size_t digits = rest.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) {
    return false;
  }
  const std::string_view what = rest.substr(digits);
  if (what != " more authentication failures" && what != " more authentication failure") {
    return false;
  }
  count = rest.substr(0, digits);
  text = {};
  return true;
}

bool is_number_above_zero(std::string_view text) { return text != "0" && all_digits(text); }

// Where the service is not known, a caller that is named and comes from no other host is who acts.
bool caller_acts(PamService service, const Items& items) {
  return switches_user(service) ||
         (service == PamService::unknown && !items.value[ruser].empty() &&
          items.value[rhost].empty() && is_number_above_zero(items.value[uid]));
}

void add_names(PamService service, std::string_view module, const Items& items, EcsEvent& event) {
  // pam-krb5 writes whom it authenticates there, and no user=.
  const bool in_logname = module == "pam_krb5" && items.value[user].empty() && !items.ambiguous;
  const std::string_view target = items.value[in_logname ? logname : user];
  if (caller_acts(service, items)) {
    event.user("user.name", items.value[ruser]);
    if (items.value[ruser].empty() && !items.ambiguous && is_number_above_zero(items.value[uid])) {
      event.text("user.id", items.value[uid]);
    }
    if (service == PamService::proves_target) {
      event.user("user.effective.name", target);
    }
    event.user("pam.user", target);
    return;
  }
  // A program with root's rights that somebody else started, for a user that is not he: it was not
  // that user who tried.
  const bool of_caller = service == PamService::unknown && items.value[rhost].empty() &&
                         items.value[ruser].empty() && items.value[euid] == "0" &&
                         is_number_above_zero(items.value[uid]) && target != items.value[logname];
  if (of_caller && !target.empty()) {
    event.text("user.id", items.value[uid]);
    event.user("pam.user", target);
    return;
  }
  event.user("user.name", target);
}

}  // namespace

bool apply_pam_failure(std::string_view module, PamService service, std::string_view text,
                       EcsEvent& event) {
  const std::size_t at = text.find(kList);
  if (at == std::string_view::npos) {
    return false;
  }
  std::string_view what = text.substr(0, at);
  std::string_view count;
  const bool more = read_more(what, count);
  const bool success = what == "authentication success";
  // Behind "; " the list begins with its blank.
  const Items items = read_items(text.substr(at + 1));
  event.meaning(success ? "pam-authenticated" : "pam-auth-failed",
                success ? Outcome::success : Outcome::failure, EventClass::auth_info);
  if (!more && !success && what != "authentication failure") {
    event.text("event.reason", what);
  }
  event.number("pam.more_failures", count);
  event.user("pam.logname", items.value[logname]);
  event.text("pam.uid", items.value[uid]);
  event.text("pam.euid", items.value[euid]);
  event.text("pam.tty", items.value[tty]);
  event.user("pam.ruser", items.value[ruser]);
  event.host(items.value[rhost]);
  add_names(service, module, items, event);
  if (items.ambiguous) {
    event.literal("event.ambiguous", "true");
  }
  return true;
}

}  // namespace auditship::parsers::auth_log::pam
