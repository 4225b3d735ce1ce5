# Shows that cmake/layers.cmake can fail: a small tree for each kind of violation must be refused, and a clean one pass.
#   cmake -DWORK=DIR -P cmake/layers_selftest.cmake
cmake_minimum_required(VERSION 3.25)

set(clean [[#include <vector>
#include "agent/base/a.h"
]])

# try(NAME FILE TEXT EXPECTED [RULES]): EXPECTED is a piece of the message, or empty when the tree must pass.
function(try name file text expected)
  set(root ${WORK}/${name})
  file(REMOVE_RECURSE ${root})
  file(WRITE ${root}/agent/base/a.h "#include <string>\n\nnamespace auditship {\n}\n")
  file(WRITE ${root}/agent/buffer/b_internal.h "#include <string>\n")
  file(WRITE ${root}/sinks/b.h "${clean}")
  file(WRITE ${root}/sinks/file/f.h "${clean}")
  file(WRITE ${root}/tests/t.h "#pragma once\n")
  file(WRITE ${root}/${file} "${text}")
  set(rules)
  if(ARGC GREATER 4)
    file(READ ${CMAKE_CURRENT_LIST_DIR}/dependency_rules.cmake all)
    file(WRITE ${root}/rules.cmake "${all}\n${ARGV4}\n")
    set(rules -DRULES=${root}/rules.cmake)
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${root} ${rules} -P ${CMAKE_CURRENT_LIST_DIR}/layers.cmake
    RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE complained)
  string(REGEX REPLACE "[ \n]+" " " complained "${complained}")
  if(expected STREQUAL "")
    if(NOT code EQUAL 0)
      message(SEND_ERROR "${name}: a clean tree was refused: ${complained}")
    endif()
  elseif(code EQUAL 0 OR NOT complained MATCHES "${expected}")
    message(SEND_ERROR "${name}: exit ${code}, expected a message with \"${expected}\", got: ${complained}")
  endif()
endfunction()

try(clean parsers/kube_audit/p.cc "${clean}" "")
try(up agent/base/c.cc "\n#include \"sinks/b.h\"\n" "agent/base/c.cc:2: agent/base must not include sinks")
try(sideways parsers/p.cc "#include \"sinks/b.h\"\n" "parsers must not include sinks")
try(into_a_type agent/pipeline/p.cc "#include \"sinks/file/f.h\"\n" "agent/pipeline must not include sinks/file")
try(tests agent/app/m.cc "#include \"tests/t.h\"\n" "agent/app must not include tests")
try(library_place sinks/s.cc "#include <curl/curl.h>\n" "belongs to curl")
try(library_header parsers/p.h "#include <simdjson.h>\n" "belongs to simdjson")
try(library_unknown sinks/s.cc "#include <rapidjson/document.h>\n" "no rule")
try(relative agent/base/c.cc "#include \"a.h\"\n" "is no file")
try(missing agent/base/c.cc "#include \"agent/base/gone.h\"\n" "does not exist")
try(macro agent/base/c.cc "#include HEADER\n" "cannot be read")
try(indented agent/base/c.cc "  #  include \"sinks/b.h\"\n" "must not include sinks")
try(folder agent/extra/c.cc "${clean}" "no rule")
try(internal agent/delivery/c.cc "#include \"agent/buffer/b_internal.h\"\n" "is for agent/buffer alone")
try(internal_at_home agent/buffer/c.cc "#include \"agent/buffer/b_internal.h\"\n" "")
try(namespace agent/buffer/c.cc "${clean}\nnamespace auditship::delivery {\n}\n" "whose namespace is auditship::buffer")
try(namespace_of_base agent/base/c.cc "${clean}\nnamespace auditship::base {\n}\n" "whose namespace is auditship")
try(circle agent/base/c.cc "${clean}" "in a circle" "set(may_agent_base agent/event)")
set(named "only agent/app, a registry and its own subfolders may name the type")
try(type_by_pipeline agent/base/c.cc "${clean}" "agent/pipeline may include agent/input/file, but ${named} agent/input/file"
  "list(APPEND may_agent_pipeline agent/input/file)")
try(type_by_cli agent/base/c.cc "${clean}" "agent/cli may include sinks/opensearch, but ${named} sinks/opensearch"
  "list(APPEND may_agent_cli sinks/opensearch)")
try(part_of_a_type agent/base/c.cc "${clean}" "agent/explain may include parsers/auth_log/patterns, but ${named} parsers/auth_log"
  "list(APPEND may_agent_explain parsers/auth_log/patterns)")
try(type_by_type agent/base/c.cc "${clean}" "sinks/file may include sinks/opensearch, but ${named}"
  "list(APPEND may_sinks_file sinks/opensearch)")
try(new_type agent/base/c.cc "${clean}" "agent/delivery may include sinks/s3, but ${named} sinks/s3"
  "list(APPEND layers sinks/s3)\nset(may_sinks_s3 sinks)\nlist(APPEND may_sinks_registry sinks/s3)\nlist(APPEND may_agent_delivery sinks/s3)")
try(type_by_app agent/base/c.cc "${clean}" "" "list(APPEND may_agent_app parsers/kube_audit)")
try(type_elsewhere agent/base/c.cc "${clean}" "which does not lie in sinks" "list(APPEND may_sinks_registry agent/buffer)")
try(no_layer agent/base/c.cc "${clean}" "is no layer" "set(may_agent_base agent/gone)")
