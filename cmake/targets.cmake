# auditship_library(NAME SOURCES … HEADERS … PUBLIC … PRIVATE …): one static library a folder.
# Headers form a FILE_SET, so that the target all_verify_interface_header_sets compiles each alone.
function(auditship_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  add_library(auditship_${name} STATIC ${arg_SOURCES})
  add_library(auditship::${name} ALIAS auditship_${name})
  target_sources(auditship_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  set_target_properties(auditship_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(auditship_${name} PUBLIC ${arg_PUBLIC} PRIVATE auditship_options ${arg_PRIVATE})
endfunction()
