auditship_test(NAME sim_pipeline LABELS sim
  SOURCES sim/pipeline_sim_test.cc support/sim_world.cc support/sim_oracle.cc support/fake_opensearch.cc
  LIBRARIES auditship::app auditship_sim simdjson::simdjson TIMEOUT 1800)
