# Dependency rules: which folder may include which, besides itself and the standard library. One line a folder.
# cmake/layers.cmake proves them for includes (ctest -L layers); auditship_library() refuses a link that they do not allow.
# A registry is a layer of its own: it names the concrete types of the folder that it stands in.

set(may_agent_base)
set(may_agent_event agent/base)
set(may_agent_filter agent/base agent/event)
set(may_agent_yaml agent/base)
set(may_agent_rules agent/base agent/event agent/filter agent/yaml)
set(may_parsers_ssh_key agent/base)
set(may_parsers_auth_log_key_owners agent/base agent/yaml parsers/ssh_key)
set(may_parsers agent/base agent/event agent/yaml)
set(may_parsers_json)
set(may_agent_unwrap agent/base agent/event parsers/json)
set(may_parsers_registry parsers parsers/auth_log parsers/kube_audit)
set(may_parsers_kube_audit agent/base agent/event agent/unwrap parsers parsers/json agent/yaml)
set(may_agent_config agent/base agent/input agent/rules agent/yaml parsers sinks)
set(may_agent_buffer agent/base agent/event)
set(may_sinks agent/base agent/event agent/yaml sinks/framing)
set(may_agent_platform agent/base)
set(may_sinks_http agent/base sinks)
set(may_sinks_opensearch_protocol agent/base agent/event sinks/http)
set(may_sinks_opensearch agent/base agent/event agent/platform sinks sinks/framing sinks/http sinks/opensearch/protocol sinks/opensearch/setup agent/yaml)
set(may_sinks_framing agent/base)
set(may_agent_delivery_in_flight agent/base agent/buffer agent/event sinks/framing)
set(may_agent_delivery_dead_letters agent/base agent/delivery/in_flight agent/event sinks sinks/framing)
set(may_agent_delivery agent/base agent/buffer agent/delivery/dead_letters agent/delivery/in_flight agent/event sinks sinks/framing)
set(may_agent_input agent/base agent/event agent/yaml)
set(may_agent_input_joined agent/base agent/event agent/input agent/unwrap)
set(may_agent_input_registry agent/input agent/input/file)
set(may_agent_input_file_rotation agent/base agent/event agent/input)
set(may_agent_input_file agent/base agent/event agent/input/file/rotation agent/input agent/unwrap agent/yaml)
set(may_agent_pipeline agent/base agent/buffer agent/delivery agent/delivery/dead_letters agent/event agent/filter agent/input parsers sinks sinks/framing)
set(may_parsers_auth_log_patterns agent/base agent/event parsers/ssh_key)
set(may_parsers_syslog agent/base)
set(may_parsers_auth_log agent/base agent/unwrap parsers parsers/auth_log/key_owners parsers/auth_log/patterns parsers/ssh_key parsers/syslog agent/yaml parsers/auth_log/ssh_sessions)
set(may_parsers_auth_log_ssh_sessions agent/base agent/event parsers parsers/auth_log/patterns)
set(may_sinks_registry sinks sinks/file sinks/opensearch)
set(may_sinks_file agent/base sinks sinks/framing agent/yaml)
set(may_agent_app agent/base agent/event agent/config agent/delivery agent/delivery/dead_letters agent/pipeline agent/platform agent/rules sinks sinks/framing agent/input agent/input/joined agent/input/registry parsers parsers/registry sinks/registry)
set(may_agent_logging agent/base)
set(may_agent_status agent/app agent/base agent/buffer agent/config agent/input agent/logging agent/pipeline agent/platform agent/rules sinks)
set(may_agent_explain agent/base agent/event agent/filter agent/input agent/rules parsers)
set(may_agent_reconcile agent/base agent/event agent/filter agent/input parsers)
set(may_sinks_opensearch_setup agent/base sinks sinks/http sinks/opensearch/protocol)
set(may_agent_cli agent/app agent/base agent/buffer agent/config agent/delivery/dead_letters agent/delivery/in_flight agent/event agent/explain agent/input agent/logging agent/pipeline agent/platform agent/reconcile agent/rules agent/status parsers sinks sinks/framing)

# Every folder named above.
set(layers
  agent/base
  agent/event
  agent/filter
  agent/yaml
  agent/rules
  parsers/ssh_key
  parsers/auth_log/key_owners
  parsers
  parsers/registry
  parsers/json
  agent/unwrap
  parsers/kube_audit
  agent/config
  agent/buffer
  sinks
  sinks/registry
  agent/platform
  sinks/http
  sinks/opensearch/protocol
  sinks/opensearch
  sinks/framing
  agent/delivery/in_flight
  agent/delivery/dead_letters
  agent/delivery
  agent/input/file/rotation
  agent/input
  agent/input/joined
  agent/input/registry
  agent/input/file
  agent/pipeline
  parsers/auth_log/patterns
  parsers/syslog
  parsers/auth_log
  parsers/auth_log/ssh_sessions
  sinks/file
  agent/app
  agent/logging
  agent/status
  agent/explain
  agent/reconcile
  sinks/opensearch/setup
  agent/cli)
