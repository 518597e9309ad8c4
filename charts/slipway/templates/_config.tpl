{{/* slipway.toml: what was given, what follows from the chart, and a `…_file` for each secret. */}}
{{- define "slipway.toml" -}}
{{- $config := deepCopy .Values.config }}
{{- include "slipway.refuseSecrets" (dict "at" "config" "map" $config) }}
{{- $internal := printf "http://%s.%s.svc.cluster.local%s" (include "slipway.name" .) .Release.Namespace (ternary "" (printf ":%d" (int .Values.service.port)) (eq (int .Values.service.port) 80)) }}
{{- $portal := merge (dict "listen" "0.0.0.0:8000" "metrics_listen" "0.0.0.0:9000" "public_url" .Values.url) ($config.portal | default dict) (dict "internal_url" $internal) }}
{{- $_ := set $config "portal" $portal }}
{{- range $key, $setting := .Values.secrets.keys }}
{{- if $setting }}
{{- $path := splitList "." (printf "%s_file" $setting) }}
{{- $at := $config }}
{{- range $name := initial $path }}
{{- if not (hasKey $at $name) }}{{ $_ := set $at $name dict }}{{ end }}
{{- $at = get $at $name }}
{{- end }}
{{- $_ := set $at (last $path) (printf "/run/secrets/slipway/%s" $key) }}
{{- end }}
{{- end }}
{{- if .Values.plans }}{{ $_ := set $config "plan" (deepCopy .Values.plans) }}{{ end }}
{{- range $section, $settings := $config }}
{{- if not $settings }}{{ $_ := unset $config $section }}{{ end }}
{{- end }}
{{- include "slipway.wholeNumbers" $config }}
{{- toToml $config }}
{{- end }}

{{/* Helm reads each number as one with a fraction, and 4.0 is no number of workers. */}}
{{- define "slipway.wholeNumbers" -}}
{{- $map := . }}
{{- range $name, $value := . }}
{{- if kindIs "map" $value }}{{ include "slipway.wholeNumbers" $value }}
{{- else if kindIs "slice" $value }}{{ range $value }}{{ if kindIs "map" . }}{{ include "slipway.wholeNumbers" . }}{{ end }}{{ end }}
{{- else if and (kindIs "float64" $value) (eq (floor $value) $value) }}{{ $_ := set $map $name (int64 $value) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Values are kept in releases and histories, so a secret among them would lie open. */}}
{{- define "slipway.refuseSecrets" -}}
{{- $at := .at }}
{{- range $name, $value := .map }}
{{- if kindIs "map" $value }}
{{- include "slipway.refuseSecrets" (dict "at" (printf "%s.%s" $at $name) "map" $value) }}
{{- else if or (regexMatch "(^|_)(password|secret|token|api_key|private_key|access_key|registry)$" $name) (and (kindIs "string" $value) (regexMatch "://[^/@ ]+:[^/@ ]+@" $value)) }}
{{- fail (printf "%s.%s is a secret and must not be among the values. Put it into the Secret, and name its key under secrets.keys." $at $name) }}
{{- end }}
{{- end }}
{{- end }}
