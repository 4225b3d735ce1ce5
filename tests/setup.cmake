# What conf/opensearch says against what the program really prints.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME unit_documented_fields
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unit/documented_fields_test.py $<TARGET_FILE:auditship>)
set_tests_properties(unit_documented_fields PROPERTIES LABELS unit TIMEOUT 300)
add_test(NAME unit_dashboards COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unit/dashboards_test.py)
set_tests_properties(unit_dashboards PROPERTIES LABELS unit TIMEOUT 60 ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
