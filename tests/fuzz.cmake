auditship_fuzz(NAME frame_fuzz SOURCES fuzz/frame_fuzz.cc LIBRARIES auditship::buffer auditship_sim CORPUS data/fuzz/frame)
auditship_fuzz(NAME rule_file_fuzz SOURCES fuzz/rule_file_fuzz.cc LIBRARIES auditship::app auditship::config auditship::rules CORPUS data/fuzz/rule_file)
auditship_fuzz(NAME auth_log_fuzz SOURCES fuzz/auth_log_fuzz.cc
  LIBRARIES auditship::parsers_auth_log auditship::parsers_auth_log_ssh_sessions CORPUS data/fuzz/auth_log)
auditship_fuzz(NAME kube_audit_fuzz SOURCES fuzz/kube_audit_fuzz.cc
  LIBRARIES auditship::parsers_kube_audit simdjson::simdjson CORPUS data/fuzz/kube_audit)
