auditship_fuzz(NAME frame_fuzz SOURCES fuzz/frame_fuzz.cc LIBRARIES auditship::buffer auditship_sim CORPUS data/fuzz/frame)
auditship_fuzz(NAME rule_file_fuzz SOURCES fuzz/rule_file_fuzz.cc LIBRARIES auditship::app auditship::config auditship::rules CORPUS data/fuzz/rule_file)
auditship_fuzz(NAME auth_log_fuzz SOURCES fuzz/auth_log_fuzz.cc
  LIBRARIES auditship::parsers_auth_log auditship::parsers_auth_log_ssh_sessions CORPUS data/fuzz/auth_log)
auditship_fuzz(NAME kube_audit_fuzz SOURCES fuzz/kube_audit_fuzz.cc
  LIBRARIES auditship::parsers_kube_audit simdjson::simdjson CORPUS data/fuzz/kube_audit)
auditship_fuzz(NAME framing_fuzz SOURCES fuzz/framing_fuzz.cc
  LIBRARIES auditship::parsers_syslog auditship::unwrap CORPUS data/fuzz/framing)

# That a fuzzer sees where it goes: each library below parsers/ has counters of coverage.
if(AUDITSHIP_FUZZ)
  set(archives)
  foreach(layer IN LISTS layers)
    auditship_target_of(${layer} name)
    if(layer MATCHES "^(parsers|agent/unwrap)" AND TARGET auditship_${name})
      get_target_property(type auditship_${name} TYPE)
      if(type STREQUAL "STATIC_LIBRARY")
        list(APPEND archives $<TARGET_FILE:auditship_${name}>)
      endif()
    endif()
  endforeach()
  add_test(NAME fuzz_counters COMMAND ${CMAKE_COMMAND} -DOBJDUMP=${CMAKE_OBJDUMP} "-DARCHIVES=${archives}"
    -P ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/counters.cmake)
  set_tests_properties(fuzz_counters PROPERTIES LABELS fuzz TIMEOUT 120)
endif()
