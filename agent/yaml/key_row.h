// KeyRow: what a person is told about one key of the configuration.
#pragma once

#include <string>

namespace auditship::yaml {

struct KeyRow {
  std::string key;           // with its path: "batch.max_age"
  std::string type;          // in words: "duration, 10ms to 1m"
  std::string default_text;  // "`5MiB`", or words such as "required"; empty: none
  std::string meaning;       // one sentence or a few
};

}  // namespace auditship::yaml
