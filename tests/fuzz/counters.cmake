# Proves that every archive holds the counters of coverage that libFuzzer looks at.
#   cmake -DOBJDUMP=objdump "-DARCHIVES=a.a;b.a" -P counters.cmake
foreach(archive IN LISTS ARCHIVES)
  execute_process(COMMAND ${OBJDUMP} -h ${archive} OUTPUT_VARIABLE sections RESULT_VARIABLE code)
  if(NOT code EQUAL 0 OR NOT sections MATCHES "__sancov_cntrs")
    message(SEND_ERROR "${archive}: compiled without -fsanitize=fuzzer-no-link")
  endif()
endforeach()
list(LENGTH ARCHIVES count)
if(count LESS 5)
  message(FATAL_ERROR "only ${count} archives were looked at")
endif()
message(STATUS "counters: in ${count} archives")
