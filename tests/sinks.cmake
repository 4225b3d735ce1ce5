auditship_test(NAME unit_doc_id LABELS unit SOURCES unit/doc_id_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_bulk_encoder LABELS unit SOURCES unit/bulk_encoder_test.cc
  LIBRARIES auditship::sinks simdjson::simdjson)
auditship_test(NAME unit_aws_sigv4 LABELS unit SOURCES unit/aws_sigv4_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_bulk_reply LABELS unit SOURCES unit/bulk_reply_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_file_sink LABELS unit SOURCES unit/file_sink_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_dead_letter LABELS unit SOURCES unit/dead_letter_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_opensearch_sink LABELS unit
  SOURCES unit/opensearch_sink_test.cc support/fake_opensearch.cc LIBRARIES auditship::sinks simdjson::simdjson)
auditship_test(NAME unit_curl_http LABELS unit SOURCES unit/curl_http_test.cc LIBRARIES auditship::sinks)

# Against a real OpenSearch, started by tests/e2e/opensearch-node. Exit 77 is a skip, told loudly.
add_executable(e2e_sink_opensearch e2e/sink_opensearch_test.cc)
target_link_libraries(e2e_sink_opensearch PRIVATE auditship_test_main auditship_options auditship::sinks simdjson::simdjson)
foreach(version 2.19.4 3.8.0)
  add_test(NAME e2e_sink_opensearch_${version}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/with-opensearch ${version} $<TARGET_FILE:e2e_sink_opensearch>)
  set_tests_properties(e2e_sink_opensearch_${version} PROPERTIES LABELS e2e TIMEOUT 900 SKIP_RETURN_CODE 77)
endforeach()
# With TLS, basic auth and roles, by the security plugin (published for 2.19.4).
add_test(NAME e2e_sink_opensearch_secured
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/with-opensearch --security 2.19.4 $<TARGET_FILE:e2e_sink_opensearch>)
set_tests_properties(e2e_sink_opensearch_secured PROPERTIES LABELS e2e TIMEOUT 900 SKIP_RETURN_CODE 77)
