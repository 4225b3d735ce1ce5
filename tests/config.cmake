auditship_test(NAME unit_config LABELS unit
  SOURCES unit/config_test.cc unit/config_units_test.cc unit/config_hostile_test.cc unit/config_version_test.cc
  LIBRARIES auditship::config auditship_sim)
auditship_test(NAME unit_rule_file LABELS unit
  SOURCES unit/rule_file_test.cc unit/rule_file_loading_test.cc
  LIBRARIES auditship::config simdjson::simdjson)
auditship_test(NAME unit_default_rules LABELS unit
  SOURCES unit/filter_default_rules_test.cc support/audit_event.cc
  LIBRARIES auditship::config simdjson::simdjson)
auditship_fuzz(NAME rule_file_fuzz SOURCES fuzz/rule_file_fuzz.cc
  LIBRARIES auditship::config CORPUS data/fuzz/rule_file)
auditship_test(NAME unit_administrator_files LABELS unit
  SOURCES unit/administrator_files_test.cc
  LIBRARIES auditship::config auditship_sim)
