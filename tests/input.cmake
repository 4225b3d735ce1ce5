add_library(auditship_sim STATIC support/sim_fs.cc support/sim_fs_faults.cc)
target_link_libraries(auditship_sim PUBLIC auditship::core PRIVATE auditship_options)

auditship_test(NAME unit_sim_fs LABELS unit SOURCES unit/sim_fs_test.cc LIBRARIES auditship_sim)
auditship_test(NAME unit_line_reader LABELS unit SOURCES unit/line_reader_test.cc LIBRARIES auditship::input)
auditship_test(NAME unit_lineage LABELS unit SOURCES unit/lineage_test.cc LIBRARIES auditship::input)
auditship_test(NAME unit_source_set LABELS unit SOURCES unit/source_set_test.cc
  LIBRARIES auditship::input auditship_sim)
auditship_test(NAME unit_tail LABELS unit
  SOURCES unit/tail_test.cc unit/tail_survey_test.cc unit/tail_identity_test.cc unit/tail_posix_test.cc LIBRARIES auditship::input auditship_sim)
auditship_test(NAME sim_tail LABELS sim SOURCES sim/tail_sim_test.cc LIBRARIES auditship::input auditship_sim
  TIMEOUT 600)
