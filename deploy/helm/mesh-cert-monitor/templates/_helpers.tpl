{{- define "mcm.fullname" -}}
{{- if contains "mesh-cert-monitor" .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-mesh-cert-monitor" (.Release.Name | trunc 34 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{/* The name is the job that the rules expect, so it is the same for every release. */}}
{{- define "mcm.selector" -}}
app.kubernetes.io/name: mesh-cert-monitor
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mcm.labels" -}}
{{ include "mcm.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "mcm.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "mcm.fullname" .) -}}
{{- end -}}

{{- define "mcm.scheme" -}}
{{- if dig "http" "tls" "" .Values.config }}HTTPS{{ else }}HTTP{{ end -}}
{{- end -}}
