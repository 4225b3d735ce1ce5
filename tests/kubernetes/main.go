// Decodes each file into the API type of its kind, strictly: an unknown or repeated field is an error, as it would be for
// `kubectl apply --validate=strict`. Prints one line a file.
package main

import (
	"fmt"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

var types = map[string]func() any{
	"v1/Namespace":                       func() any { return new(corev1.Namespace) },
	"v1/ServiceAccount":                  func() any { return new(corev1.ServiceAccount) },
	"v1/ConfigMap":                       func() any { return new(corev1.ConfigMap) },
	"v1/Service":                         func() any { return new(corev1.Service) },
	"v1/Secret":                          func() any { return new(corev1.Secret) },
	"apps/v1/DaemonSet":                  func() any { return new(appsv1.DaemonSet) },
	"networking.k8s.io/v1/NetworkPolicy": func() any { return new(networkingv1.NetworkPolicy) },
	"scheduling.k8s.io/v1/PriorityClass": func() any { return new(schedulingv1.PriorityClass) },
}

func decode(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var meta metav1.TypeMeta
	if err := yaml.Unmarshal(text, &meta); err != nil {
		return "", err
	}
	kind := meta.APIVersion + "/" + meta.Kind
	make, known := types[kind]
	if !known {
		return "", fmt.Errorf("no type is known for %q", kind)
	}
	return kind, yaml.UnmarshalStrict(text, make())
}

func main() {
	failed := false
	for _, path := range os.Args[1:] {
		kind, err := decode(path)
		if err != nil {
			failed = true
			fmt.Printf("%s: %v\n", path, err)
			continue
		}
		fmt.Printf("%s: %s\n", path, kind)
	}
	if failed || len(os.Args) < 2 {
		os.Exit(1)
	}
}
