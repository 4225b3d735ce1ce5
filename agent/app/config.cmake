# Configuration and rule files: YAML to plain values. yaml-cpp is used in yaml_doc.cc alone.
auditship_library(config
  SOURCES administrator_files.cc config.cc config_administrators.cc config_bodies.cc config_defaults.cc config_effective.cc config_expand.cc config_renamed.cc config_secrets.cc
          config_sink.cc config_streams.cc rule_file.cc rule_file_match.cc rule_file_tests.cc
          rule_watch.cc
          yaml_doc.cc yaml_reader.cc yaml_values.cc
  HEADERS administrator_files.h config.h config_parts.h config_renamed.h rule_file.h rule_file_parts.h rule_watch.h yaml_doc.h yaml_reader.h
          yaml_values.h
  PUBLIC auditship::core auditship::filter auditship::parsers auditship::input
  PRIVATE yaml-cpp)
