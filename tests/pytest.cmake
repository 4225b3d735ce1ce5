# Tests in Python are run by pytest, one run a ctest entry.
include_guard(GLOBAL)

# Debian's pytest (python3-pytest) is that of /usr/bin/python3, which need not be the first python3 there is. One that can
# read YAML, too, is better: without it tests are skipped.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
function(auditship_find_pytest result)
  foreach(modules "pytest, yaml" "pytest")
    foreach(python ${Python3_EXECUTABLE} /usr/bin/python3)
      execute_process(COMMAND ${python} -c "import ${modules}" RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
      if(status EQUAL 0)
        set(${result} ${python} PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endforeach()
  message(FATAL_ERROR "The tests need pytest, which neither ${Python3_EXECUTABLE} nor /usr/bin/python3 has: install the "
    "package python3-pytest, name another interpreter by -DPython3_EXECUTABLE=..., or build without tests by -DBUILD_TESTING=OFF")
endfunction()
auditship_find_pytest(AUDITSHIP_PYTEST)
message(STATUS "Tests in Python are run by pytest of ${AUDITSHIP_PYTEST}")

# auditship_pytest(NAME n LABEL unit FILES … [ARGS …] [TIMEOUT s]): passes if all tests of the files passed, and there are some.
# Nothing from outside chooses tests or drops assertions.
function(auditship_pytest)
  cmake_parse_arguments(arg "" "NAME;LABEL;TIMEOUT" "FILES;ARGS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  list(TRANSFORM arg_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  add_test(NAME ${arg_NAME} COMMAND ${AUDITSHIP_PYTEST} -m pytest -c ${CMAKE_CURRENT_SOURCE_DIR}/pytest.ini ${arg_FILES} ${arg_ARGS})
  set_tests_properties(${arg_NAME} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} ENVIRONMENT
    "AUDITSHIP_BUILD=$<TARGET_FILE_DIR:auditship>;PYTHONDONTWRITEBYTECODE=1;PYTHONOPTIMIZE=;PYTEST_ADDOPTS=;PYTEST_DISABLE_PLUGIN_AUTOLOAD=1")
endfunction()
