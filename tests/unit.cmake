# Unit tests: a program a folder, in the same path as what they test.
auditship_test(NAME unit_app LABELS unit
  SOURCES unit/app/identity_test.cc
  LIBRARIES auditship::app auditship::base auditship_sim)
auditship_test(NAME unit_base LABELS unit
  SOURCES unit/base/encoding/base64_test.cc
    unit/base/encoding/binary_io_test.cc
    unit/base/compression/compression_test.cc
    unit/base/glob_test.cc
    unit/base/human_readable_test.cc
    unit/base/net/ip_network_test.cc
    unit/base/encoding/json_writer_test.cc
    unit/base/log_code_test.cc
    unit/base/encoding/sha256_test.cc
    unit/base/compression/stream_decoder_test.cc
    unit/base/text_test.cc
    unit/base/calendar/time_zone_test.cc
  LIBRARIES auditship::base auditship::base_calendar auditship::base_compression auditship::base_encoding auditship::base_net
    auditship::parsers_syslog auditship_sim)
auditship_test(NAME unit_buffer LABELS unit
  SOURCES unit/buffer/ack_slot_test.cc
    unit/buffer/batch_builder_test.cc
    unit/buffer/destinations_test.cc
    unit/buffer/frame_test.cc
    unit/buffer/segment_log_test.cc
  LIBRARIES auditship::base auditship::buffer auditship_sim)
auditship_test(NAME unit_config LABELS unit
  SOURCES unit/config/config_hostile_test.cc
    unit/config/config_test.cc
    unit/config/config_version_test.cc
    unit/config/key_tables_test.cc
    unit/config/registered_types_test.cc
    unit/config/streams_test.cc
  LIBRARIES auditship::app auditship::base auditship::config auditship::input_file auditship::parsers_auth_log auditship::parsers_kube_audit auditship::sinks_file auditship::sinks_framing auditship::sinks_opensearch auditship::platform auditship::rules auditship::yaml auditship_sim)
auditship_test(NAME unit_delivery LABELS unit
  SOURCES unit/delivery/delivery_test.cc
    unit/delivery/target_pin_test.cc
  LIBRARIES auditship::base auditship::buffer auditship::delivery auditship_sim)
auditship_test(NAME unit_delivery_dead_letters LABELS unit
  SOURCES unit/delivery/dead_letters/dead_letter_replay_test.cc
    unit/delivery/dead_letters/dead_letter_store_test.cc
  LIBRARIES auditship::base auditship::delivery auditship::delivery_dead_letters auditship::platform auditship_sim)
auditship_test(NAME unit_delivery_in_flight LABELS unit
  SOURCES unit/delivery/in_flight/bulk_payload_test.cc
    unit/delivery/in_flight/in_flight_table_test.cc
  LIBRARIES auditship::base auditship::delivery_in_flight auditship_sim)
auditship_test(NAME unit_delivery_policy LABELS unit
  SOURCES unit/delivery/policy/failure_throttle_test.cc
    unit/delivery/policy/response_action_test.cc
    unit/delivery/policy/send_rate_test.cc
  LIBRARIES auditship::base auditship::buffer auditship::delivery auditship::delivery_policy auditship_sim)
auditship_test(NAME unit_event LABELS unit
  SOURCES unit/event/document_encoder_test.cc
    unit/event/document_id_test.cc unit/event/record_id_test.cc
    unit/event/event_summary_test.cc
  LIBRARIES auditship::base auditship::event simdjson::simdjson)
auditship_test(NAME unit_explain LABELS unit
  SOURCES unit/explain/explain_decisions_test.cc
    unit/explain/explain_test.cc
    unit/explain/noisy_groups_test.cc
    support/audit_event.cc
  LIBRARIES auditship::base auditship::cli auditship::event auditship::explain auditship::input_file auditship::parsers_auth_log auditship::parsers_kube_audit auditship::platform auditship::rules auditship_sim simdjson::simdjson)
auditship_test(NAME unit_filter LABELS unit TIMEOUT 600
  SOURCES unit/filter/guards_test.cc
    unit/filter/match_test.cc
    unit/filter/rule_set_property_test.cc
    unit/filter/rule_set_test.cc
    unit/filter/rule_spec_test.cc
    support/naive_filter.cc
  LIBRARIES auditship::event auditship::filter)
auditship_test(NAME unit_input_file_generations LABELS unit
  SOURCES unit/input/file/generations/file_cursor_test.cc
    unit/input/file/generations/generation_history_test.cc
  LIBRARIES auditship::base auditship::input_file_generations)
auditship_test(NAME unit_input_file_rotation LABELS unit
  SOURCES unit/input/file/rotation/resume_matcher_test.cc
    unit/input/file/rotation/rotation_chain_test.cc
    unit/input/file/rotation/rotation_names_test.cc
    unit/input/file/rotation/rotation_scanner_test.cc
  LIBRARIES auditship::base auditship::input_file_rotation auditship_sim)
auditship_test(NAME unit_input_file_search LABELS unit
  SOURCES unit/input/file/search/edited_log_test.cc
    unit/input/file/search/generation_search_test.cc
    unit/input/file/search/name_shape_test.cc
  LIBRARIES auditship::base auditship::input_file auditship::input_file_search auditship_sim)
auditship_test(NAME unit_input_joined LABELS unit
  SOURCES unit/input/joined/joined_input_test.cc
    support/memory_journal.cc
  LIBRARIES auditship::base auditship::input_joined auditship_sim)
auditship_test(NAME unit_input_file LABELS unit
  SOURCES unit/input/file/follow/file_source_identity_test.cc
    unit/input/file/follow/file_source_posix_test.cc
    unit/input/file/follow/file_source_progress_test.cc
    unit/input/file/follow/file_source_test.cc
    unit/input/file/file_input_test.cc
    unit/input/file/file_log_files_test.cc
    unit/input/file/parking_source_test.cc
    unit/input/file/follow/file_record_test.cc
    unit/input/file/follow/line_reader_test.cc
    unit/input/file/follow/live_log_test.cc
    unit/input/file/file_discovery_test.cc
  LIBRARIES auditship::base auditship::input_file auditship::platform auditship_sim)
auditship_test(NAME unit_logging LABELS unit
  SOURCES unit/logging/agent_log_test.cc
    unit/logging/log_deduplicator_test.cc
    unit/logging/recent_warnings_test.cc
  LIBRARIES auditship::cli auditship::logging)
auditship_test(NAME unit_parsers_cases LABELS unit
  SOURCES unit/parsers/cases_test.cc
    unit/parsers/auth_log/auth_log_support.cc
  LIBRARIES auditship::event auditship::parsers_auth_log auditship::parsers_kube_audit simdjson::simdjson)
auditship_test(NAME unit_parsers_auth_log LABELS unit
  SOURCES unit/parsers/auth_log/auth_log_parser_test.cc
    unit/parsers/auth_log/auth_log_kinds_test.cc
    unit/parsers/auth_log/auth_log_property_test.cc
    unit/parsers/auth_log/auth_log_attempts_test.cc
    unit/parsers/auth_log/auth_log_recordings_test.cc
    unit/parsers/auth_log/auth_log_support.cc
    unit/parsers/auth_log/auth_log_services_test.cc unit/parsers/auth_log/auth_log_siblings_test.cc
    unit/parsers/auth_log/auth_log_traps_test.cc
  LIBRARIES auditship::base auditship::parsers_auth_log auditship::parsers_auth_log_catalog auditship::parsers_auth_log_patterns simdjson::simdjson)
auditship_test(NAME unit_parsers_auth_log_kdc LABELS unit
  SOURCES unit/parsers/auth_log/kdc/kadmind_line_test.cc
    unit/parsers/auth_log/kdc/kdc_line_test.cc
    unit/parsers/auth_log/auth_log_support.cc
  LIBRARIES auditship::parsers_auth_log auditship::parsers_auth_log_kdc)
auditship_test(NAME unit_parsers_auth_log_key_owners LABELS unit
  SOURCES unit/parsers/auth_log/key_owners/key_owner_files_test.cc
    unit/parsers/auth_log/key_owners/key_owners_test.cc
    unit/parsers/auth_log/auth_log_support.cc
  LIBRARIES auditship::base auditship::parsers_auth_log auditship::parsers_auth_log_key_owners auditship::parsers_ssh_key auditship_sim)
auditship_test(NAME unit_parsers_auth_log_patterns LABELS unit
  SOURCES unit/parsers/auth_log/catalog/pattern_catalog_test.cc
    unit/parsers/auth_log/auth_log_support.cc
  LIBRARIES auditship::parsers_auth_log auditship::parsers_auth_log_patterns)
auditship_test(NAME unit_parsers_auth_log_ssh_sessions LABELS unit
  SOURCES unit/parsers/auth_log/ssh_sessions/command_attribution_test.cc
    unit/parsers/auth_log/ssh_sessions/session_recordings_test.cc
    unit/parsers/auth_log/ssh_sessions/session_tracker_test.cc
    unit/parsers/auth_log/auth_log_support.cc
  LIBRARIES auditship::event auditship::parsers_auth_log auditship::parsers_auth_log_ssh_sessions)
auditship_test(NAME unit_parsers_auth_log_ssh_sessions_lines LABELS unit
  SOURCES unit/parsers/auth_log/ssh_sessions/lines/name_table_test.cc
  LIBRARIES auditship::parsers_auth_log_ssh_sessions_lines)
auditship_test(NAME unit_parsers_auth_log_ssh_sessions_logins LABELS unit
  SOURCES unit/parsers/auth_log/ssh_sessions/logins/login_codec_test.cc
    unit/parsers/auth_log/ssh_sessions/logins/login_table_test.cc
  LIBRARIES auditship::event auditship::parsers_auth_log_ssh_sessions_logins)
auditship_test(NAME unit_parsers_json LABELS unit
  SOURCES unit/parsers/json/json_scan_test.cc
  LIBRARIES auditship::base_encoding auditship::parsers_json simdjson::simdjson)
auditship_test(NAME unit_parsers_kube_audit LABELS unit
  SOURCES unit/parsers/kube_audit/body_writer_test.cc
    unit/parsers/kube_audit/damaged_lines_test.cc
    unit/parsers/kube_audit/event_members_test.cc
    unit/parsers/kube_audit/kube_audit_parser_test.cc
    unit/parsers/kube_audit/kube_audit_traps_test.cc
    unit/parsers/kube_audit/decisions_test.cc
    unit/parsers/kube_audit/text_conversions_test.cc
  LIBRARIES auditship::base auditship::parsers_kube_audit simdjson::simdjson)
auditship_test(NAME unit_parsers_kube_audit_scan LABELS unit
  SOURCES unit/parsers/kube_audit/scan/wrapped_events_test.cc
  LIBRARIES auditship::base auditship::parsers_kube_audit auditship::parsers_kube_audit_scan simdjson::simdjson)
auditship_test(NAME unit_parsers_syslog LABELS unit
  SOURCES unit/parsers/syslog/digit_pairs_test.cc
    unit/parsers/syslog/framing_property_test.cc
    unit/parsers/syslog/framings_test.cc
    unit/parsers/syslog/syslog_line_test.cc
  LIBRARIES auditship::base_net auditship::parsers_syslog)
auditship_test(NAME unit_pipeline LABELS unit
  SOURCES unit/pipeline/fill_rate_estimator_test.cc
    unit/pipeline/full_buffer_test.cc
    unit/pipeline/look_budget_test.cc
    unit/pipeline/pipeline_ids_test.cc
    unit/pipeline/pipeline_sessions_test.cc
    unit/pipeline/pipeline_stats_test.cc
    unit/pipeline/rule_change_recorder_test.cc
    unit/pipeline/deriver_state_test.cc
  LIBRARIES auditship::base auditship::buffer auditship::delivery auditship::input_file auditship::parsers_auth_log auditship::parsers_auth_log_ssh_sessions auditship::pipeline auditship_sim)
auditship_test(NAME unit_pipeline_records LABELS unit
  SOURCES unit/pipeline/records/recent_events_test.cc
    unit/pipeline/records/unparsed_watch_test.cc
  LIBRARIES auditship::base auditship::event auditship::pipeline_records)
auditship_test(NAME unit_platform LABELS unit
  SOURCES unit/platform/http_server_test.cc
    unit/platform/memory_trim_test.cc
    unit/platform/posix_filesystem_test.cc
    unit/platform/process_stats_test.cc
  LIBRARIES auditship::base auditship::platform)
auditship_test(NAME unit_rules LABELS unit
  SOURCES unit/rules/audit_policy_conformance_test.cc
    unit/rules/default_rules_test.cc
    unit/rules/rule_file_loading_test.cc
    unit/rules/rule_file_test.cc
    unit/rules/rule_watcher_test.cc
    support/audit_event.cc
  LIBRARIES auditship::app auditship::base auditship::event auditship::explain auditship::filter auditship::parsers_auth_log auditship::parsers_kube_audit auditship::platform auditship::rules auditship_sim simdjson::simdjson)
auditship_test(NAME unit_sinks_file LABELS unit
  SOURCES unit/sinks/file/file_sink_test.cc
  LIBRARIES auditship::base auditship::platform auditship::sinks_file)
auditship_test(NAME unit_sinks_framing LABELS unit
  SOURCES unit/sinks/framing/bulk_framing_test.cc
    unit/sinks/framing/line_framing_test.cc
  LIBRARIES auditship::base auditship::sinks_framing)
auditship_test(NAME unit_sinks_http LABELS unit
  SOURCES unit/sinks/http/aws_sigv4_test.cc
    unit/sinks/http/curl_http_test.cc
    unit/sinks/http/curl_proxy_test.cc
    unit/sinks/http/proxy_choice_test.cc
  LIBRARIES auditship::base auditship::sinks_http CURL::libcurl)
auditship_test(NAME unit_sinks_opensearch LABELS unit
  SOURCES unit/sinks/opensearch/config_test.cc
    unit/sinks/opensearch/document_repair_test.cc
    unit/sinks/opensearch/opensearch_sink_test.cc
    unit/sinks/opensearch/path_prefix_test.cc
    support/bulk_store.cc support/fake_opensearch.cc
  LIBRARIES auditship::base auditship::sinks_http auditship::sinks_opensearch auditship::yaml auditship_sim simdjson::simdjson)
auditship_test(NAME unit_reconcile LABELS unit
  SOURCES unit/reconcile/reconciler_test.cc
    support/bulk_store.cc support/fake_opensearch.cc
  LIBRARIES auditship::base auditship::input_file auditship::reconcile auditship::sinks_opensearch auditship_sim simdjson::simdjson)
auditship_test(NAME unit_sinks_opensearch_protocol LABELS unit
  SOURCES unit/sinks/opensearch/protocol/bulk_response_test.cc
  LIBRARIES auditship::base auditship::sinks_opensearch_protocol)
auditship_test(NAME unit_sinks_opensearch_setup LABELS unit
  SOURCES unit/sinks/opensearch/setup/json_tree_test.cc
    unit/sinks/opensearch/setup/mapping_drift_test.cc
    unit/sinks/opensearch/setup/setup_test.cc
  LIBRARIES auditship::base auditship::platform auditship::sinks_opensearch_setup)
auditship_test(NAME unit_status LABELS unit
  SOURCES unit/status/prometheus_exposition_test.cc
    unit/status/run_summary_test.cc
    unit/status/status_json_test.cc
    unit/status/status_terminal_test.cc
  LIBRARIES auditship::base auditship::status auditship_sim)
auditship_test(NAME unit_status_numbers LABELS unit
  SOURCES unit/status/numbers/agent_status_test.cc
    unit/status/numbers/certificate_expiry_test.cc
  LIBRARIES auditship::base auditship::status auditship::status_numbers auditship_sim)
auditship_test(NAME unit_status_page LABELS unit
  SOURCES unit/status/page/html_escape_test.cc
    unit/status/page/status_page_html_test.cc
  LIBRARIES auditship::base auditship::status_page auditship_sim)
auditship_test(NAME unit_support LABELS unit
  SOURCES unit/support/sim_fs_test.cc
  LIBRARIES auditship::base auditship_sim)
auditship_test(NAME unit_unwrap LABELS unit
  SOURCES unit/unwrap/record_joiner_test.cc
    unit/unwrap/unwrapper_test.cc
  LIBRARIES auditship::base auditship::unwrap)
auditship_test(NAME unit_yaml LABELS unit
  SOURCES unit/yaml/scalar_parsers_test.cc
    unit/yaml/schema_test.cc
    unit/yaml/yaml_writer_test.cc
  LIBRARIES auditship::platform auditship::yaml auditship_sim)

# That a code without a row does not compile is tried with the compiler itself; the same call with a
# code that has a row shows that nothing else is wrong with it.
foreach(case IN ITEMS "known;buffer-full" "unknown;brand-new")
  list(GET case 0 name)
  list(GET case 1 code)
  add_test(NAME unit_log_code_${name} COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -I${PROJECT_SOURCE_DIR}
    "-DAUDITSHIP_TEST_CODE=\"${code}\"" ${CMAKE_CURRENT_SOURCE_DIR}/unit/base/log_code_call.cc)
  set_tests_properties(unit_log_code_${name} PROPERTIES LABELS unit TIMEOUT 120)
endforeach()
set_tests_properties(unit_log_code_unknown PROPERTIES PASS_REGULAR_EXPRESSION "log_code_call.cc:5.*LogCode.*brand-new")
