// Style and script of the status page. The page's Content-Security-Policy lets only these two run, by
// their hashes. Constants; used by status_page_html.cc and its test alone.
#pragma once

#include <string_view>

namespace auditship::status::page {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;

}  // namespace auditship::status::page
