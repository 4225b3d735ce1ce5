auditship_test(NAME unit_app LABELS unit
  SOURCES unit/identity_test.cc unit/pretty_test.cc unit/summary_test.cc unit/status_test.cc support/sim_fs.cc
  LIBRARIES auditship::app)
