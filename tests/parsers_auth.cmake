auditship_test(NAME unit_syslog_line LABELS unit SOURCES unit/syslog_line_test.cc LIBRARIES auditship::parsers)
auditship_test(NAME unit_time_zone LABELS unit SOURCES unit/time_zone_test.cc LIBRARIES auditship::parsers)
auditship_test(NAME unit_auth_log LABELS unit
  SOURCES unit/auth_log_support.cc unit/auth_log_test.cc unit/auth_recorded_test.cc unit/auth_traps_test.cc
          unit/auth_forms_test.cc unit/auth_property_test.cc
  LIBRARIES auditship::parsers auditship::core simdjson::simdjson)
auditship_test(NAME unit_administrators LABELS unit
  SOURCES unit/administrators_test.cc unit/auth_log_support.cc
  LIBRARIES auditship::parsers auditship::core simdjson::simdjson)
auditship_fuzz(NAME auth_log_fuzz SOURCES fuzz/auth_log_fuzz.cc LIBRARIES auditship::parsers auditship::core
  CORPUS data/fuzz/auth_log)
auditship_test(NAME unit_ssh_sessions LABELS unit
  SOURCES unit/ssh_sessions_test.cc unit/ssh_sessions_commands_test.cc unit/ssh_sessions_recorded_test.cc
          unit/auth_log_support.cc
  LIBRARIES auditship::parsers auditship::core simdjson::simdjson)
