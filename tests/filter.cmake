auditship_test(NAME unit_filter LABELS unit
  SOURCES unit/filter_match_test.cc unit/filter_guards_test.cc unit/filter_rule_set_test.cc unit/filter_spec_test.cc
  LIBRARIES auditship::filter)
auditship_test(NAME unit_filter_conformance LABELS unit
  SOURCES unit/filter_conformance_test.cc support/audit_event.cc
  LIBRARIES auditship::config simdjson::simdjson)
auditship_test(NAME unit_filter_property LABELS unit TIMEOUT 600
  SOURCES unit/filter_property_test.cc support/naive_filter.cc
  LIBRARIES auditship::filter)
