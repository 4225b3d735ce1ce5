// Prints the tables of configuration keys: print_key_tables markdown|man. See update-key-tables.
#include <cstdio>
#include <string_view>

#include "agent/app/registered_types.h"
#include "agent/config/key_tables.h"

int main(int count, char** arguments) {
  using namespace auditship;
  const auto tables = config::key_tables(app::registered_types());
  const bool man = count > 1 && std::string_view(arguments[1]) == "man";
  std::fputs((man ? config::man_of(tables) : config::markdown_of(tables)).c_str(), stdout);
  return 0;
}
