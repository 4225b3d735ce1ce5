auditship_test(NAME unit_kube_audit LABELS unit
  SOURCES unit/json_scan_test.cc unit/kube_audit_test.cc unit/kube_traps_test.cc unit/kube_lines_test.cc
          unit/kube_members_test.cc unit/kube_body_test.cc unit/kube_text_test.cc
  LIBRARIES auditship::parsers auditship::core simdjson::simdjson)
auditship_fuzz(NAME kube_audit_fuzz SOURCES fuzz/kube_audit_fuzz.cc
  LIBRARIES auditship::parsers auditship::core simdjson::simdjson CORPUS data/fuzz/kube_audit)
