auditship_test(NAME unit_core LABELS unit
  SOURCES unit/json_out_test.cc unit/codec_test.cc unit/digest_test.cc unit/wire_test.cc unit/posix_fs_test.cc
  LIBRARIES auditship::core)
