# Against a real OpenSearch, started by tests/e2e/opensearch-node. Exit 77 is a skip, told loudly.
add_executable(e2e_sink_opensearch e2e/sink_opensearch_test.cc)
target_link_libraries(e2e_sink_opensearch PRIVATE auditship_test_main auditship_options auditship::sinks_framing auditship::sinks_opensearch
  simdjson::simdjson)
foreach(version 2.19.4 3.8.0)
  add_test(NAME e2e_sink_opensearch_${version}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/with-opensearch ${version} $<TARGET_FILE:e2e_sink_opensearch>)
  set_tests_properties(e2e_sink_opensearch_${version} PROPERTIES LABELS e2e TIMEOUT 900 SKIP_RETURN_CODE 77)
endforeach()
# With TLS, basic auth and roles, by the security plugin (published for 2.19.4).
add_test(NAME e2e_sink_opensearch_secured
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/with-opensearch --security 2.19.4 $<TARGET_FILE:e2e_sink_opensearch>)
set_tests_properties(e2e_sink_opensearch_secured PROPERTIES LABELS e2e TIMEOUT 900 SKIP_RETURN_CODE 77)
