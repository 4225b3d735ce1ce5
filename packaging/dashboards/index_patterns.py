"""The index patterns, named as those of Compliant Kubernetes are, so that there is one of each."""
from saved_objects import index_pattern

KUBEAUDIT = index_pattern("kubeaudit*")
AUTHLOG = index_pattern("authlog*")
OBJECTS = [KUBEAUDIT, AUTHLOG]
