find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME unit_log_codes COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unit/log_codes_test.py)
set_tests_properties(unit_log_codes PROPERTIES LABELS unit TIMEOUT 60)
