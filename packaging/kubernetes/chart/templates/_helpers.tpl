{{- define "auditship.name" -}}
{{- $name := .Release.Name | replace "." "-" -}}
{{- if contains "auditship" $name }}{{ $name | trunc 63 }}{{ else }}{{ printf "%s-auditship" $name | trunc 63 }}{{ end }}
{{- end }}

{{- define "auditship.selector" -}}
app.kubernetes.io/name: auditship
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "auditship.labels" -}}
{{ include "auditship.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "auditship.secret" -}}
{{- if .Values.credentials.existingSecret }}{{ .Values.credentials.existingSecret }}{{ else }}{{ include "auditship.name" . }}{{ end }}
{{- end }}

{{/* auditship.yaml: what the values say, and what the chart decides. */}}
{{- define "auditship.config" -}}
{{- $own := dict "cluster" (dict "name" "${CLUSTER_NAME}") "data_dir" .Values.stateDirectory "status" (dict "listen" (printf "${POD_IP}:%v" .Values.port)) -}}
{{- merge $own (deepCopy .Values.config) | toYaml -}}
{{- end }}

{{/* The directories, each once and without a slash at the end. */}}
{{- define "auditship.logs" -}}
{{- $found := list -}}
{{- range .Values.logDirectories }}{{ $found = append $found (trimSuffix "/" .) }}{{ end -}}
{{- $found | uniq | toJson -}}
{{- end }}

{{/* name: content of the rule files, of the values or of the release. */}}
{{- define "auditship.filters" -}}
{{- range $path, $content := .Files.Glob "files/filters/*.yaml" }}
{{- $name := base $path }}
{{- if not (hasKey $.Values.filters $name) }}
{{ $name }}: |
{{ $content | toString | trimSuffix "\n" | indent 2 }}
{{- end }}
{{- end }}
{{- range $name, $content := .Values.filters }}
{{ $name }}: |
{{ $content | trimSuffix "\n" | indent 2 }}
{{- end }}
{{- end }}
