#include "agent/status/page/html_escape.h"

#include "tests/support/catch.h"

using namespace auditship;

TEST_CASE("text in HTML is text", "[page]") {
  CHECK(status::page::html_escape("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(status::page::html_escape("\x01\t\n") == "???");
  CHECK(status::page::html_escape("\xff") == "\xef\xbf\xbd");
}
