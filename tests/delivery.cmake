auditship_test(NAME unit_delivery LABELS unit
  SOURCES unit/parts_test.cc unit/delivery_test.cc LIBRARIES auditship::app auditship_sim)
auditship_test(NAME unit_repair LABELS unit SOURCES unit/repair_test.cc LIBRARIES auditship::app simdjson::simdjson)
