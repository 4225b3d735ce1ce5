# End to end: the program as it is built here against real components. Python's standard library only.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# e2e_test(NAME SCRIPT [ARGS …] [TIMEOUT s]); exit 77 is a skip, which CI=true turns into a failure.
function(e2e_test name script)
  cmake_parse_arguments(arg "" "TIMEOUT" "ARGS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${script} ${arg_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS e2e TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77 RUN_SERIAL ON
    ENVIRONMENT "AUDITSHIP_BUILD=${CMAKE_BINARY_DIR};PYTHONDONTWRITEBYTECODE=1")
endfunction()

if(TARGET bench_bulk_server AND NOT AUDITSHIP_SANITIZE)
  e2e_test(e2e_file_sink file_sink_test.py)
  e2e_test(e2e_kill_restart kill_restart_test.py ARGS fake)
  e2e_test(e2e_faults faults_test.py TIMEOUT 1200)
  e2e_test(e2e_network network_test.py)
  e2e_test(e2e_disk_full disk_full_test.py)
  foreach(version 2.19.4 3.8.0)
    e2e_test(e2e_opensearch_${version} opensearch_test.py ARGS ${version} TIMEOUT 900)
    e2e_test(e2e_opensearch_${version}_kill kill_restart_test.py ARGS ${version} TIMEOUT 900)
  endforeach()
  e2e_test(e2e_commands commands_test.py ARGS 2.19.4)
  e2e_test(e2e_sshd_rsyslog sshd_rsyslog_test.py)
  e2e_test(e2e_quickstart quickstart_test.py)
endif()
