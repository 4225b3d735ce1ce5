auditship_test(NAME unit_app LABELS unit
  SOURCES unit/identity_test.cc unit/pretty_test.cc unit/summary_test.cc unit/status_test.cc unit/metrics_test.cc
    unit/page_test.cc unit/recent_test.cc unit/certificates_test.cc
  LIBRARIES auditship::app auditship_sim)
auditship_test(NAME unit_explain LABELS unit
  SOURCES unit/explain_test.cc unit/explain_groups_test.cc unit/explain_decisions_test.cc support/audit_event.cc
  LIBRARIES auditship::app auditship_sim simdjson::simdjson)
auditship_test(NAME unit_rule_watch LABELS unit
  SOURCES unit/rule_watch_test.cc
  LIBRARIES auditship::app auditship_sim)
auditship_test(NAME unit_status_http LABELS unit SOURCES unit/status_http_test.cc LIBRARIES auditship::app)
auditship_test(NAME unit_stream LABELS unit
  SOURCES unit/stream_sessions_test.cc unit/stream_rules_test.cc unit/stream_view_test.cc
  LIBRARIES auditship::app auditship_sim)
auditship_test(NAME unit_own_log LABELS unit SOURCES unit/log_repeats_test.cc unit/own_log_test.cc
  LIBRARIES auditship::app)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME unit_log_codes COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/unit/log_codes_test.py)
set_tests_properties(unit_log_codes PROPERTIES LABELS unit TIMEOUT 60)
