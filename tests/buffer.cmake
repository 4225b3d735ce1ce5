auditship_test(NAME unit_buffer LABELS unit
  SOURCES unit/frame_test.cc unit/ack_slot_test.cc unit/segment_log_test.cc unit/batch_builder_test.cc
  LIBRARIES auditship::buffer auditship_sim)
auditship_test(NAME fault_segment_log LABELS fault SOURCES fault/segment_log_fault_test.cc
  LIBRARIES auditship::buffer auditship_sim)
auditship_fuzz(NAME frame_fuzz SOURCES fuzz/frame_fuzz.cc support/sim_fs.cc support/sim_fs_faults.cc
  LIBRARIES auditship::buffer CORPUS data/fuzz/frame)
