#include "agent/config/config_internal.h"

namespace auditship::config {

std::vector<StreamConfig> default_streams() {
  StreamConfig kube;
  kube.name = "kubeaudit";
  kube.parser = ParserType::kube_audit;
  kube.target = "kubeaudit";
  kube.paths = {
      "/var/log/kubernetes/audit/audit.log",                 // kubeadm, as most operators choose
      "/var/log/kubernetes/audit/kube-apiserver-audit.log",  // kubespray, Compliant Kubernetes
      "/var/log/kube-audit/kube-apiserver.log",              // Compliant Kubernetes
      "/var/lib/rancher/rke2/server/logs/audit.log",         // RKE2
      "/var/lib/rancher/k3s/server/logs/audit.log",          // k3s
      "/var/log/kube-audit/audit-log.json",                  // RKE1
      "/var/log/audit/kube/kube-apiserver.log",              // Talos
      "/var/log/kube-apiserver/audit.log",  // OpenShift, and its aggregated servers:
      "/var/log/openshift-apiserver/audit.log",
      "/var/log/oauth-apiserver/audit.log",
      "/var/log/oauth-server/audit.log",
      "/var/log/kube-apiserver-audit.log",  // GCE scripts, kops
  };
  StreamConfig auth;
  auth.name = "authlog";
  auth.parser = ParserType::auth_log;
  auth.target = "authlog";
  auth.paths = {"/var/log/auth.log", "/var/log/secure"};
  return {kube, auth};
}

Config default_config() {
  Config config;
  config.cluster_name = "unnamed";
  config.streams = default_streams();
  config.file_sink.directory = join_path(config.data_dir, "documents");
  return config;
}

}  // namespace auditship::config
