#include "agent/status/page/status_page_assets.h"

namespace auditship::status::page {

const std::string_view kPageStyle = R"css(
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.2em auto; max-width: 68em; padding: 0 1em; }
h1 { font-size: 1.35em; margin: 0 0 .2em; }
h2 { font-size: 1.15em; margin: 1.6em 0 .4em; border-bottom: 1px solid #8886; }
h3 { font-size: 1em; margin: 1em 0 .2em; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .12em 1.1em .12em 0; }
th { font-weight: 600; white-space: nowrap; }
td, li { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bad { color: #b00020; font-weight: 600; }
.good { color: #1b7f3b; }
@media (prefers-color-scheme: dark) { .bad { color: #ff7b86; } .good { color: #6fd08c; } }
ol { list-style: none; margin: 0; padding: 0; font: 13px/1.5 ui-monospace, monospace; }
footer, .quiet { opacity: .75; }
meter { width: 9em; vertical-align: middle; }
)css";

// The page asks for itself and takes over what is in <main>: the server escapes, once, for both.
const std::string_view kPageScript = R"js(
(function () {
  var live = document.getElementById("live");
  function again() {
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, 5000);
    fetch("/", {cache: "no-store", headers: {"Accept": "text/html"}, signal: stop.signal}).then(function (answer) {
      if (!answer.ok) { throw new Error(answer.status); }
      return answer.text();
    }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
      if (fresh) { document.querySelector("main").replaceWith(document.importNode(fresh, true)); }
      live.className = "good";
      live.textContent = "live";
    }).catch(function () {
      live.className = "bad";
      live.textContent = "no answer: what you see is old";
    }).then(function () { clearTimeout(late); setTimeout(again, 3000); });
  }
  live.textContent = "live";
  setTimeout(again, 3000);
})();
)js";

}  // namespace auditship::status::page
