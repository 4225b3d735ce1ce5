auditship_test(NAME unit_app LABELS unit
  SOURCES unit/identity_test.cc unit/pretty_test.cc unit/summary_test.cc unit/status_test.cc
  LIBRARIES auditship::app auditship_sim)
