# Shows that cmake/layers.cmake can fail: a small tree for each kind of violation must be refused, and a clean one pass.
#   cmake -DWORK=DIR -P cmake/layers_selftest.cmake
cmake_minimum_required(VERSION 3.25)

set(clean [[#include <vector>
#include "agent/core/a.h"
]])

# try(NAME FILE TEXT EXPECTED): EXPECTED is a piece of the message, or empty when the tree must pass.
function(try name file text expected)
  set(root ${WORK}/${name})
  file(REMOVE_RECURSE ${root})
  file(WRITE ${root}/agent/core/a.h "#include <string>\n")
  file(WRITE ${root}/sinks/b.h "${clean}")
  file(WRITE ${root}/tests/t.h "#pragma once\n")
  file(WRITE ${root}/${file} "${text}")
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${root} -P ${CMAKE_CURRENT_LIST_DIR}/layers.cmake
    RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE complained)
  if(expected STREQUAL "")
    if(NOT code EQUAL 0)
      message(SEND_ERROR "${name}: a clean tree was refused: ${complained}")
    endif()
  elseif(code EQUAL 0 OR NOT complained MATCHES "${expected}")
    message(SEND_ERROR "${name}: exit ${code}, expected a message with \"${expected}\", got: ${complained}")
  endif()
endfunction()

try(clean parsers/p.cc "${clean}" "")
try(up agent/core/c.cc "\n#include \"sinks/b.h\"\n" "agent/core/c.cc:2: agent/core must not include sinks")
try(sideways parsers/p.cc "#include \"sinks/b.h\"\n" "parsers must not include sinks")
try(tests agent/app/m.cc "#include \"tests/t.h\"\n" "agent/app must not include tests")
try(library_place sinks/s.cc "#include <curl/curl.h>\n" "belongs to curl")
try(library_header parsers/p.h "#include <simdjson.h>\n" "belongs to simdjson")
try(library_unknown sinks/s.cc "#include <rapidjson/document.h>\n" "no rule")
try(relative agent/core/c.cc "#include \"a.h\"\n" "is no file")
try(missing agent/core/c.cc "#include \"agent/core/gone.h\"\n" "does not exist")
try(macro agent/core/c.cc "#include HEADER\n" "cannot be read")
try(indented agent/core/c.cc "  #  include \"sinks/b.h\"\n" "must not include sinks")
try(folder agent/extra/c.cc "${clean}" "no rule")
