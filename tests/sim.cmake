# The same inputs from a seed: what the disk, the server and the clock do is simulated.
auditship_test(NAME sim_file_source LABELS sim SOURCES sim/file_source_sim_test.cc LIBRARIES auditship::input_file auditship_sim
  TIMEOUT 600)
auditship_test(NAME sim_pipeline LABELS sim
  SOURCES sim/pipeline_sim_test.cc support/sim_world.cc support/sim_log.cc support/sim_oracle.cc support/memory_journal.cc
    support/bulk_store.cc support/fake_opensearch.cc
  LIBRARIES auditship::app auditship::input_file auditship::input_joined auditship_sim simdjson::simdjson TIMEOUT 1800)
auditship_test(NAME fault_segment_log LABELS fault SOURCES fault/destinations_fault_test.cc fault/segment_log_fault_test.cc
  LIBRARIES auditship::buffer auditship_sim)
