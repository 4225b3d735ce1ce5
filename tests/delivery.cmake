auditship_test(NAME unit_delivery LABELS unit
  SOURCES unit/parts_test.cc unit/delivery_test.cc LIBRARIES auditship::app auditship_sim)
