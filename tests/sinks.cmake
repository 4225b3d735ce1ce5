auditship_test(NAME unit_doc_id LABELS unit SOURCES unit/doc_id_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_bulk_encoder LABELS unit SOURCES unit/bulk_encoder_test.cc
  LIBRARIES auditship::sinks simdjson::simdjson)
auditship_test(NAME unit_bulk_reply LABELS unit SOURCES unit/bulk_reply_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_file_sink LABELS unit SOURCES unit/file_sink_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_dead_letter LABELS unit SOURCES unit/dead_letter_test.cc LIBRARIES auditship::sinks)
auditship_test(NAME unit_opensearch_sink LABELS unit
  SOURCES unit/opensearch_sink_test.cc support/fake_opensearch.cc LIBRARIES auditship::sinks simdjson::simdjson)
