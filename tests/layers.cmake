# Includes go one way (docs/architecture.md), and the check that says so can fail.
add_test(NAME layers COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -P ${PROJECT_SOURCE_DIR}/cmake/layers.cmake)
add_test(NAME layers_selftest COMMAND ${CMAKE_COMMAND} -DWORK=${CMAKE_CURRENT_BINARY_DIR}/layers
  -P ${PROJECT_SOURCE_DIR}/cmake/layers_selftest.cmake)
set_tests_properties(layers layers_selftest PROPERTIES LABELS layers TIMEOUT 120)
