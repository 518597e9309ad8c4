{{- define "platform.labels" -}}
app.kubernetes.io/name: {{ .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: slipway-platform
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "platform.host" -}}
{{ regexReplaceAll ":[0-9]+$" (regexReplaceAll "^https?://" . "") "" }}
{{- end }}

{{/* An Ingress for one part. */}}
{{- define "platform.ingress" -}}
{{- $url := get .root.Values.urls .part }}
{{- $host := include "platform.host" $url }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .service }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "platform.labels" (dict "root" .root "part" .part) | nindent 4 }}
  {{- with .root.Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .root.Values.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- if hasPrefix "https://" $url }}
  tls:
    - hosts: [{{ $host }}]
      {{- with get .root.Values.ingress.tlsSecrets .part }}
      secretName: {{ . }}
      {{- end }}
  {{- end }}
  rules:
    - host: {{ $host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ .service }}
                port:
                  name: http
{{- end }}

{{/* The Secrets' names stand in several places, because a chart cannot compute another chart's values. */}}
{{- define "platform.agree" -}}
{{- $authentik := dig "authentik" "existingSecret" "secretName" "" .Values.authentik }}
{{- if and .Values.parts.authentik (ne $authentik .Values.secrets.authentik) }}
{{- fail (printf "secrets.authentik is %q and authentik.authentik.existingSecret.secretName is %q; they must be the same." .Values.secrets.authentik $authentik) }}
{{- end }}
{{- range (dig "worker" "initContainers" list .Values.authentik) }}
{{- if and $.Values.parts.authentik (eq .name "secrets") }}
{{- range .envFrom }}{{ with .secretRef }}
{{- if ne .name $.Values.secrets.authentik }}
{{- fail (printf "secrets.authentik is %q and authentik.worker.initContainers reads %q; they must be the same." $.Values.secrets.authentik .name) }}
{{- end }}
{{- end }}{{ end }}
{{- end }}
{{- end }}
{{- if .Values.parts.openwebui }}
{{- $names := list }}
{{- range index .Values "open-webui" "extraEnvFrom" }}{{ with .secretRef }}{{ $names = append $names .name }}{{ end }}{{ end }}
{{- if not (has .Values.secrets.openwebui $names) }}
{{- fail (printf "secrets.openwebui is %q and open-webui.extraEnvFrom names %s; it must be among them." .Values.secrets.openwebui (toJson $names)) }}
{{- end }}
{{- end }}
{{- end }}
